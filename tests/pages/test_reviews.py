"""A reviewer's pages, the secretariat's panel, the reviews to read (R35, R36–R45)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.counting import statements
from tests.factories import make_person
from tests.post import run_outbox
from tests.reviewing import Panel, accept, make_in_review, make_panel, make_reviewer, opinion, review, route
from tests.services.test_reviews import decide_on
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.domain.reviews import make_sheet
from webapp.models.people import Person
from webapp.models.reviews import Review, ReviewText
from webapp.models.routing import Assignment
from webapp.pages.reviews.forms import alignment_name, comment_name, score_name
from webapp.wiring import Wiring

CONTENT: dict[str, Any] = {
    "basics": {
        "title": "A telemedicine link",
        "summary": "Villages along the river.",
        "sector": "health",
        "language": "en",
    },
    "partners": {"lead_partner": "KE", "lead_contact_name": "Grace Wanjiru", "participants": [{"partner": "CN"}]},
    "articles": {"primary": 5, "secondary": [1], "justifications": {"5": "x" * 40, "1": "x" * 40}},
}


@pytest.fixture
def panel(wired: Wiring) -> Panel:
    """Three invited of five; the texts of the version are written out."""
    made = make_panel(wired, reviewers=5, content=CONTENT)
    route(wired, made.proposal)
    return made


def visit(browse: Browser, assignment: Assignment) -> Visitor:
    return browse(assignment.reviewer_id)


def sheet_fields(raw: dict[str, Any]) -> dict[str, str]:
    """The form as a browser sends it for this opinion."""
    return {
        **{score_name(key): str(mark) for key, mark in raw.get("scores", {}).items()},
        **{comment_name(key): text for key, text in raw.get("comments", {}).items()},
        **{alignment_name(int(article)): word for article, word in raw.get("alignment", {}).items()},
        **{name: raw[name] for name in ("recommendation", "reason", "for_applicant", "for_secretariat") if name in raw},
    }


@pytest.mark.rule("R35", "R42")
def test_from_the_mails_link_to_a_review_that_is_in(
    panel: Panel, browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    mails = [mail for mail in run_outbox(wired) if "review this proposal" in mail.subject]
    one = panel.assignments()[0]
    (mail,) = [mail for mail in mails if any(one.public_id in link for link in mail.links)]
    assert "Person" not in mail.subject
    person = visit(browse, one)
    page = person.get(f"/reviews/{one.public_id}")
    assert page.status_code == 200
    for words in ("Villages along the river.", "Grace Wanjiru", "Answer by", "I have no conflict of interest"):
        assert words in page.text
    assert panel.assignments()[0].state == "invited"
    refused = person.post(f"/reviews/{one.public_id}/accept")
    assert (refused.status_code, "Tick the box" in refused.text) == (422, True)
    accepted = person.post(f"/reviews/{one.public_id}/accept", {"no_conflict": "y"})
    assert (accepted.status_code, accepted.location) == (303, f"/reviews/{one.public_id}")
    page = person.get(f"/reviews/{one.public_id}")
    for words in ("Your review", "Recommendation", "How well does the proposal serve article 5?", "Check and send"):
        assert words in page.text
    saved = person.post(
        f"/reviews/{one.public_id}/sheet", {**sheet_fields(opinion()), "base_version": "0", "then": "send"}
    )
    assert (saved.status_code, saved.location) == (303, f"/reviews/{one.public_id}/send")
    asked = person.get(saved.location)
    assert "without your name" in asked.text
    assert panel.assignments("submitted") == []
    sent = person.post(f"/reviews/{one.public_id}/send")
    assert sent.status_code == 303
    assert [row.id for row in panel.assignments("submitted")] == [one.id]
    again = person.post(f"/reviews/{one.public_id}/send")
    assert again.status_code == 303
    with wired.open_reading() as session:
        assert len(session.scalars(select(ReviewText.id)).all()) == 1


@pytest.mark.rule("R35")
def test_opening_every_page_and_sending_every_form_signed_out_changes_nothing(panel: Panel, browse: Browser) -> None:
    one = panel.assignments()[0]
    accept(panel, panel.assignments()[1])
    scanner = browse()
    reference = panel.proposal.reference
    paths = [f"/reviews/{one.public_id}{end}" for end in ("", "/decline", "/conflict", "/step-back", "/send")]
    paths += ["/reviews", f"/desk/proposals/{reference}/panel", f"/proposals/{reference}/reviews"]
    for path in paths:
        answer = scanner.get(path)
        assert (answer.status_code, "/sign-in" in answer.location) == (302, True), path
    before = [(row.id, row.state) for row in panel.assignments()]
    for path in [*paths[1:5], f"/reviews/{one.public_id}/accept", f"/reviews/{one.public_id}/sheet"]:
        scanner.post(path, {"reason": "x", "no_conflict": "y"})
    assert [(row.id, row.state) for row in panel.assignments()] == before


@pytest.mark.rule("R2", "R38")
def test_anothers_assignment_is_not_found(panel: Panel, browse: Browser) -> None:
    one, two, _three = panel.assignments()
    other = visit(browse, two)
    for end in ("", "/preview", "/decline", "/conflict", "/step-back", "/send"):
        answer = other.get(f"/reviews/{one.public_id}{end}", headers={"X-Preview": "1"})
        assert answer.status_code == 404, end
    assert other.post(f"/reviews/{one.public_id}/accept", {"no_conflict": "y"}).status_code == 404
    assert browse(panel.owner).get(f"/reviews/{one.public_id}").status_code == 404
    assert browse(panel.secretary).get(f"/reviews/{one.public_id}").status_code == 404


@pytest.mark.rule("R26", "R38", "R42")
def test_declining_and_declaring_ask_first(panel: Panel, browse: Browser) -> None:
    one, two, three = panel.assignments()
    person = visit(browse, one)
    assert "Who is told" in person.get(f"/reviews/{one.public_id}/decline").text
    refused = person.post(f"/reviews/{one.public_id}/decline", {"reason": "", "suggestion": "Dr Obi"})
    assert (refused.status_code, "Give a reason" in refused.text, "Dr Obi" in refused.text) == (422, True, True)
    done = person.post(f"/reviews/{one.public_id}/decline", {"reason": "Too busy.", "suggestion": "Dr Obi"})
    assert (done.status_code, done.location) == (303, "/reviews")
    assert "You declined the invitation" in person.get("/reviews").text
    assert person.get(f"/reviews/{one.public_id}").status_code == 404
    person = visit(browse, two)
    done = person.post(f"/reviews/{two.public_id}/conflict", {"reason": "My brother leads it."})
    assert done.status_code == 303
    assert panel.proposal.title not in person.get("/reviews").text
    accept(panel, three)
    person = visit(browse, three)
    assert person.post(f"/reviews/{three.public_id}/step-back", {"reason": "Ill."}).status_code == 303
    assert sorted(row.state for row in panel.assignments()) == ["declined", "declined", "recused"]


@pytest.mark.rule("R5", "R42")
def test_autosave_and_two_windows(panel: Panel, browse: Browser, wired: Wiring) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    person = visit(browse, one)
    script = {"X-Autosave": "1"}
    path = f"/reviews/{one.public_id}/sheet"
    first = person.post(path, {"for_applicant": "Half", "base_version": "0"}, headers=script)
    assert (first.status_code, first.json["version"]) == (200, 1)
    assert "Saved at" in first.json["message"]
    stale = person.post(path, {"for_applicant": "Other window", "base_version": "0"}, headers=script)
    assert stale.status_code == 409
    shown = person.post(path, {"for_applicant": "Other window", "base_version": "0"})
    assert shown.status_code == 409
    assert "Other window" in shown.text
    assert 'name="base_version" value="1"' in shown.text
    with wired.open_reading() as session:
        assert session.scalars(select(Review.content)).one()["for_applicant"] == "Half"


@pytest.mark.rule("R20", "R42")
def test_what_is_missing_is_listed_at_its_field(panel: Panel, browse: Browser) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    person = visit(browse, one)
    raw = opinion(recommendation="do_not_approve", scores={"5.livelihood": 4}, alignment={"5": "none"})
    person.post(f"/reviews/{one.public_id}/sheet", {**sheet_fields(raw), "base_version": "0"})
    answer = person.get(f"/reviews/{one.public_id}/send")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    for words in ("Say how well the proposal serves article 1", "Give the reason for your recommendation"):
        assert words in answer.text
    assert answer.text.count("Score “") >= 3
    assert person.post(f"/reviews/{one.public_id}/send").status_code == 422
    assert panel.assignments("submitted") == []


UGLY = ["", "x" * 9000, "<script>alert(1)</script>", "نص بالعربية", "a\x00b\x07", "\u202eevil", "🙂" * 50]


@pytest.mark.parametrize("text", UGLY)
@pytest.mark.parametrize("name", ["reason", "for_applicant", "comment_5_livelihood", "recommendation", "score_1_reach"])
def test_ugly_input_is_kept_or_said(panel: Panel, browse: Browser, name: str, text: str) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    person = visit(browse, one)
    saved = person.post(f"/reviews/{one.public_id}/sheet", {name: text, "base_version": "0"})
    assert saved.status_code == 303
    page = person.get(f"/reviews/{one.public_id}")
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    if text.startswith("x") and name in ("reason", "for_applicant"):
        assert "x" * 9000 in page.text


@pytest.mark.rule("R42")
def test_the_other_reviews_come_after_ones_own_and_without_names_to_the_applicant(
    panel: Panel, browse: Browser
) -> None:
    one, two, _three = panel.assignments()
    accept(panel, one)
    accept(panel, two)
    review(panel, one, opinion(for_applicant="Words of the first.", for_secretariat="Not for others."))
    path = f"/proposals/{panel.proposal.reference}/reviews"
    assert visit(browse, two).get(path).status_code == 403
    assert "Words of the first." not in visit(browse, two).get(f"/reviews/{two.public_id}").text
    assert browse(panel.owner).get(path).status_code == 403
    assert browse(make_person(panel.wired)).get(path).status_code == 404
    review(panel, two, opinion(for_applicant="Words of the second."))
    page = visit(browse, two).get(path)
    assert page.status_code == 200
    assert "Words of the first." in page.text
    assert "Not for others." not in page.text
    assert "Not for others." in browse(panel.secretary).get(path).text
    decide_on(panel, "declined")
    page = browse(panel.owner).get(path)
    assert "Words of the first." in page.text
    assert re.search(r"Reviewer [ABC]", page.text)
    names = {panel.actor(row.reviewer_id).name for row in (one, two)}
    assert not [name for name in names if name in page.text]
    assert "thread" not in page.text
    assert "Not for others." not in page.text


@pytest.mark.rule("R45")
def test_the_thread(panel: Panel, browse: Browser) -> None:
    one = panel.assignments()[0]
    accept(panel, one)
    review(panel, one)
    path = f"/proposals/{panel.proposal.reference}/reviews"
    person = visit(browse, one)
    assert "Write to the panel" in person.get(path).text
    refused = person.post(path, {"text": " "})
    assert (refused.status_code, "Write your message" in refused.text) == (422, True)
    assert person.post(path, {"text": "What of the budget?", "form_key": "k"}).status_code == 303
    assert person.post(path, {"text": "What of the budget?", "form_key": "k"}).status_code == 303
    assert browse(panel.secretary).get(path).text.count("What of the budget?") == 1
    told = [mail for mail in run_outbox(panel.wired) if "message" in mail.subject]
    assert told == []


@pytest.mark.rule("R36", "R38", "R39")
def test_the_panel_page(browse: Browser, wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4, routing={})
    french = make_reviewer(wired, panel.call, {5: 3}, languages=["fr"])
    reference = panel.proposal.reference
    desk = browse(panel.secretary)
    empty = desk.get(f"/desk/proposals/{reference}/panel")
    assert "The panel is being made" in empty.text
    run_outbox(wired)
    page = desk.get(f"/desk/proposals/{reference}/panel")
    assert page.status_code == 200
    for words in ("On the panel: 3 of 3", "Release the panel", "article 5: 2 of 3", "Fit 1 of 4", "Does not read"):
        assert words in page.text, words
    proposed = panel.assignments("proposed")
    revision = str(panel.now().revision)
    add = f"/desk/proposals/{reference}/panel/add/{french.id}"
    assert desk.get(add).status_code == 200
    refused = desk.post(add, {"revision": revision, "reason": "", "in_place_of": proposed[0].public_id})
    assert (refused.status_code, "setting the limit aside" in refused.text) == (422, True)
    done = desk.post(
        add, {"revision": revision, "reason": "Knows it best.", "in_place_of": proposed[0].public_id, "form_key": "a"}
    )
    assert done.status_code == 303
    stale = desk.post(add, {"revision": revision, "reason": "Twice."})
    assert stale.status_code == 409
    page = desk.get(f"/desk/proposals/{reference}/panel")
    assert "Knows it best." in page.text
    gone = panel.assignments("proposed")[0]
    remove = f"/desk/proposals/{reference}/panel/remove/{gone.public_id}"
    assert "They are no longer proposed." in desk.get(remove).text
    assert desk.post(remove, {"revision": str(panel.now().revision)}).status_code == 303
    conflict = f"/desk/proposals/{reference}/panel/conflict/{gone.reviewer_id}"
    assert desk.get(conflict).status_code == 200
    assert desk.post(conflict, {"revision": str(panel.now().revision), "reason": "Kin."}).status_code == 303
    release = f"/desk/proposals/{reference}/panel/release"
    assert "by mail" in desk.get(release).text
    assert desk.post(release, {"revision": str(panel.now().revision), "form_key": "b"}).status_code == 303
    assert len(panel.assignments("invited")) == 2
    invited = panel.assignments("invited")[0]
    remove = f"/desk/proposals/{reference}/panel/remove/{invited.public_id}"
    assert desk.post(remove, {"revision": str(panel.now().revision)}).status_code == 422
    for person in (panel.owner, panel.reviewers[0]):
        assert browse(person).get(f"/desk/proposals/{reference}/panel").status_code in (403, 404)


@pytest.mark.rule("R40")
def test_a_shortfall_is_said_in_numbers(browse: Browser, wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=2, routing={})
    make_reviewer(wired, panel.call, {5: 2}, languages=["fr"], name="Ada Lovelace")
    run_outbox(wired)
    page = browse(panel.secretary).get(f"/desk/proposals/{panel.proposal.reference}/panel")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert "Too few reviewers: 2 of 3 found." in text
    assert "Does not read the language: 1" in text
    assert "This would fill 1 of the empty seats: taking somebody who does not read the language" in text
    assert "Ada Lovelace" in text


def test_routing_anew_from_the_page(browse: Browser, wired: Wiring) -> None:
    panel = make_panel(wired, reviewers=4, routing={})
    run_outbox(wired)
    path = f"/desk/proposals/{panel.proposal.reference}/panel"
    answer = browse(panel.secretary).post(f"{path}/route", {"revision": str(panel.now().revision)})
    assert answer.status_code == 303
    assert panel.assignments() == []
    run_outbox(wired)
    assert len(panel.assignments("proposed")) == 3


@pytest.mark.rule("R42")
def test_the_queue_and_its_preview(panel: Panel, browse: Browser) -> None:
    one = panel.assignments()[0]
    person = visit(browse, one)
    page = person.get("/reviews")
    assert panel.proposal.title in page.text
    assert "Invited" in page.text
    preview = person.get(f"/reviews/{one.public_id}/preview", headers={"X-Preview": "1"})
    assert "Read and answer" in preview.text
    whole = person.get(f"/reviews/{one.public_id}/preview")
    assert (whole.status_code, whole.location) == (302, f"/reviews/{one.public_id}")
    assert "Nothing is in this list." in person.get("/reviews?view=done").text
    accept(panel, one)
    assert "Write your review" in person.get(f"/reviews/{one.public_id}/preview", headers={"X-Preview": "1"}).text
    review(panel, one)
    assert panel.proposal.title in person.get("/reviews?view=done").text
    assert "Nothing waits for you" in person.get("/reviews").text
    assert person.get("/reviews?page=x").status_code == 200
    assert "The list ends" in person.get("/reviews?page=9").text
    assert browse(panel.owner).get("/reviews").status_code == 403


def count(visitor: Visitor, wired: Wiring, path: str, **options: Any) -> int:
    visitor.get(path, **options)
    with statements(wired) as sent:
        assert visitor.get(path, **options).status_code == 200
    return len(sent)


def test_the_number_of_statements_does_not_grow(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    panel = make_panel(wired, reviewers=3)
    route(wired, panel.proposal)
    one = panel.assignments()[0]
    person, desk = visit(browse, one), browse(panel.secretary)
    accept(panel, one)
    reference = panel.proposal.reference
    paths = {
        "queue": (person, "/reviews"),
        "sheet": (person, f"/reviews/{one.public_id}"),
        "panel": (desk, f"/desk/proposals/{reference}/panel"),
    }
    before = {name: count(visitor, wired, path) for name, (visitor, path) in paths.items()}
    review(panel, one)
    before["reviews"] = count(desk, wired, f"/proposals/{reference}/reviews")
    for _ in range(4):
        route(wired, make_in_review(wired, panel.call, panel.owner))
        make_reviewer(wired, panel.call, {5: 1})
    for other in panel.assignments()[1:]:
        accept(panel, other)
        review(panel, other)
    paths["reviews"] = (desk, f"/proposals/{reference}/reviews")
    after = {name: count(visitor, wired, path) for name, (visitor, path) in paths.items()}
    assert after == before
    assert max(after.values()) <= 20


@pytest.mark.rule("R44")
def test_a_reviewer_whose_round_is_over_is_told_so(wired: Wiring, browse: Browser) -> None:
    panel = make_panel(wired, reviewers=3, quorum=2)
    route(wired, panel.proposal)
    *two, last = panel.assignments()
    for one in panel.assignments():
        accept(panel, one)
    for one in two:
        review(panel, one)
    desk = browse(panel.secretary)
    closed = desk.post(
        f"/desk/proposals/{panel.proposal.reference}/move/close_round_early",
        {"revision": str(panel.now().revision), "reason": "Two agree."},
    )
    assert closed.status_code == 303
    page = visit(browse, last).get(f"/reviews/{last.public_id}")
    assert "The review round is over" in page.text
    assert "Check and send" not in page.text
    assert panel.proposal.title not in visit(browse, last).get("/reviews").text
    answer = visit(browse, last).post(f"/reviews/{last.public_id}/sheet", {"base_version": "0"})
    assert answer.status_code == 409


def test_every_asked_criterion_has_fields_of_its_own() -> None:
    from config import initiatives
    from webapp.domain.initiative import parse_initiative

    initiative = parse_initiative(initiatives.load("beijing-2023"))
    for article in initiative.articles:
        sheet = make_sheet({"articles": {"primary": article.number}}, initiative, [{"id": "plan", "label": "Plan"}])
        names = {score_name(asked.key) for asked in sheet.criteria} | {comment_name(a.key) for a in sheet.criteria}
        assert len(names) == 2 * len(sheet.criteria)


@pytest.mark.rule("R50")
def test_due_times_are_shown_in_the_readers_zone(panel: Panel, browse: Browser, wired: Wiring) -> None:
    one = panel.assignments()[0]
    assert one.due_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Person, one.reviewer_id).time_zone = "Africa/Nairobi"
    assert "20:00 in Nairobi (UTC+3)" in visit(browse, one).get(f"/reviews/{one.public_id}").text
