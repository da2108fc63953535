"""The door to one partner's case: its proposal locked and judged, the case with its path, calendar and office."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.endorsements import AT_REST, STATES, Around, Case, PartnerRule, read_case, read_rule
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.people import Role
from webapp.domain.policy import Action
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner, PartnerPath
from webapp.models.proposals import ProposalPartner
from webapp.queries.endorsements import around, takes_part
from webapp.services.access import Held, hold_proposal, hold_proposal_by_id
from webapp.services.calendars import partner_calendar
from webapp.services.work import UnitOfWork

FOCAL_POINT, DEPUTY, SECRETARIAT, TIMER, MAIL = "focal_point", "deputy", "secretariat", "timer", "mail"
APPLICANT = "applicant"


@dataclass(slots=True)
class HeldCase:
    """A case that is locked for this unit of work, with everything that its steps are judged by.

    `case` is replaced by every step; `row` is what is stored of it. `leads` is None where the proposal,
    as it was sent last, does not name the partner any more.
    """

    held: Held
    row: Endorsement
    partner: Partner
    case: Case
    rule: PartnerRule
    calendar: Calendar
    leads: bool | None


def hold_case(work: UnitOfWork, reference: str, code: str, to: Action, *, later: bool = False) -> HeldCase:
    """The partner's case on the proposal; raises NotFound, NotAllowed, and NotNow while it is out of play, or left.

    With `later` for what can also happen after the decision: only where all is over it is too late.
    """
    held = hold_proposal(work, reference, to)
    found = _load(work, held, Partner.code == code)
    if found.leads is None:
        raise NotNow("partner_takes_no_part")
    if later:
        require_alive(work, held)
    else:
        require_in_play(work, held)
    return found


def hold_case_by_id(work: UnitOfWork, case_id: int) -> HeldCase:
    """The case for what the product itself does to it: timers, mails, tasks."""
    proposal_id = work.session.scalar(select(Endorsement.proposal_id).where(Endorsement.id == case_id))
    if proposal_id is None:
        raise NotFound
    return _load(work, hold_proposal_by_id(work, proposal_id, Action.READ_PROPOSAL), Endorsement.id == case_id)


def hold_cases(work: UnitOfWork, held: Held, states: Collection[str] = STATES) -> list[HeldCase]:
    """The cases of those who take part in a locked proposal, in these states, in the order of their opening."""
    ids = work.session.scalars(
        select(Endorsement.id)
        .join(ProposalPartner, takes_part())
        .where(Endorsement.proposal_id == held.row.id, Endorsement.state.in_(states))
        .order_by(Endorsement.id)
    ).all()
    return [_load(work, held, Endorsement.id == case_id) for case_id in ids]


def is_in_play(work: UnitOfWork, held: Held) -> bool:
    """Whether partners can still give their word: the proposal is live, and not with its applicant to be changed."""
    return around.is_in_play(work.rules, (held.row.workflow, held.row.workflow_version), held.row.stage)


def require_in_play(work: UnitOfWork, held: Held) -> None:
    """Refuse what concerns a proposal that has been closed, decided, or handed back."""
    if not is_in_play(work, held):
        raise NotNow("endorsement_over")


def is_alive(work: UnitOfWork, held: Held) -> bool:
    """Whether a partner's word still matters (`queries.endorsements.around.is_alive`)."""
    return around.is_alive(work.rules, (held.row.workflow, held.row.workflow_version), held.row.stage)


def require_alive(work: UnitOfWork, held: Held) -> None:
    """Refuse what concerns a proposal that is over."""
    if not is_alive(work, held):
        raise NotNow("endorsement_over")


def role_of(work: UnitOfWork, partner_id: int) -> str:
    """What the actor is to a case of this partner; raises NotFound where they do not speak for it (R2)."""
    for role, word in ((Role.FOCAL_POINT, FOCAL_POINT), (Role.DEPUTY, DEPUTY)):
        if work.actor.has(role, partner_id=partner_id):
            return word
    raise NotFound


def read_clocks(work: UnitOfWork, held: Held) -> list[tuple[Case, PartnerRule, Calendar]]:
    """The cases of a proposal in which somebody still owes something, with what their times are reckoned by."""
    rows = work.session.execute(_cases().where(Endorsement.proposal_id == held.row.id).order_by(Endorsement.id))
    found = [
        (row, partner, read_rule(path.version, path.rule))
        for row, partner, path, leads in rows
        if row.state not in AT_REST and leads is not None
    ]
    known = Around(standstills=around.find_stops(work.session, [held.row.id]).get(held.row.id, ()))
    return [
        (read_case(row.content, known), rule, partner_calendar(work, partner, rule.weekend))
        for row, partner, rule in found
    ]


def _cases() -> Select[Endorsement, Partner, PartnerPath, bool]:
    return (
        select(Endorsement, Partner, PartnerPath, ProposalPartner.is_lead)
        .join(Partner, Partner.id == Endorsement.partner_id)
        .join(PartnerPath, PartnerPath.id == Endorsement.path_id)
        .outerjoin(ProposalPartner, takes_part())
    )


def _load(work: UnitOfWork, held: Held, where: ColumnElement[bool]) -> HeldCase:
    found = work.session.execute(
        _cases()
        .where(Endorsement.proposal_id == held.row.id, where)
        .with_for_update(of=Endorsement)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    row, partner, path, leads = found
    rule = read_rule(path.version, path.rule)
    calendar = partner_calendar(work, partner, rule.weekend)
    known = around.find_around(work.session, held.row.id, partner.id, local_day(calendar, work.now))
    return HeldCase(held, row, partner, read_case(row.content, known), rule, calendar, leads)
