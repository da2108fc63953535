"""What a draft sends to others, and what of it they see before it is sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.browsing import Browser
from tests.factories import make_call, make_person, make_seat
from tests.pages.filling import begin, example, fill, send
from webapp.domain.people import SYSTEM, Role
from webapp.models.people import MailedLink
from webapp.models.proposals import Proposal
from webapp.queries.people import find_actor
from webapp.services.screening import return_for_changes
from webapp.wiring import Wiring


@pytest.mark.rule("R13")
def test_no_more_invitations_are_out_than_colleagues_can_join(browse: Browser, wired: Wiring) -> None:
    applicant = browse(make_person(wired))
    reference = begin(applicant, make_call(wired).code)
    answers = [
        applicant.post(
            f"/proposals/{reference}/collaborators", {"email": f"colleague.{number}@demo.example", "role": "reader"}
        ).status_code
        for number in range(22)
    ]
    assert answers == [303] * 20 + [422] * 2
    with wired.open_reading() as session:
        assert session.scalars(select(func.count(MailedLink.id))).one() == 20


def test_changes_that_were_not_sent_yet_are_the_applicants_own(browse: Browser, wired: Wiring) -> None:
    applicant, secretary = browse(make_person(wired)), make_person(wired)
    make_seat(wired, secretary, Role.SECRETARIAT)
    reference = begin(applicant, make_call(wired).code)
    fill(applicant, wired, reference, example())
    applicant.post(f"/proposals/{reference}/submit", {"form_key": "a key for the form"})
    with wired.open_work(SYSTEM) as work:
        staff = find_actor(work.session, secretary.id, work.now)
        revision = work.session.scalars(select(Proposal.revision)).one()
    assert staff is not None
    with wired.open_work(staff) as work:
        return_for_changes(work, reference, revision=revision, reason="Say more.")
    unsent = "A thought that nobody was sent yet. " * 6
    send(applicant, f"/proposals/{reference}/sections/basics", {"summary": unsent})
    assert applicant.get(f"/proposals/{reference}").status_code == 200
    page = browse(secretary).get(f"/proposals/{reference}").text
    assert "A thought that nobody was sent yet." not in page
