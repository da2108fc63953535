"""A small table of notices with templates of its own: tests of the machine do not hang on the product's wording."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes import renderer_with
from webapp.domain.notices import parse_notices
from webapp.wiring import Wiring

TABLE = {
    "notice": [
        {"id": "to_applicant", "event": "ThingHappened", "audience": ["applicant", "collaborators"]},
        {"id": "to_staff", "event": "ThingHappened", "audience": "secretariat", "urgency": "app", "names_actor": True},
        {
            "id": "to_partner",
            "event": "PartnerAsked",
            "audience": "partner_focal_points",
            "path": "/endorse/{reference}",
        },
        {
            "id": "secret_link",
            "event": "LinkSent",
            "audience": "address",
            "path": "/confirm/{token}",
            "carries_secret": True,
            "expires_days": 3,
        },
        {"id": "to_person", "event": "PersonNoted", "audience": "person", "path": "/account"},
    ],
    "silent": {"OutboxRowRetried": "A note for the trail.", "OutboxRowCancelled": "A note for the trail."},
}

LETTER = """{% extends "email/_layout.html" %}
{% from "email/_parts.html" import facts, action %}
{% block subject %}SUBJECT{% endblock %}
{% block body %}<p>Dear {{ recipient.name }},</p>
{% if proposal %}<p>{{ proposal.title }}</p>{% endif %}
{% if event.actor_name %}<p>By {{ event.actor_name }}</p>{% endif %}
{% if due_at %}{{ facts([("Answer by", due_at|moment)]) }}{% endif %}
{{ action("Open", action_link) }}{% endblock %}
{% block why %}You receive this in a test.{% endblock %}
"""
SUBJECTS = {
    "to_applicant": "Something happened on {{ event.at|date }}",
    "to_staff": "Something happened{% if event.actor_name %} by {{ event.actor_name }}{% endif %}",
    "to_partner": "{{ _('Please endorse') }} for {{ partner.name }}",
    "secret_link": "Confirm your address",
    "to_person": "A note for you",
}


def with_small_table(wired: Wiring) -> Wiring:
    """The wiring with this table and its templates."""
    templates = {notice: LETTER.replace("SUBJECT", subject) for notice, subject in SUBJECTS.items()}
    ports = replace(wired.ports, renderer=renderer_with(templates))
    return replace(wired, ports=ports, rules=replace(wired.rules, notices=parse_notices(TABLE)))
