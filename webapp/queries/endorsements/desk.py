"""All cases of one proposal, for the secretariat's page: where each is, its letters, what can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.endorsements import AT_REST, standing
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.people import Actor
from webapp.domain.policy import Action
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import Standing
from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import ProposalPartner, ProposalVersion
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.endorsements.around import find_members, is_in_play
from webapp.queries.endorsements.asked import find_asked, sufficiency, takes_part
from webapp.queries.endorsements.history import Happening, list_happenings
from webapp.queries.endorsements.letters import Letter, list_letters
from webapp.queries.partners import find_office

NAMED = "EndorsementSignatoryNamed"
REPEATED_IN = ("to_request", "requested", "delivered", "acknowledged", "in_consultation")


@dataclass(frozen=True, slots=True)
class DeskCase:
    """One partner's case: its state, who was asked, its letters, its history; also of one that was left out since."""

    id: int
    partner_code: str
    is_lead: bool
    takes_part: bool
    state: str
    due_at: datetime | None
    changed_at: datetime
    signatory: str
    version: int
    outcome_text: str
    letters: tuple[Letter, ...]
    history: tuple[Happening, ...]
    can_repeat: bool
    can_name: bool
    can_reopen: bool
    can_replace: bool


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The endorsements of one proposal, and what they come to."""

    head: ProposalHead
    cases: tuple[DeskCase, ...]
    standing: Standing
    asks: str
    others: int
    in_play: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """Who could sign instead, and whom a member of the secretariat has named already."""

    head: ProposalHead
    partner_code: str
    candidates: tuple[tuple[int, str], ...]
    named_id: int | None
    named: str
    designation: str
    named_by: str
    is_own: bool


def find_desk(session: Session, rules: Rulebook, actor: Actor, reference: str, now: datetime) -> DeskPage:
    """The page for the secretariat; raises NotFound, NotAllowed."""
    head = find_proposal(session, rules, actor, reference, Action.MEND_ENDORSEMENT)
    in_play = is_in_play(rules, head.workflow, head.stage)
    letters = list_letters(session, head.id)
    happenings = list_happenings(session, head.id)
    rows = session.execute(
        select(Endorsement, ProposalPartner.is_lead, Partner.code, Person.name, ProposalVersion.number)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .outerjoin(ProposalPartner, takes_part())
        .join(ProposalVersion, ProposalVersion.id == Endorsement.version_id)
        .outerjoin(Person, Person.id == Endorsement.signatory_id)
        .where(Endorsement.proposal_id == head.id)
        .order_by(ProposalPartner.is_lead.desc().nulls_last(), Partner.code)
    )
    cases = tuple(
        DeskCase(
            id=row.id,
            partner_code=code,
            is_lead=bool(is_lead),
            takes_part=is_lead is not None,
            state=row.state,
            due_at=row.due_at,
            changed_at=row.changed_at,
            signatory=name or "",
            version=number,
            outcome_text=str(row.content.get("outcome_text") or ""),
            letters=tuple(letters.get(row.id, ())),
            history=tuple(one for one in happenings if one.case_id == row.id),
            can_repeat=in_play and is_lead is not None and row.state in REPEATED_IN,
            can_name=in_play and is_lead is not None and row.state == "undeliverable",
            can_reopen=in_play and is_lead is not None and row.state == "lapsed" and not row.content.get("reopened"),
            can_replace=in_play and is_lead is not None and row.state not in (*AT_REST, "undeliverable", "to_request"),
        )
        for row, is_lead, code, name, number in rows
    )
    rule = sufficiency(session.get_one(Call, head.call_id))
    comes_to = standing(find_asked(session, head.id), rule, now)
    return DeskPage(head, cases, comes_to, rule.asks, rule.others, in_play)


def find_naming(session: Session, rules: Rulebook, actor: Actor, reference: str, code: str, *, now: datetime) -> Naming:
    """Who can be named to sign for a partner that no letter reached; raises NotFound, NotAllowed, NotNow."""
    head = find_proposal(session, rules, actor, reference, Action.MEND_ENDORSEMENT)
    row = session.execute(
        select(Endorsement, Partner)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .where(Endorsement.proposal_id == head.id, Partner.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.Endorsement.state != "undeliverable":
        raise NotNow("endorsement_not_in_state")
    case: Endorsement = row.Endorsement
    named = find_named(session, head.id, case.id, datetime.fromisoformat(case.content["since"]))
    candidates = _able(session, head.id, row.Partner, now)
    if named is None:
        return Naming(head, code, candidates, None, "", "", "", is_own=False)
    event, by = named
    return Naming(
        head=head,
        partner_code=code,
        candidates=candidates,
        named_id=event.id,
        named=dict(candidates).get(int(event.payload["person_id"]), ""),
        designation=str(event.payload["designation"]),
        named_by=by or "",
        is_own=event.actor_id == actor.person_id,
    )


@dataclass(frozen=True, slots=True)
class Replacing:
    """Who could sign instead of whom."""

    head: ProposalHead
    partner_code: str
    signatory: str
    candidates: tuple[tuple[int, str], ...]


def find_replacing(
    session: Session, rules: Rulebook, actor: Actor, reference: str, code: str, *, now: datetime
) -> Replacing:
    """Who can take the place of who signs for a partner; raises NotFound, NotAllowed (row 24)."""
    head = find_proposal(session, rules, actor, reference, Action.MEND_ENDORSEMENT)
    row = session.execute(
        select(Endorsement, Partner, Person.name)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .outerjoin(Person, Person.id == Endorsement.signatory_id)
        .where(Endorsement.proposal_id == head.id, Partner.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    case, partner, name = row
    able = _able(session, head.id, partner, now)
    return Replacing(head, code, name or "", tuple(one for one in able if one[0] != case.signatory_id))


def _able(session: Session, proposal_id: int, partner: Partner, now: datetime) -> tuple[tuple[int, str], ...]:
    """Who speaks for the partner on this day of its own, can be reached and takes no part, by name."""
    office = find_office(session, partner.id, local_day(Calendar(zone=partner.time_zone), now))
    members = find_members(session, proposal_id)
    able = [person for person in office.people if person not in members and person not in office.unreachable]
    people = session.execute(select(Person.id, Person.name).where(Person.id.in_(able)).order_by(Person.name))
    return tuple((person.id, person.name) for person in people)


def find_named(session: Session, proposal_id: int, case_id: int, since: datetime) -> Row[EventRow, str] | None:
    """The last naming of a signatory since the letter came back, and by whom."""
    return session.execute(
        select(EventRow, Person.name)
        .outerjoin(Person, Person.id == EventRow.actor_id)
        .where(
            EventRow.subject_kind == "proposal",
            EventRow.subject_id == proposal_id,
            EventRow.name == NAMED,
            id_in(EventRow.payload, "endorsement_id") == case_id,
            EventRow.at >= since,
        )
        .order_by(EventRow.id.desc())
        .limit(1)
    ).one_or_none()
