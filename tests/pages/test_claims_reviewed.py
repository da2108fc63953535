"""Reviewers answer each claim; the deliberation and the coverage of the initiative show what they said (R67)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.browsing import Browser
from tests.pages.test_reviews import sheet_fields
from tests.reviewing import Panel, accept, make_panel, opinion, review, route
from webapp.adapters.clocks import SetClock
from webapp.domain.claims import ClaimAnswer, is_borne_out
from webapp.domain.people import SYSTEM
from webapp.domain.reviews import make_sheet, problems, read_opinion
from webapp.models.proposals import Proposal
from webapp.pages.reviews.forms import claim_article_name, claim_name
from webapp.queries.coverage import list_coverage
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R67")

CONTENT: dict[str, Any] = {
    "basics": {"title": "A telemedicine link", "summary": "Villages.", "sector": "health", "language": "en"},
    "partners": {"lead_partner": "KE", "participants": [{"partner": "CN"}]},
    "articles": {
        "primary": 5,
        "secondary": [1],
        "claims": {
            "5": {"s1": {"evidence": "Forty clinics are linked.", "indicator": ""}},
            "1": {"s2": {"evidence": "A cable to the river.", "indicator": ""}},
        },
    },
}
KEYS = ("5.s1", "1.s2")


@pytest.fixture
def panel(wired: Wiring) -> Panel:
    made = make_panel(wired, reviewers=3, content=copy.deepcopy(CONTENT))
    route(wired, made.proposal)
    return made


def answered(first: str, second: str = "agreed", article: int | None = None) -> dict[str, Any]:
    return opinion(claims={"5.s1": {"answer": first, "article": article}, "1.s2": {"answer": second}})


def test_the_sheet_asks_for_an_answer_to_each_claim(wired: Wiring) -> None:
    sheet = make_sheet(CONTENT, wired.rules.initiative, [])
    assert [claim.key for claim in sheet.claims] == list(KEYS)
    found = [(one.field, one.code) for one in problems(read_opinion(opinion(), sheet), sheet)]
    assert found == [(f"claims.{key}.answer", "review_claim_missing") for key in KEYS]
    rather = read_opinion(answered("rather"), sheet)
    assert [one.code for one in problems(rather, sheet)] == ["review_claim_article_missing"]
    whole = read_opinion(answered("rather", article=7), sheet)
    assert problems(whole, sheet) == ()
    assert whole.claims["5.s1"] == ClaimAnswer("rather", 7)
    assert read_opinion(whole.facts(), sheet) == whole


@pytest.mark.parametrize("odd", ["x", {"answer": "yes"}, {"answer": "rather", "article": 5}, None, {"article": "7"}])
def test_what_is_no_answer_is_left_out(wired: Wiring, odd: object) -> None:
    sheet = make_sheet(CONTENT, wired.rules.initiative, [])
    kept = read_opinion({"claims": {"5.s1": odd, "9.s1": {"answer": "agreed"}}}, sheet).claims
    # An article can only be another than the claim's own.
    assert kept == ({"5.s1": ClaimAnswer("rather")} if isinstance(odd, dict) and odd.get("answer") == "rather" else {})


def test_a_claim_counts_unless_most_doubt_it() -> None:
    agreed, weak, no, rather = (ClaimAnswer(word) for word in ("agreed", "weak", "not_shown", "rather"))
    assert is_borne_out([])
    assert is_borne_out([agreed, no])
    assert is_borne_out([weak, weak, no])
    assert not is_borne_out([agreed, no, rather])


def test_a_reviewer_answers_on_the_page_and_the_panel_reads_it(panel: Panel, browse: Browser, wired: Wiring) -> None:
    for one in panel.assignments("invited"):
        accept(panel, one)
    first, second, _third = panel.assignments("accepted")
    visitor = browse(first.reviewer_id)
    page = visitor.get(f"/reviews/{first.public_id}").text
    assert "Forty clinics are linked." in page and 'href="/initiative#A5.s1"' in page
    fields = {**sheet_fields(opinion()), claim_name("5.s1"): "agreed", "base_version": "0", "then": "send"}
    refused = visitor.post(f"/reviews/{first.public_id}/sheet", fields)
    missing = visitor.get(refused.headers["Location"])
    assert missing.status_code == 422
    assert f'href="#{claim_name("1.s2")}-0"' in missing.text
    fields |= {claim_name("1.s2"): "rather", claim_article_name("1.s2"): "6", "base_version": "1"}
    visitor.post(f"/reviews/{first.public_id}/sheet", fields)
    visitor.post(f"/reviews/{first.public_id}/send", {})
    # What was sent stands on the sheet, also for an amendment.
    again = visitor.get(f"/reviews/{first.public_id}").text
    assert '<option value="6" selected>' in again
    review(panel, second, answered("not_shown", "agreed"))
    desk = browse(panel.secretary).get(f"/proposals/{panel.proposal.reference}/reviews").text
    assert "Claims, sentence by sentence" in desk and "Rather A6" in desk and "Not shown" in desk
    assert "Far apart" in desk


def test_a_sentence_is_covered_by_what_is_published_and_not_doubted(
    panel: Panel, browse: Browser, wired: Wiring, clock: SetClock
) -> None:
    for one in panel.assignments("invited"):
        accept(panel, one)
    for one, answer in zip(panel.assignments("accepted"), ("agreed", "not_shown", "rather"), strict=True):
        review(panel, one, answered(answer, "weak", article=7 if answer == "rather" else None))
    with wired.open_reading() as session:
        assert list_coverage(session, wired.rules) == {}  # not published, so not there for anybody (R70)
    with wired.open_work(SYSTEM) as work:
        work.session.get_one(Proposal, panel.proposal.id).published_at = work.now
    with wired.open_reading() as session:
        found = list_coverage(session, wired.rules)
    assert {anchor: [one.reference for one in projects] for anchor, projects in found.items()} == {
        "A1.s2": [panel.proposal.reference]
    }
    visitor = browse(None)
    everybody = visitor.get("/register/coverage").text
    total = sum(len(article.sentences) - 1 for article in wired.rules.initiative.articles)
    assert f"1 of {total} sentences have a project" in everybody
    assert f'href="/register/{panel.proposal.reference}"' in everybody
    assert f"1 of {total} sentences have a project of" in visitor.get("/register/coverage?partner=CN").text
    assert f"0 of {total} sentences have a project of" in visitor.get("/register/coverage?partner=GM").text
    gaps = visitor.get("/register/coverage?open=1").text
    assert 'href="/initiative#A5.s1"' in gaps and 'href="/initiative#A1.s2"' not in gaps
