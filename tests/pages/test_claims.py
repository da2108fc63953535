"""A mapped article quotes the sentences that the project serves, with one sentence of evidence each (R67)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.browsing import Browser, Visitor
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_secretary
from tests.pages.filling import begin, example, send
from webapp.domain.claims import claim_problems, claimable, key_of, read_claims
from webapp.domain.mapping import ask, content_to_submit, read_mapping
from webapp.models.people import Person
from webapp.models.proposals import ProposalSection, ProposalVersion
from webapp.services.proposals.submit import submit
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R67")


@pytest.fixture
def owner(wired: Wiring) -> Person:
    return make_person(wired)


@pytest.fixture
def applicant(browse: Browser, owner: Person) -> Visitor:
    return browse(owner)


def content(wired: Wiring) -> dict[str, Any]:
    with wired.open_reading() as session:
        return session.scalars(
            select(ProposalSection.content)
            .where(ProposalSection.section == "articles")
            .order_by(ProposalSection.saved_at)
        ).all()[-1]


def test_each_sentence_of_a_mapped_article_can_be_claimed(applicant: Visitor, wired: Wiring) -> None:
    reference = begin(applicant, make_call(wired).code)
    path = f"/proposals/{reference}/articles"
    send(applicant, path, {"articles": ["12"]})
    article = wired.rules.initiative.article(12)
    assert article is not None
    page = applicant.get(f"{path}/answers").text
    for sentence in article.sentences[1:]:
        assert sentence.text in page and f'name="c-12-{key_of(sentence)}-evidence"' in page
    assert 'name="c-12-s0-evidence"' not in page  # the title claims nothing
    indicator = article.profile.indicators[0].id
    send(applicant, f"{path}/answers", {"c-12-s1-evidence": "Two cities signed.", "c-12-s1-indicator": indicator})
    assert content(wired)["claims"] == {"12": {"s1": {"evidence": "Two cities signed.", "indicator": indicator}}}
    read = applicant.get(f"/proposals/{reference}/read").text
    assert article.sentences[1].text in read and "Two cities signed." in read
    assert article.sentences[2].text not in read
    # Unmapped and mapped again, it is still there (R16).
    send(applicant, path, {"articles": ["3"]})
    send(applicant, f"{path}/answers", {"j-3": "Farms"})
    assert "Two cities signed." not in applicant.get(f"{path}/answers").text
    send(applicant, path, {"articles": ["12"]})
    assert "Two cities signed." in applicant.get(f"{path}/answers").text


def test_evidence_is_one_sentence(applicant: Visitor, wired: Wiring) -> None:
    reference = begin(applicant, make_call(wired).code)
    path = f"/proposals/{reference}/articles"
    send(applicant, path, {"articles": ["12"]})
    long = applicant.post(f"{path}/answers", {"c-12-s1-evidence": "x" * 401, "base_version": "1"})
    assert long.status_code == 422
    check = applicant.get(f"/proposals/{reference}/check").text
    assert f"{path}/answers#c-12-s1-evidence" in check


def test_claims_go_into_the_version_and_its_readers_see_them(wired: Wiring, browse: Browser, owner: Person) -> None:
    sections = example()
    key = str(sections["articles"]["primary"])
    claims = {key: {"s1": {"evidence": "Every farm gets a radio.", "indicator": ""}}, "20": {"s1": {"evidence": "No"}}}
    sections["articles"] = {**sections["articles"], "claims": claims}
    actor = actor_of(wired, owner)
    reference = make_draft(wired, actor, make_call(wired).code, sections)
    with wired.open_work(actor) as work:
        submit(work, reference)
    with wired.open_reading() as session:
        frozen = session.scalars(select(ProposalVersion.content)).one()
    assert frozen["articles"]["claims"] == {key: claims[key]}  # nothing of an article that is not mapped
    assert "Every farm gets a radio." in browse(make_secretary(wired)).get(f"/proposals/{reference}/read").text


@pytest.mark.parametrize("odd", [None, "x", [], {"12": "x"}, {"12": {"s1": "x"}}, {"12": {"s1": {"evidence": 7}}}])
def test_what_is_no_claim_is_none(wired: Wiring, odd: object) -> None:
    (asked,) = ask(read_mapping({"primary": 12}), wired.rules.initiative)
    assert len(claimable(asked)) == len(asked.article.sentences) - 1
    assert read_claims({"claims": odd}, asked) == ()
    assert list(claim_problems({"claims": odd}, [asked])) == []
    assert content_to_submit({"primary": 12, "claims": odd})["primary"] == 12
