"""Articles are suggested while the summary is typed and on the picker; none is ticked by itself (R18)."""

from __future__ import annotations

import pytest

from tests.browsing import Browser, Visitor
from tests.factories import make_call, make_person
from tests.pages.filling import begin
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R18")

SUMMARY = (
    "Two ports exchange customs declarations through one electronic single window, so that goods are cleared before "
    "the ship arrives. Small exporters sell on a shared e-commerce site and are paid by mobile money."
)
CHINESE = "两国口岸共建单一窗口,企业在线办理海关通关手续,并通过跨境电商平台和移动支付完成交易,降低贸易成本。"
ARABIC = "ينشئ المشروع نافذة واحدة للجمارك ومنصة للتجارة الإلكترونية عبر الحدود مع الدفع الإلكتروني للمصدرين الصغار."


@pytest.fixture
def applicant(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_person(wired))


@pytest.mark.parametrize("summary", [SUMMARY, CHINESE, ARABIC])
def test_the_page_is_told_what_the_typed_text_speaks_to(applicant: Visitor, wired: Wiring, summary: str) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}"
    answer = applicant.post(f"{path}/articles/suggestions", {"title": "", "summary": summary})
    assert answer.status_code == 200
    assert f'href="{path}/articles#article-7"' in answer.text
    assert answer.text.count("<mark>") >= 2 and "In the article" in answer.text
    assert "checked" not in answer.text


def test_without_scripts_the_button_saves_and_leads_to_the_suggestions(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}"
    assert 'value="suggest"' in applicant.get(f"{path}/sections/basics").text
    form = {"title": "One window for two ports", "summary": SUMMARY, "then": "suggest", "base_version": "0"}
    answer = applicant.post(f"{path}/sections/basics", {**form, "sector": "trade", "language": "en"})
    assert answer.status_code == 303 and answer.location.endswith("/articles#suggested")
    page = applicant.get(f"{path}/articles").text
    assert 'href="#article-7"' in page and "<mark>" in page
    assert 'id="article-7"' in page and " checked" not in page.split('id="article-list"')[1].split('id="primary"')[0]


def test_a_text_of_roads_is_told_that_it_fits_no_article(applicant: Visitor, wired: Wiring) -> None:
    path = f"/proposals/{begin(applicant, make_call(wired).code)}/articles/suggestions"
    text = "Forty kilometres of road are paved and two bridges over the river are built by a contractor."
    assert "speaks clearly to no article" in applicant.post(path, {"title": "Road", "summary": text}).text
    assert "Write a title and some sentences" in applicant.post(path, {"title": "", "summary": "Short"}).text
