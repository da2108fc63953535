"""Whoever changes two things at once locks them in the order of everybody else: nobody waits in a ring (R24)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Signal
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import select

from tests.asked import make_asked
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_secretary
from webapp.adapters.clocks import SetClock
from webapp.domain.errors import NotAllowed, NotNow
from webapp.domain.people import PUBLIC, SYSTEM, Role
from webapp.models.partners import Partner
from webapp.models.people import MailedLink
from webapp.models.proposals import Proposal
from webapp.services.endorsements.offices import look_at_office
from webapp.services.partners.vacancies import close_vacancy, raise_vacancy
from webapp.services.people.invitations import accept_invitation, invite
from webapp.services.people.links import token_of
from webapp.services.proposals.collaborators import accept_collaboration, invite_collaborator, take_back_invitation
from webapp.wiring import Wiring

PASSWORD = "six green kettles on a boat"
LONG_ENOUGH = 0.4
"""Seconds in which the other has come as far as it can."""


def beside(act: Callable[[], None]) -> Callable[[], BaseException | None]:
    """Begin the act in a thread of its own; the answer waits for it and tells what it raised."""
    raised: list[BaseException] = []
    begun = Signal()

    def do() -> None:
        begun.set()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 – told to the test
            raised.append(error)

    thread = Thread(target=do)
    thread.start()
    begun.wait(5)
    sleep(LONG_ENOUGH)

    def end() -> BaseException | None:
        thread.join(20)
        return raised[0] if raised else None

    return end


@pytest.mark.rule("R13", "R24")
def test_an_invitation_is_taken_back_while_it_is_accepted(committed: Wiring) -> None:
    owner, friend = make_person(committed), make_person(committed)
    reference = make_draft(committed, actor_of(committed, owner), make_call(committed).code)
    with committed.open_work(actor_of(committed, owner)) as work:
        invite_collaborator(work, reference, friend.email, "reader")
    with committed.open_work(SYSTEM) as work:
        link = work.session.scalars(select(MailedLink)).one()
        token, link_id = token_of(work, link), link.id
    who = actor_of(committed, friend)

    def accept() -> None:
        with committed.open_work(who) as work:
            accept_collaboration(work, token)

    with committed.open_work(actor_of(committed, owner)) as work:
        work.session.scalars(select(Proposal).where(Proposal.reference == reference).with_for_update()).one()
        end = beside(accept)
        take_back_invitation(work, reference, link_id)
    refused = end()
    assert isinstance(refused, NotNow) and refused.code == "link_used"


@pytest.mark.rule("R24", "R34")
def test_a_partners_office_is_looked_at_while_a_case_closes_its_vacancy(committed: Wiring, clock: SetClock) -> None:
    asked = make_asked(committed, clock)
    with committed.open_work(SYSTEM) as work:
        partner_id = work.session.scalars(select(Partner.id).where(Partner.code == "KE")).one()
        raise_vacancy(work, partner_id, "bounced")

    def look() -> None:
        with committed.open_work(SYSTEM) as work:
            look_at_office(work, {"partner_id": partner_id})

    with committed.open_work(SYSTEM) as work:
        work.session.scalars(select(Proposal).where(Proposal.id == asked.proposal.id).with_for_update()).one()
        end = beside(look)
        close_vacancy(work, partner_id)
    assert end() is None


def test_two_invitations_to_a_new_address_are_accepted_at_once(committed: Wiring) -> None:
    """One makes the account, the other asks to sign in; none fails by the address being taken."""
    with committed.open_work(actor_of(committed, make_secretary(committed))) as work:
        for code in ("KE", "CN"):
            invite(work, "new@demo.example", Role.FOCAL_POINT, partner_code=code)
    with committed.open_work(SYSTEM) as work:
        tokens = [token_of(work, link) for link in work.session.scalars(select(MailedLink))]
    with committed.open_work(PUBLIC) as work:
        accept_invitation(work, tokens[0], name="Amina", password=PASSWORD)
        work.session.flush()

        def accept_other() -> None:
            with committed.open_work(PUBLIC) as other:
                accept_invitation(other, tokens[1], name="Amina", password=PASSWORD)

        ended = beside(accept_other)
    raised = ended()
    assert isinstance(raised, NotAllowed)
    assert raised.code == "invited_address"
