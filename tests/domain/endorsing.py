"""A case of a partner for the tests of endorsement, and the steps that carry it somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.domain import endorsements as en
from webapp.domain.calendars import Calendar

NAIROBI = Calendar("Africa/Nairobi")
MONDAY = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)  # 10:00 in Nairobi
RULE = en.PartnerRule(version=3)
AMINA, DEPUTY, OTHER, STRANGER, MEMBER = 11, 12, 13, 98, 99
SECRETARY, SECOND = 21, 22
AROUND = en.Around(
    members=frozenset({MEMBER}),
    office=en.Office(focal_point=AMINA, deputy=DEPUTY, others=(OTHER, MEMBER), has_address=True),
)
CONTENT_HASH = "5" * 64

# For each state, how a case comes there: (event, role, what belongs to it, days later).
Step = tuple[str, str, dict[str, Any], int]
OPENED: list[Step] = [("open", "secretariat", {"version": 7, "version_hash": CONTENT_HASH}, 0)]
SENT: list[Step] = [*OPENED, ("send", "timer", {}, 0)]
DELIVERED: list[Step] = [*SENT, ("delivered", "mail", {"letter": 1}, 0)]
ACKNOWLEDGED: list[Step] = [*DELIVERED, ("acknowledge", "focal_point", {"by": AMINA}, 1)]
SEEN = {"by": AMINA, "version": 7}
PATHS: dict[str, list[Step]] = {
    "unopened": [],
    "not_needed": [("not_asked", "timer", {"version": 7}, 0)],
    "to_request": OPENED,
    "requested": SENT,
    "delivered": DELIVERED,
    "undeliverable": [*SENT, ("bounced", "mail", {"letter": 1}, 0)],
    "acknowledged": ACKNOWLEDGED,
    "in_consultation": [*ACKNOWLEDGED, ("consult", "focal_point", {"by": AMINA, "fields": {"ICT": ""}}, 1)],
    "waiting_applicant": [
        *ACKNOWLEDGED,
        ("ask", "focal_point", {"by": AMINA, "fields": {"budget.lines": "Who pays?"}}, 1),
    ],
    "adjustment_requested": [
        *ACKNOWLEDGED,
        (
            "request_adjustments",
            "focal_point",
            {"by": AMINA, "fields": {"basics.title": "Name Kenya", "plan": "Shorten"}},
            1,
        ),
    ],
    "endorsed": [*ACKNOWLEDGED, ("endorse", "focal_point", SEEN, 1)],
    "endorsed_with_conditions": [
        *ACKNOWLEDGED,
        ("endorse_with_conditions", "focal_point", {**SEEN, "reason": "Data stay in Kenya."}, 1),
    ],
    "no_objection": [*ACKNOWLEDGED, ("no_objection", "focal_point", SEEN, 1)],
    "no_objection_tacit": [*ACKNOWLEDGED, ("end", "timer", {}, 40)],
    "stands_aside": [*ACKNOWLEDGED, ("stand_aside", "focal_point", SEEN, 1)],
    "objected": [*ACKNOWLEDGED, ("object", "focal_point", {**SEEN, "reason": "Not in our plan."}, 1)],
    "lapsed": [*ACKNOWLEDGED, ("end", "timer", {}, 40)],
    "revalidation_needed": [
        *ACKNOWLEDGED,
        ("endorse", "focal_point", SEEN, 1),
        ("material_change", "timer", {"version": 8, "version_hash": "8" * 64, "changed": ("amount",)}, 5),
    ],
    "withdrawal_notified": [
        *ACKNOWLEDGED,
        ("endorse", "focal_point", SEEN, 1),
        (
            "withdraw",
            "focal_point",
            {"by": AMINA, "reason": "New law.", "effective_at": MONDAY + timedelta(days=60)},
            5,
        ),
    ],
    "withdrawn": [
        *ACKNOWLEDGED,
        ("endorse", "focal_point", SEEN, 1),
        (
            "withdraw",
            "focal_point",
            {"by": AMINA, "reason": "New law.", "effective_at": MONDAY + timedelta(days=60)},
            5,
        ),
        ("withdrawal_effective", "timer", {}, 60),
    ],
    "expired": [*ACKNOWLEDGED, ("endorse", "focal_point", SEEN, 1), ("validity_over", "timer", {}, 600)],
    "acceded_late": [
        *ACKNOWLEDGED,
        ("stand_aside", "focal_point", SEEN, 1),
        ("accede", "focal_point", SEEN, 90),
    ],
}


def new_case(**changed: Any) -> en.Case:
    return replace(en.Case("KE", around=AROUND), **changed)


def rule_for(state: str) -> en.PartnerRule:
    return replace(RULE, silence_is_consent=state == "no_objection_tacit")


def case_in(state: str, **around: Any) -> tuple[en.Case, datetime]:
    """A case that was carried into this state by the table's own steps, and when it came there."""
    known = replace(AROUND, notices_delivered=2, accession_open=state == "acceded_late", **around)
    case, now = new_case(around=known), MONDAY
    for event, role, values, days in PATHS[state]:
        now = MONDAY + timedelta(days=days) if days else now
        case, _ = en.apply(case, en.Happened(event, **values), role, now, rule_for(state), NAIROBI)
    assert case.state == state
    return case, now


def do(
    case: en.Case, event: str, role: str, now: datetime, rule: en.PartnerRule = RULE, **values: Any
) -> tuple[en.Case, tuple[en.Effect, ...]]:
    return en.apply(case, en.Happened(event, **values), role, now, rule, NAIROBI)


def shown(effects: tuple[en.Effect, ...]) -> list[str]:
    """The effects in short: what to do, and the value that tells it from others of its kind."""
    names = {
        "record": "event",
        "send_letter": "to",
        "tell": "to",
        "issue_word": "outcome",
        "open_vacancy": "reason",
    }
    return [f"{effect.do} {effect.params[names[effect.do]]}" if effect.do in names else effect.do for effect in effects]
