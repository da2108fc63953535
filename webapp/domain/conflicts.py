"""Conflicts of interest: the kinds that exist, how the product finds them, and what they mean (R38)."""

from __future__ import annotations

CONFLICT_KINDS = (
    "same_organisation",
    "same_mail_domain",
    "contact_or_collaborator",
    "recent_co_owner",
    "same_partner_as_lead",
    "declared",
    "secretariat",
)
