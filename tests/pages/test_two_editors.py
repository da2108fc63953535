"""Two people in one section, without scripts: both texts shown, merged by hand, nothing lost (R5, R6)."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.factories import make_call, make_person
from tests.pages.filling import begin, dated, send
from tests.post import run_outbox
from webapp.models.people import Person
from webapp.models.proposals import ProposalSection
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R6")


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired, name="Fatou Ceesay")


@pytest.fixture
def first(browse: Browser, owner: Person) -> Visitor:
    return browse(owner)


@pytest.fixture
def reference(first: Visitor, wired: Wiring) -> str:
    return begin(first, make_call(wired).code)


@pytest.fixture
def second(first: Visitor, reference: str, browse: Browser, wired: Wiring) -> Visitor:
    """An editor whom the owner invited."""
    colleague = make_person(wired, name="Li Wei")
    first.post(f"/proposals/{reference}/collaborators", {"email": colleague.email, "role": "editor"})
    mail = next(mail for mail in run_outbox(wired) if mail.to == colleague.email)
    visitor = browse(colleague)
    assert visitor.post(mail.links[0].removeprefix("http://localhost")).status_code == 303
    return visitor


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form in main, as a browser would send them."""
    found = re.findall(r'<input type="hidden" name="(base_version|seen|entry)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def chosen(page: str) -> dict[str, str]:
    """Whose text stands before anybody chose, by field."""
    radios = re.findall(r'name="keep-([^"]+)" value="(mine|theirs)[^"]*" checked', page)
    return dict(radios)


def theirs_of(page: str, *fields: str) -> dict[str, str]:
    """The choice of the other's text for these fields, as a browser would send it."""
    radios = dict(re.findall(r'name="keep-([^"]+)" value="(theirs[^"]*)"', page))
    return {f"keep-{field}": radios[field] for field in fields}


def content(wired: Wiring, section: str) -> dict[str, Any]:
    with wired.open_reading() as session:
        return session.scalars(select(ProposalSection.content).where(ProposalSection.section == section)).one()


def test_both_texts_field_by_field_and_merged_by_hand(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/sections/basics"
    send(first, path, {"title": "Connected farms", "summary": "Ours", "sector": "agriculture", "language": "en"})
    opened = hidden(first.get(path).text)
    theirs = {"title": "Connected farms", "summary": "Theirs <b>", "sector": "energy", "language": "en"}
    send(second, path, theirs)
    mine = {"title": "Farms that are connected", "summary": "Ours", "sector": "education", "language": "en"}
    answer = first.post(path, {**mine, **opened, "then": "list"})
    assert answer.status_code == 409
    assert "Li Wei changed this section" in answer.text and "Theirs &lt;b&gt;" in answer.text
    assert "Agriculture" not in answer.text.split("<select", 1)[0]  # what nobody has any more is not shown
    # What I did not touch stands as the other left it; what I changed, as I did.
    assert chosen(answer.text) == {"title": "mine", "summary": "theirs", "sector": "mine"}
    assert content(wired, "basics") == theirs
    merged = {**mine, "title": "Connected farms of two rivers", **hidden(answer.text)}
    picked = {"keep-title": "mine", **theirs_of(answer.text, "summary", "sector"), "then": "list"}
    assert first.post(path, {**merged, **picked}).status_code == 303
    assert content(wired, "basics") == {**theirs, "title": "Connected farms of two rivers"}


def test_who_goes_on_typing_beside_the_other_text_keeps_what_is_typed(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/sections/basics"
    send(first, path, {"title": "One"})
    opened = hidden(first.get(path).text)
    send(second, path, {"title": "Two"})
    answer = first.post(path, {"title": "One", **opened})
    assert chosen(answer.text) == {"title": "theirs"}
    form = {"title": "One and two", **hidden(answer.text), **theirs_of(answer.text, "title"), "then": "list"}
    assert first.post(path, form).status_code == 303
    assert content(wired, "basics")["title"] == "One and two"


def test_a_third_change_while_merging_is_shown_again(first: Visitor, second: Visitor, reference: str) -> None:
    path = f"/proposals/{reference}/sections/basics"
    send(first, path, {"title": "One"})
    opened = hidden(first.get(path).text)
    send(second, path, {"title": "Two"})
    asked = first.post(path, {"title": "Mine", **opened})
    send(second, path, {"title": "Three"})
    again = first.post(path, {"title": "Mine", **hidden(asked.text), **theirs_of(asked.text, "title")})
    assert again.status_code == 409
    assert "Three" in again.text and 'value="Mine"' in again.text


def test_days_ticks_and_choices_are_shown_in_words(first: Visitor, second: Visitor, reference: str) -> None:
    path = f"/proposals/{reference}/sections/plan"
    send(first, path, dated({"starts_on": "2027-03-01"}))
    opened = hidden(first.get(path).text)
    send(second, path, dated({"starts_on": "2027-04-02"}))
    answer = first.post(path, {**dated({"starts_on": "2027-05-03"}), **opened})
    assert "2 April 2027" in answer.text and "3 May 2027" in answer.text
    path = f"/proposals/{reference}/sections/declarations"
    send(first, path, {"accurate": "y"})
    opened = hidden(first.get(path).text)
    send(second, path, {"accurate": "y", "voluntary": "y"})
    answer = first.post(path, {**opened})
    assert chosen(answer.text) == {"accurate": "mine", "voluntary": "theirs"}


@pytest.mark.rule("R16")
def test_answers_and_results_show_both_texts_too(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/articles"
    send(first, path, {"articles": ["6"]})
    results = f"/proposals/{reference}/results"
    indicator = re.search(r'name="(6\.[a-z_]+)-baseline"', first.get(results).text)
    assert indicator is not None
    key = indicator.group(1)
    for page, field in ((f"{path}/answers", "j-6"), (results, f"{key}-baseline")):
        opened = hidden(first.get(page).text)
        send(second, page, {field: "77"})
        answer = first.post(page, {field: "88", **opened})
        assert answer.status_code == 409
        assert "77" in answer.text and chosen(answer.text)[field] == "mine"
        kept = first.post(page, {field: "88", **hidden(answer.text), **theirs_of(answer.text, field), "then": "list"})
        assert kept.status_code == 303
    assert content(wired, "articles")["justifications"] == {"6": "77"}
    assert content(wired, "results")["indicators"][key]["baseline"] == "77"


def test_entries_of_a_list_find_their_place(first: Visitor, second: Visitor, reference: str, wired: Wiring) -> None:
    path = f"/proposals/{reference}/lists/milestones"
    for title in ("One", "Two", "Three"):
        send(first, f"{path}/0", {"title": title})
    opened = hidden(first.get(f"{path}/2").text)
    # Another removes the first, and adds one: mine has moved, and is found.
    removed = hidden(second.get(f"{path}/1/remove").text)
    assert second.post(f"{path}/1/remove", removed).status_code == 303
    send(second, f"{path}/0", {"title": "Four"})
    assert first.post(f"{path}/2", {"title": "Two and a half", **opened}).status_code == 303
    titles = [entry["title"] for entry in content(wired, "plan")["milestones"]]
    assert titles == ["Two and a half", "Three", "Four"]


def test_an_entry_that_both_changed_is_shown_in_both_texts(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/lists/milestones"
    send(first, f"{path}/0", {"title": "One", "deliverable": "A report"})
    opened = hidden(first.get(f"{path}/1").text)
    send(second, f"{path}/1", {"title": "One", "deliverable": "A mast"})
    answer = first.post(f"{path}/1", {"title": "One", "deliverable": "A school", **opened})
    assert answer.status_code == 409
    assert "A mast" in answer.text and "A school" in answer.text
    form = {"title": "One", "deliverable": "A mast and a school", **hidden(answer.text)}
    assert first.post(f"{path}/1", form).status_code == 303
    assert [entry["deliverable"] for entry in content(wired, "plan")["milestones"]] == ["A mast and a school"]


def test_an_entry_that_was_removed_can_be_added_again(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/lists/milestones"
    send(first, f"{path}/0", {"title": "One"})
    opened = hidden(first.get(f"{path}/1").text)
    second.post(f"{path}/1/remove", hidden(second.get(f"{path}/1/remove").text))
    answer = first.post(f"{path}/1", {"title": "One, said better", **opened})
    assert answer.status_code == 409 and "Li Wei removed this entry" in answer.text
    assert f'action="{path}/0"' in answer.text
    assert first.post(f"{path}/0", {"title": "One, said better", **hidden(answer.text)}).status_code == 303
    assert [entry["title"] for entry in content(wired, "plan")["milestones"]] == ["One, said better"]


def test_adding_twice_by_a_double_press_adds_once(first: Visitor, reference: str, wired: Wiring) -> None:
    path = f"/proposals/{reference}/lists/milestones/0"
    form = {"title": "One", **hidden(first.get(path).text)}
    for _press in range(2):
        assert first.post(path, form).status_code == 303
    assert len(content(wired, "plan")["milestones"]) == 1


def test_removing_what_another_changed_meanwhile_removes_nothing(
    first: Visitor, second: Visitor, reference: str, wired: Wiring
) -> None:
    path = f"/proposals/{reference}/lists/milestones"
    send(first, f"{path}/0", {"title": "One"})
    asked = hidden(first.get(f"{path}/1/remove").text)
    send(second, f"{path}/1", {"title": "One and more"})
    assert first.post(f"{path}/1/remove", asked).status_code == 303
    assert [entry["title"] for entry in content(wired, "plan")["milestones"]] == ["One and more"]


@pytest.mark.rule("R5")
def test_saving_by_itself_learns_what_its_page_has_seen(first: Visitor, second: Visitor, reference: str) -> None:
    path = f"/proposals/{reference}/sections/basics"
    opened = hidden(first.get(path).text)
    quiet = {"X-Autosave": "1"}
    saved = first.post(path, {"title": "Mine", "summary": "", **opened}, headers=quiet).get_json()
    send(second, path, {"title": "Mine", "summary": "Theirs"})
    form = {"title": "Mine", "summary": "", "base_version": saved["version"], "seen": saved["seen"]}
    assert first.post(path, form, headers=quiet).status_code == 409
    assert chosen(first.post(path, form).text) == {"summary": "theirs"}
