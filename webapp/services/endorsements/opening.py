"""Opens a case for each participating partner when screening is passed, and takes up those there are (R30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from webapp.domain.calendars import local_day
from webapp.domain.endorsements import Case, Happened, follow_version, is_asked, material_changes, read_rule, write_case
from webapp.domain.errors import NotNow
from webapp.domain.policy import Action
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner
from webapp.models.proposals import ProposalPartner, ProposalVersion
from webapp.queries.endorsements import sufficiency
from webapp.queries.endorsements.around import find_around
from webapp.services.access import Held, hold_proposal_by_id
from webapp.services.calendars import partner_calendar
from webapp.services.endorsements.cases import TIMER, HeldCase, hold_cases, require_in_play
from webapp.services.endorsements.clocks import set_case_timers
from webapp.services.endorsements.settle import find_standing, settle, waits_for_partners
from webapp.services.endorsements.steps import take_step, write_row
from webapp.services.outbox.hooks import does
from webapp.services.partners.paths import current_path
from webapp.services.work import UnitOfWork


@does("endorsement_requests")
def request_endorsements(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Ask every participating partner; one that was asked before is asked again where its material changed (R31).

    Done twice it does nothing more. Raises NotNow where the proposal has moved on.
    """
    held = hold_proposal_by_id(work, int(payload["proposal_id"]), Action.READ_PROPOSAL)
    require_in_play(work, held)
    before = find_standing(work, held)
    version = work.session.get(ProposalVersion, held.row.current_version_id or 0)
    if version is None:
        raise NotNow("no_version")
    for case in hold_cases(work, held):
        _follow_lead(work, case)
        take_up(work, case, version)
    if waits_for_partners(work, held):
        call = sufficiency(work.session.get_one(Call, held.row.call_id))
        for partner, is_lead in _unasked(work, held):
            _open(work, held, partner, is_lead=is_lead, version=version, is_asked=is_asked(call, is_lead=is_lead))
    settle(work, held, before)


def send_request(work: UnitOfWork, case: HeldCase) -> bool:
    """Send the request of a case that waits for it; False where nobody can sign."""
    try:
        take_step(work, case, Happened("send"), TIMER)
    except NotNow:
        return False
    return True


def _unasked(work: UnitOfWork, held: Held) -> list[tuple[Partner, bool]]:
    asked = select(Endorsement.partner_id).where(Endorsement.proposal_id == held.row.id)
    rows = work.session.execute(
        select(Partner, ProposalPartner.is_lead)
        .join(ProposalPartner, ProposalPartner.partner_id == Partner.id)
        .where(ProposalPartner.proposal_id == held.row.id, Partner.id.not_in(asked))
        .order_by(ProposalPartner.is_lead.desc(), Partner.code)
    )
    return [(partner, is_lead) for partner, is_lead in rows]


def _open(
    work: UnitOfWork, held: Held, partner: Partner, *, is_lead: bool, version: ProposalVersion, is_asked: bool
) -> None:
    """Rows 1 and 2: the path and the version are pinned, somebody is chosen to sign, the letter goes out."""
    path = current_path(work, partner.id)
    rule = read_rule(path.version, path.rule)
    calendar = partner_calendar(work, partner, rule.weekend)
    known = find_around(work.session, held.row.id, partner.id, local_day(calendar, work.now))
    case = Case(partner.code, is_lead=is_lead, around=known)
    row = Endorsement(
        proposal_id=held.row.id,
        partner_id=partner.id,
        version_id=version.id,
        path_id=path.id,
        is_lead=is_lead,
        state="to_request",
        content=write_case(case),
        revision=0,
        opened_at=work.now,
        changed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    opened = HeldCase(held, row, partner, case, rule, calendar, is_lead)
    take_step(
        work,
        opened,
        Happened("open" if is_asked else "not_asked", version=version.id, version_hash=version.sha256),
        TIMER,
    )
    if is_asked and opened.case.signatory is not None:
        send_request(work, opened)


def _follow_lead(work: UnitOfWork, case: HeldCase) -> None:
    """A new version may name another of the partners as the one that leads."""
    if case.row.is_lead != case.leads:
        case.row.is_lead = bool(case.leads)
        case.case = replace(case.case, is_lead=case.row.is_lead)
        write_row(work, case)


def take_up(work: UnitOfWork, case: HeldCase, version: ProposalVersion) -> None:
    """A case from before: it follows the new version, or is asked for a new word; its timers are set again."""
    if case.case.version != version.id:
        old = work.session.get_one(ProposalVersion, case.case.outcome_version or case.case.version)
        changed = material_changes(old.content, version.content, case.rule.material)
        try:
            new = Happened("material_change", version=version.id, version_hash=version.sha256, changed=changed)
            take_step(work, case, new, TIMER)
        except NotNow:
            followed = follow_version(case.case, version.id, version.sha256)
            if followed != case.case:
                case.case = followed
                write_row(work, case)
    if case.case.state == "to_request":
        send_request(work, case)
    set_case_timers(work, case)
