"""Who lives in the world of the long run, and the calls and paths they live under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.factories import make_call, make_person, make_seat
from tests.paths import set_rule
from tests.reviewing import make_reviewer
from webapp.domain.endorsements import Ministry, PartnerRule
from webapp.domain.people import Role
from webapp.models.people import Person
from webapp.wiring import Wiring

PARTNERS = ("TH", "MY", "KH")
MINISTRY = Ministry("Ministry of Digital Affairs", "digital@th.demo.example")
PATHS = {
    # Silence is consent, short clocks, a ministry to consult, a word that soon runs out.
    "TH": PartnerRule(
        acknowledge_days=2,
        answer_days=4,
        extension_days=3,
        cooling_off_days=2,
        notice_days=(-2, 0, 1),
        revalidation_days=3,
        applicant_answer_days=4,
        validity_months=1,
        silence_is_consent=True,
        ministries=(MINISTRY,),
    ),
    # Two signatures.
    "MY": PartnerRule(acknowledge_days=3, answer_days=6, signatures_needed=2, validity_months=3),
    "KH": PartnerRule(),
}
SPEAKERS = {
    "TH": (("th.first", Role.FOCAL_POINT), ("th.second", Role.FOCAL_POINT), ("th.deputy", Role.DEPUTY)),
    "MY": (("my.first", Role.FOCAL_POINT), ("my.second", Role.FOCAL_POINT), ("my.deputy", Role.DEPUTY)),
    "KH": (("kh.first", Role.FOCAL_POINT), ("kh.deputy", Role.DEPUTY)),
}
OTHERS = {
    "staff.one": Role.SECRETARIAT,
    "staff.two": Role.SECRETARIAT,
    "staff.three": Role.SECRETARIAT,
    "staff.four": Role.SECRETARIAT,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
APPLICANTS = ("owner.one", "owner.two", "editor", "reader", "stranger")
REVIEWERS = tuple(f"reviewer.{number}" for number in range(1, 7))

CALLS: Mapping[str, dict[str, Any]] = {
    "every": {
        "time_zone": "Europe/Paris",
        "quorum": 2,
        "reviews_wanted": 2,
        "routing": {"release": "at_once"},
        "endorsement": {"asks": "every"},
    },
    "lead": {
        "workflow_version": 2,
        "time_zone": "America/New_York",
        "quorum": 2,
        "reviews_wanted": 3,
        "routing": {"release": "after_look"},
        "endorsement": {"asks": "lead_and", "others": 1, "on_objection": "mediate"},
        "publication": {"embargo_days": 5, "partners_read_reviews": True},
    },
    "beside": {
        "workflow": "parallel",
        "quorum": 2,
        "reviews_wanted": 2,
        "routing": {"release": "at_once"},
        "endorsement": {"asks": "every", "on_objection": "drop"},
    },
    "sealed": {
        "workflow_version": 2,
        "time_zone": "Europe/Paris",
        "quorum": 2,
        "reviews_wanted": 2,
        "routing": {"release": "at_once"},
        "endorsement": {"asks": "lead_and", "others": 0},
        "publication": {"sealed": True},
    },
    "full": {"quorum": 1, "reviews_wanted": 1, "endorsement": {"asks": "lead_and", "others": 0}},
    "notes": {
        "quorum": 1,
        "reviews_wanted": 1,
        "routing": {"release": "at_once"},
        "endorsement": {"asks": "lead_and", "others": 0},
        "form": {"next_call": "full"},
    },
}
CLOSES_IN = {"sealed": timedelta(days=30)}


def make_people(wired: Wiring) -> dict[str, int]:
    """Everybody, with their seats and calls; ids by name."""
    ids: dict[str, int] = {}
    for name in (*APPLICANTS, *OTHERS):
        ids[name] = _make(wired, name)
    for code, speakers in SPEAKERS.items():
        set_rule(wired, code, PATHS[code])
        for name, role in speakers:
            ids[name] = _make(wired, name, role, partner=code)
    reviewers: list[Person] = []
    for code, terms in CALLS.items():
        now = wired.ports.clock.now()
        assert now is not None
        closes_at = now + CLOSES_IN[code] if code in CLOSES_IN else None
        call = make_call(wired, code=code, title=f"Call {code}", articles=(1, 3, 5, 6), closes_at=closes_at, **terms)
        for person in reviewers:
            make_seat(wired, person, Role.REVIEWER, call_id=call.id)
        if not reviewers:
            known = {3: 3, 6: 2, 1: 1}
            reviewers = [
                make_reviewer(wired, call, known, email=f"{name}@demo.example", name=name) for name in REVIEWERS
            ]
    ids |= {person.name: person.id for person in reviewers}
    return ids


def _make(wired: Wiring, name: str, role: Role | None = None, **scope: Any) -> int:
    person = make_person(wired, email=f"{name}@demo.example", name=name)
    role = role or OTHERS.get(name)
    if role is not None:
        make_seat(wired, person, role, **scope)
    return person.id
