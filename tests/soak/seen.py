"""What stands in the database at a moment, read once a step: what acts are chosen by, and rules judged on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from webapp.domain.people import Role
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Stage, Workflow, find_stage
from webapp.models import Base
from webapp.models.calls import Call
from webapp.models.clarifications import Clarification
from webapp.models.deadlines import TimerRow
from webapp.models.decisions import Condition, Decision
from webapp.models.endorsements import Consultation, Endorsement, EndorsementPoint, EndorsementWord
from webapp.models.notices import OutboxRow, Suppression
from webapp.models.partners import Partner, PartnerDay, Vacancy
from webapp.models.people import MailedLink, SeatRow
from webapp.models.proposals import Collaborator, Proposal, ProposalPartner, ProposalSection, ProposalVersion
from webapp.models.reviews import Review, Suggestion
from webapp.models.routing import Assignment, Conflict

Row = TypeVar("Row")


@dataclass
class Seen:
    """The rows of the small world, by table; those of one proposal by its id."""

    now: datetime
    rules: Rulebook
    calls: dict[int, Call]
    partners: dict[int, Partner]
    proposals: list[Proposal]
    seats: list[SeatRow]
    sections: dict[int, dict[str, ProposalSection]]
    versions: dict[int, list[ProposalVersion]]
    members: dict[int, dict[int, str]]
    taking_part: dict[int, dict[int, bool]]
    cases: dict[int, list[Endorsement]]
    points: dict[int, list[EndorsementPoint]]
    words: dict[int, list[EndorsementWord]]
    consultations: list[Consultation]
    panel: dict[int, list[Assignment]]
    reviews: dict[int, Review]
    conflicted: dict[int, set[int]]
    decisions: dict[int, list[Decision]]
    conditions: dict[int, list[Condition]]
    questions: dict[int, list[Clarification]]
    suggestions: dict[int, list[Suggestion]]
    links: list[MailedLink]
    days: list[PartnerDay]
    set_aside: set[str]
    vacant: set[int]
    next_timer: datetime | None
    waiting_rows: int

    def workflow(self, proposal: Proposal) -> Workflow:
        """The table that the proposal lives under."""
        return self.rules.workflow((proposal.workflow, proposal.workflow_version))

    def stage(self, proposal: Proposal) -> Stage:
        """The stage it is in."""
        return find_stage(self.workflow(proposal), proposal.stage)

    def seated(self, *roles: Role, partner: int | None = None, call: int | None = None) -> tuple[int, ...]:
        """Who holds one of these seats today, the first seated first."""
        return tuple(
            seat.person_id
            for seat in self.seats
            if seat.role in roles
            and seat.ended_at is None
            and (partner is None or seat.partner_id == partner)
            and (call is None or seat.call_id == call)
            and self.holds(seat)
        )

    def holds(self, seat: SeatRow) -> bool:
        """Whether the seat is in force now: a partner's by its own day."""
        zone = self.partners[seat.partner_id].time_zone if seat.partner_id else "UTC"
        day = self.now.astimezone(ZoneInfo(zone)).date()
        return (seat.starts_on is None or seat.starts_on <= day) and (seat.ends_on is None or day <= seat.ends_on)

    @property
    def staff(self) -> tuple[int, ...]:
        """The secretariat."""
        return self.seated(Role.SECRETARIAT)

    def speakers(self, partner: int) -> tuple[int, ...]:
        """Who speaks for a partner today."""
        return self.seated(Role.FOCAL_POINT, Role.DEPUTY, partner=partner)

    def team(self, proposal: Proposal) -> frozenset[int]:
        """Everybody who works on the proposal."""
        return frozenset({proposal.owner_id, *self.members.get(proposal.id, {})})

    def desk(self, proposal: Proposal) -> tuple[int, ...]:
        """The members of the secretariat who have no part in the proposal and no conflict with it."""
        out = self.team(proposal) | self.conflicted.get(proposal.id, set())
        return tuple(person for person in self.staff if person not in out)

    def is_reviewing(self, proposal: Proposal) -> bool:
        """Whether it waits for reviewers."""
        return "reviewers" in self.stage(proposal).waits_for


def look(session: Session, rules: Rulebook, now: datetime) -> Seen:
    """Read it all."""
    waiting = select(TimerRow.due_at).where(TimerRow.done_at.is_(None)).order_by(TimerRow.due_at).limit(1)
    due = select(func.count(OutboxRow.id)).where(OutboxRow.state == "pending", OutboxRow.due_at <= now)
    seen = Seen(
        now=now,
        rules=rules,
        calls={row.id: row for row in _all(session, Call)},
        partners={row.id: row for row in _all(session, Partner)},
        proposals=_all(session, Proposal),
        seats=_all(session, SeatRow),
        sections={},
        versions=_by(_all(session, ProposalVersion), "proposal_id"),
        members={},
        taking_part={},
        cases=_by(_all(session, Endorsement), "proposal_id"),
        points=_by(_all(session, EndorsementPoint), "endorsement_id"),
        words=_by(_all(session, EndorsementWord), "endorsement_id"),
        consultations=_all(session, Consultation),
        panel=_by(_all(session, Assignment), "proposal_id"),
        reviews={row.assignment_id: row for row in _all(session, Review)},
        conflicted={},
        decisions=_by(_all(session, Decision), "proposal_id"),
        conditions=_by(_all(session, Condition), "decision_id"),
        questions=_by(_all(session, Clarification), "proposal_id"),
        suggestions=_by(_all(session, Suggestion), "proposal_id"),
        links=_all(session, MailedLink),
        days=_all(session, PartnerDay),
        set_aside=set(session.scalars(select(Suppression.email))),
        vacant=set(session.scalars(select(Vacancy.partner_id).where(Vacancy.closed_at.is_(None)))),
        next_timer=session.scalar(waiting),
        waiting_rows=session.scalar(due) or 0,
    )
    for section in session.scalars(select(ProposalSection)):
        seen.sections.setdefault(section.proposal_id, {})[section.section] = section
    for member in session.scalars(select(Collaborator)):
        seen.members.setdefault(member.proposal_id, {})[member.person_id] = member.role
    for partner in session.scalars(select(ProposalPartner)):
        seen.taking_part.setdefault(partner.proposal_id, {})[partner.partner_id] = partner.is_lead
    for conflict in session.scalars(select(Conflict)):
        seen.conflicted.setdefault(conflict.proposal_id, set()).add(conflict.person_id)
    session.expunge_all()
    return seen


def _all(session: Session, model: type[Row]) -> list[Row]:
    return list(session.scalars(select(model).order_by(model.id)))  # type: ignore[attr-defined]


def _by(rows: Iterable[Row], column: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _marked(table: Table) -> str:
    return f"SELECT '{table.name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {table.name}"  # noqa: S608


_MARKS = text(" UNION ALL ".join(_marked(table) for table in Base.metadata.sorted_tables))


def fingerprint(session: Session) -> tuple[Any, ...]:
    """What tells whether anything at all was written: of every table its rows' number and its last transaction."""
    return tuple(tuple(row) for row in session.execute(_MARKS))
