"""A partner that a new version leaves out is not waited for, one that it adds is, another may lead (R7, R33)."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from tests.asked import Asked, add_version, make_asked
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotNow, Refusal
from webapp.domain.people import SYSTEM
from webapp.models.partners import Partner
from webapp.models.proposals import ProposalPartner
from webapp.queries.endorsements import find_asked
from webapp.queries.endorsements.desk import find_desk
from webapp.queries.endorsements.history import list_partner_words
from webapp.services.endorsements.mending import send_again
from webapp.services.endorsements.opening import request_endorsements
from webapp.wiring import Wiring

CODES = ("KE", "CN", "TH")


@pytest.fixture
def asked(wired: Wiring, clock: SetClock) -> Asked:
    return make_asked(wired, clock, CODES)


def send_without(made: Asked, code: str, codes: tuple[str, ...]) -> None:
    """A new version that does not name this partner, as sending it anew leaves it."""
    with made.wired.open_work(SYSTEM) as work:
        partner = select(Partner.id).where(Partner.code == code).scalar_subquery()
        of_it = ProposalPartner.proposal_id == made.proposal.id, ProposalPartner.partner_id == partner
        work.session.execute(delete(ProposalPartner).where(*of_it))
    add_version(made.wired, made.proposal, made.owner, codes)
    with made.wired.open_work(SYSTEM) as work:
        request_endorsements(work, {"proposal_id": made.proposal.id})


@pytest.mark.rule("R33")
def test_a_partner_that_was_left_out_is_not_waited_for(asked: Asked, wired: Wiring, clock: SetClock) -> None:
    asked.answer("KE", "endorse")
    asked.answer("CN", "endorse")
    assert asked.stage() == "endorsement"
    send_without(asked, "TH", ("KE", "CN"))
    assert asked.stage() == "review"
    before = asked.row("TH")
    asked.days_later(60)
    assert asked.row("TH").state == before.state, "no timer acts on it, no letter goes there"
    with wired.open_reading() as session:
        assert [one.partner_code for one in list_partner_words(session, asked.proposal.id)] == ["KE", "CN"]


@pytest.mark.rule("R33")
def test_nothing_can_be_mended_for_a_partner_that_was_left_out(asked: Asked, wired: Wiring) -> None:
    send_without(asked, "TH", ("KE", "CN"))
    with wired.open_reading() as session:
        page = find_desk(session, wired.rules, asked.staff, asked.reference, asked.clock.at)
    (left,) = [case for case in page.cases if not case.takes_part]
    assert left.partner_code == "TH" and not (left.can_repeat or left.can_reopen or left.can_replace)
    with pytest.raises(NotNow) as refused, wired.open_work(asked.staff) as work:
        send_again(work, asked.reference, "TH")
    assert refused.value.code == "partner_takes_no_part"
    with pytest.raises(Refusal):
        asked.answer("TH", "endorse")


@pytest.mark.rule("R33")
def test_a_partner_that_comes_in_is_waited_for_before_it_is_asked(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(SYSTEM) as work:
        partner_id = work.session.scalars(select(Partner.id).where(Partner.code == "MY")).one()
        work.session.add(ProposalPartner(proposal_id=asked.proposal.id, partner_id=partner_id, is_lead=False))
    for code in CODES:
        asked.answer(code, "endorse")
    assert asked.stage() == "endorsement"


@pytest.mark.rule("R33")
def test_another_partner_may_lead_the_new_version(asked: Asked, wired: Wiring) -> None:
    with wired.open_work(SYSTEM) as work:
        ours = update(ProposalPartner).where(ProposalPartner.proposal_id == asked.proposal.id)
        work.session.execute(ours.values(is_lead=False))
        china = select(Partner.id).where(Partner.code == "CN").scalar_subquery()
        work.session.execute(ours.where(ProposalPartner.partner_id == china).values(is_lead=True))
    add_version(wired, asked.proposal, asked.owner, ("CN", "KE", "TH"))
    with wired.open_work(SYSTEM) as work:
        request_endorsements(work, {"proposal_id": asked.proposal.id})
    assert [asked.row(code).is_lead for code in CODES] == [False, True, False]
    with wired.open_reading() as session:
        assert [word.is_lead for word in find_asked(session, asked.proposal.id)] == [False, True, False]
