"""The pages of questions to the applicant (R85)."""

from __future__ import annotations

import pytest

from tests.browsing import Browser
from tests.factories import make_call, make_person, make_proposal, make_secretary, make_version
from tests.reviewing import accept, make_panel, route
from webapp.adapters.clocks import SetClock
from webapp.wiring import Wiring

FORM = {
    "question": "Who runs the link after 2028?",
    "days": "10",
    "first_field": "plan.activities",
    "first_question": "Which villages?",
    "form_key": "asked",
}


@pytest.mark.rule("R85")
def test_asked_by_the_secretariat_and_answered(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    owner, secretary = make_person(wired), make_secretary(wired)
    proposal = make_proposal(wired, owner, make_call(wired), ("KE", "CN"), stage="screening", submitted_at=clock.at)
    make_version(wired, proposal)
    page = f"/proposals/{proposal.reference}/questions"
    staff, applicant = browse(secretary), browse(owner)
    assert f'href="{page}"' in staff.get(f"/desk/proposals/{proposal.reference}").text
    assert staff.get(f"{page}/ask").status_code == 200
    asked = staff.post(f"{page}/ask", FORM)
    assert asked.status_code == 303
    shown = applicant.get(page).text
    assert "The secretariat asks" in shown and "Which villages?" in shown and "Plan: Activities" in shown
    assert f'href="{page}"' in applicant.get(f"/proposals/{proposal.reference}").text
    link = shown.split(f'href="{page}/')[1].split('"')[0]
    assert applicant.get(f"{page}/{link}").status_code == 200
    short = applicant.post(f"{page}/{link}", {"answer": "Kept as typed.", "form_key": "k"})
    assert short.status_code == 422
    assert "Kept as typed." in short.text and "Enter your answer" in short.text
    sent = applicant.post(f"{page}/{link}", {"answer": "The county.", "field_0": "Kisumu.", "form_key": "k"})
    assert sent.status_code == 303
    assert "Kisumu." in staff.get(page).text and "The county." in staff.get(page).text
    assert applicant.get(f"{page}/{link}").status_code == 409


@pytest.mark.rule("R85")
def test_mistakes_are_said_at_their_field(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    secretary = make_secretary(wired)
    proposal = make_proposal(wired, make_person(wired), make_call(wired), stage="screening", submitted_at=clock.at)
    make_version(wired, proposal)
    page = f"/proposals/{proposal.reference}/questions"
    wrong = {**FORM, "question": "", "days": "99", "first_field": ""}
    answer = browse(secretary).post(f"{page}/ask", wrong)
    assert answer.status_code == 422
    for sentence in ("Enter the question", "Choose the field that you ask about", "Which villages?"):
        assert sentence in answer.text


@pytest.mark.rule("R85", "R42")
def test_a_question_of_the_panel_names_nobody(browse: Browser, wired: Wiring) -> None:
    panel = make_panel(wired)
    route(wired, panel.proposal)
    one = panel.assignments("invited")[0]
    page = f"/proposals/{panel.proposal.reference}/questions"
    assert browse(one.reviewer_id).get(f"{page}/ask").status_code == 403
    accept(panel, one)
    reviewer = browse(one.reviewer_id)
    assert "in the name of the panel" in reviewer.get(f"{page}/ask").text
    assert reviewer.post(f"{page}/ask", FORM).status_code == 303
    assert "Take the question back" in reviewer.get(page).text
    shown = browse(panel.owner).get(page).text
    assert "The panel asks" in shown
    assert panel.actor(one.reviewer_id).name not in shown
    number = shown.split(f'href="{page}/')[1].split('"')[0]
    assert browse(panel.owner).post(f"{page}/{number}/withdraw").status_code == 403
    assert reviewer.post(f"{page}/{number}/withdraw").status_code == 303
    assert "Taken back" in browse(panel.secretary).get(page).text
    assert browse(make_person(wired)).get(page).status_code == 404
