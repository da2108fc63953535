"""Letters of a case: what they say, whom they went to, what became of them (R30, R73)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.budgets import read_budget
from webapp.domain.rulebook import Rulebook
from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.models.endorsements import Consultation, EndorsementWord
from webapp.models.notices import Mail, OutboxRow
from webapp.models.people import Organisation, Person
from webapp.models.proposals import ProposalVersion
from webapp.queries.notices import EXAMPLE_DUE, Told, adds
from webapp.queries.notices.letters import unlinked

REQUESTS = {
    "EndorsementRequested": "endorsement_request",
    "EndorsementSecondLetterSent": "endorsement_request_second",
    "EndorsementSignatoryConfirmed": "endorsement_request_confirmed",
    "EndorsementReopened": "endorsement_request_reopened",
    "EndorsementLetterRepeated": "endorsement_request_repeated",
}
"""The events that carry a request, each with its notice."""
NOTICES = {
    "EndorsementNoticeSent": "endorsement_due",
    "EndorsementDueToday": "endorsement_due_today",
    "EndorsementOverdue": "endorsement_overdue",
}
"""The events that remind of one, each with its notice."""

WORD_KINDS = (
    "",
    "_conditions",
    "_no_objection",
    "_aside",
    "_objected",
    "_repeated",
    "_silence",
    "_confirmed",
    "_acceded",
)
"""What is put behind `endorsement_letter` (to the partner) and `endorsement_word` (to the applicant)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person needs to know of a version before they answer: no more than a letter may hold."""

    version: int
    title: str
    summary: str
    organisation: str
    currency: str
    amount: Decimal
    months: int | None
    language: str


def find_facts(session: Session, version_id: int) -> Facts:
    """The facts of one version of a proposal."""
    row = session.execute(
        select(ProposalVersion.number, ProposalVersion.content, Organisation.name)
        .outerjoin(
            Organisation,
            Organisation.id == id_in(ProposalVersion.content, "partners", "lead_organisation"),
        )
        .where(ProposalVersion.id == version_id)
    ).one()
    content: Mapping[str, Any] = row.content
    basics, plan = content.get("basics") or {}, content.get("plan") or {}
    budget = read_budget(content.get("budget") or {})
    return Facts(
        version=row.number,
        title=str(basics.get("title") or ""),
        summary=str(basics.get("summary") or ""),
        organisation=row.name or "",
        currency=budget.currency,
        amount=budget.total,
        months=_months(plan.get("starts_on"), plan.get("ends_on")),
        language=str(basics.get("language") or "en"),
    )


def _months(starts_on: object, ends_on: object) -> int | None:
    """Whole months from the first day to the last, the begun one counted."""
    try:
        first, last = datetime.fromisoformat(str(starts_on)), datetime.fromisoformat(str(ends_on))
    except ValueError:
        return None
    return max((last.year - first.year) * 12 + last.month - first.month + 1, 1)


@adds(
    *REQUESTS.values(),
    gives={
        "organisation": "National Centre for Rural Connectivity",
        "currency": "USD",
        "amount": Decimal(310000),
        "months": 24,
        "version": 1,
        "acknowledge_by": EXAMPLE_DUE,
        "answer_by": EXAMPLE_DUE,
    },
)
def request_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """What the request for endorsement says of the proposal, and by when to answer."""
    facts = find_facts(session, told.event.version_id or 0)
    payload = told.event.payload
    return {
        "organisation": unlinked(facts.organisation),
        "currency": facts.currency,
        "amount": facts.amount,
        "months": facts.months,
        "version": facts.version,
        "acknowledge_by": _moment(payload.get("acknowledge_by")),
        "answer_by": _moment(payload.get("answer_by")),
    }


@adds(
    *(f"endorsement_{what}{kind}" for what in ("letter", "word") for kind in WORD_KINDS),
    gives={"code": "K7TQ-29MX", "outcome": "endorsed", "version": 1, "check_address": "…/letters/K7TQ-29MX"},
)
def word_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """The code of a formal word, and the version it was given for (R73)."""
    row = session.execute(
        select(EndorsementWord.code, EndorsementWord.outcome, ProposalVersion.number)
        .join(ProposalVersion, ProposalVersion.id == EndorsementWord.version_id)
        .where(EndorsementWord.id == told.event.payload.get("word_id"))
    ).one()
    address = f"{rules.limits.base_url}/letters/{row.code}"
    return {"code": row.code, "outcome": row.outcome, "version": row.number, "check_address": address}


@adds("ministry_consulted", gives={"ministry": "Ministry of Trade"})
def consultation_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """Which ministry is asked; what it is asked stands on the page alone."""
    row = session.get_one(Consultation, told.event.payload["consultation_id"])
    return {"ministry": unlinked(row.ministry)}


@adds("ministry_advised", gives={"ministry": "Ministry of Trade"})
def advice_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """Which ministry has advised; what it said stands on the page alone."""
    return consultation_facts(session, rules, told)


@adds(
    *(f"endorsement_{name}_{to}" for name in ("announced", "withdrawn") for to in ("partner", "applicant", "desk")),
    gives={"effective_at": EXAMPLE_DUE},
)
def withdrawal_facts(session: Session, rules: Rulebook, told: Told) -> Mapping[str, object]:
    """From when on a word no longer holds."""
    return {"effective_at": _moment(told.event.payload.get("effective_at"))}


def count_delivered_notices(session: Session, case_id: int, proposal_id: int, signatory: int | None) -> int:
    """How many notices of this case were accepted by the signatory's server and did not bounce (R32)."""
    events = session.execute(
        select(EventRow.id, EventRow.name).where(*_of_case(case_id, proposal_id), EventRow.name.in_(NOTICES))
    )
    keys = [f"mail:{row.id}:{NOTICES[row.name]}:person:{signatory}" for row in events]
    sent = select(func.count()).where(OutboxRow.dedupe_key.in_(keys), OutboxRow.state == "sent")
    return session.scalar(sent) or 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of a case: whom it went to, and what became of it (None: it is not written yet)."""

    at: datetime
    event: str
    to: str
    state: str | None
    sent_at: datetime | None
    outbox_id: int | None


def list_letters(session: Session, proposal_id: int) -> dict[int, list[Letter]]:
    """The requests sent to the partners of a proposal, by case, oldest first."""
    events = session.execute(
        select(EventRow, Person.name)
        .outerjoin(Person, Person.id == id_in(EventRow.payload, "person_id"))
        .where(
            EventRow.subject_kind == "proposal",
            EventRow.subject_id == proposal_id,
            EventRow.name.in_(REQUESTS),
        )
        .order_by(EventRow.id)
    ).all()
    keys = {event.id: f"mail:{event.id}:{REQUESTS[event.name]}:person:{_person(event)}" for event, _ in events}
    rows = session.execute(
        select(OutboxRow.id, OutboxRow.dedupe_key, OutboxRow.state, OutboxRow.sent_at)
        .join(Mail, Mail.outbox_id == OutboxRow.id)
        .where(OutboxRow.dedupe_key.in_(list(keys.values())))
    )
    mails = {row.dedupe_key: row for row in rows}
    found: dict[int, list[Letter]] = {}
    for event, name in events:
        mail = mails.get(keys[event.id])
        letter = Letter(
            event.at,
            event.name,
            name or "",
            mail.state if mail else None,
            mail.sent_at if mail else None,
            mail.id if mail else None,
        )
        found.setdefault(int(event.payload["endorsement_id"]), []).append(letter)
    return found


def _person(event: EventRow) -> object:
    return event.payload.get("person_id")


def _of_case(case_id: int, proposal_id: int) -> tuple[Any, ...]:
    return (
        EventRow.subject_kind == "proposal",
        EventRow.subject_id == proposal_id,
        id_in(EventRow.payload, "endorsement_id") == case_id,
    )


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
