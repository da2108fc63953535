"""Conflicts of interest: the kinds that exist, how the product finds them, and what they mean (R38)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

FOUND_KINDS = (
    "same_organisation",
    "same_mail_domain",
    "contact_or_collaborator",
    "recent_co_owner",
    "same_partner_as_lead",
)
"""What the product finds by itself, anew each time a panel is made."""

TOLD_KINDS = ("declared", "secretariat")
"""What a person says: the reviewer of themselves, or the secretariat. These stay."""

CONFLICT_KINDS = FOUND_KINDS + TOLD_KINDS

RECENT_YEARS = 3
"""How far back owning a proposal with the same organisations counts."""


@dataclass(frozen=True, slots=True)
class Involved:
    """Whom and what a proposal names: organisations and people by id, addresses in lower case.

    `organisation_ids` are those that take part and those its owner and collaborators belong to.
    `emails` are the addresses of its contacts, its owner and its collaborators.
    """

    people_ids: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    lead_partner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody who might review: where they belong, and whom they lately worked with.

    `co_owned_organisation_ids` took part in proposals that the person owned in the last three years.
    """

    person_id: int
    email: str
    organisation_id: int | None = None
    partner_id: int | None = None
    co_owned_organisation_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """One conflict with its evidence: what the two have in common, as an id, an address or a domain."""

    kind: str
    evidence: str


def find(
    standing: Standing, involved: Involved, *, shared_domains: frozenset[str], lead_partner_conflicts: bool
) -> tuple[Found, ...]:
    """Every conflict of the person with the proposal, each kind once; none means free to review (R38).

    `shared_domains` are mail domains that say nothing of where somebody belongs.
    `lead_partner_conflicts` is the call's word on reviewers from the lead partner.
    """
    return tuple(_find(standing, involved, shared_domains, lead_partner_conflicts))


def recent_since(now: datetime) -> datetime:
    """The moment since which owning a proposal counts; 29 February falls back to the 28th."""
    year = now.year - RECENT_YEARS
    try:
        return now.replace(year=year)
    except ValueError:
        return now.replace(year=year, day=28)


def mail_domain(email: str) -> str:
    """The domain of an address, in lower case; empty where it has none."""
    return email.rpartition("@")[2].strip().lower() if "@" in email else ""


def _find(
    standing: Standing, involved: Involved, shared_domains: frozenset[str], lead_partner_conflicts: bool
) -> Iterator[Found]:
    if standing.organisation_id in involved.organisation_ids:
        yield Found("same_organisation", f"organisation {standing.organisation_id}")
    domain = mail_domain(standing.email)
    if domain and domain not in shared_domains and domain in {mail_domain(email) for email in involved.emails}:
        yield Found("same_mail_domain", domain)
    if standing.person_id in involved.people_ids:
        yield Found("contact_or_collaborator", f"person {standing.person_id}")
    elif standing.email.strip().lower() in involved.emails:
        yield Found("contact_or_collaborator", standing.email.strip().lower())
    together = standing.co_owned_organisation_ids & involved.organisation_ids
    if together:
        yield Found("recent_co_owner", f"organisation {min(together)}")
    if lead_partner_conflicts and standing.partner_id and standing.partner_id == involved.lead_partner_id:
        yield Found("same_partner_as_lead", f"partner {standing.partner_id}")
