"""When a partner's people or days change: who can sign is asked again, and running clocks are reckoned anew (R34)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.domain.calendars import local_day
from webapp.domain.endorsements import AT_REST, Happened, choose_signatory
from webapp.models.endorsements import Endorsement
from webapp.models.partners import Partner
from webapp.models.proposals import ProposalPartner
from webapp.queries.endorsements import takes_part
from webapp.queries.partners import find_office
from webapp.services.calendars import partner_calendar
from webapp.services.endorsements.cases import TIMER, HeldCase, hold_case_by_id, is_in_play
from webapp.services.endorsements.clocks import reckon_anew
from webapp.services.endorsements.opening import send_request
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import take_step
from webapp.services.outbox.hooks import does
from webapp.services.partners.vacancies import close_vacancy, raise_vacancy
from webapp.services.work import UnitOfWork


@does("partner_office")
def look_at_office(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """After a seat of the partner was given or ended: raise or close its vacancy, send the requests that waited."""
    partner = work.session.get_one(Partner, int(payload["partner_id"]))
    today = local_day(partner_calendar(work, partner), work.now)
    office = find_office(work.session, partner.id, today)
    if not [person for person in office.people if person not in office.unreachable]:
        raise_vacancy(work, partner.id, "no_focal_point" if not office.people else "bounced")
        return
    cases = _hold_cases(work, partner.id)
    close_vacancy(work, partner.id)
    for case in cases:
        _replace_who_left(work, case)
        before = find_standing(work, case.held)
        if case.case.state == "to_request" and send_request(work, case):
            settle(work, case.held, before)


def _replace_who_left(work: UnitOfWork, case: HeldCase) -> None:
    """Where who signs speaks for the partner no more, the next does: letters bind the office (row 24)."""
    signatory = case.case.signatory
    following = choose_signatory(case.case)
    if signatory is None or signatory in case.case.around.office.people or following is None:
        return
    take_step(work, case, Happened("signatory_replaced", signatory=following), TIMER)


@does("partner_clocks")
def reckon_clocks(work: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """After a day of the partner's calendar was changed: due times and timers of its open cases follow it (R50)."""
    for case in _hold_cases(work, int(payload["partner_id"])):
        reckon_anew(work, case)
        settle(work, case.held, find_standing(work, case.held))


def _hold_cases(work: UnitOfWork, partner_id: int) -> list[HeldCase]:
    """The partner's cases in play in which somebody owes something, their proposals locked in the order of their ids.

    All before anything of the partner is written: whoever takes a step holds a proposal first, then the partner.
    """
    ids = work.session.scalars(
        select(Endorsement.id)
        .join(ProposalPartner, takes_part())
        .where(Endorsement.partner_id == partner_id, Endorsement.state.not_in(AT_REST))
        .order_by(Endorsement.proposal_id)
    ).all()
    held = [hold_case_by_id(work, case_id) for case_id in ids]
    return [case for case in held if is_in_play(work, case.held)]
