"""The matcher on texts of this suite's own: in six languages, with and without the encoder, with its reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp import wiring
from webapp.adapters.suggesting.encoder import find_encoder
from webapp.adapters.suggesting.matcher import TrainedMatcher
from webapp.domain.evidence import suggest, unsupported, weigh_mapping, without

INITIATIVE = "beijing-2023"
ALL = range(1, 21)
TEXTS = [
    (5, "Permits by telephone", "Residents of four provinces ask for building permits and passports on a government "
     "portal and see online how far the office has come, instead of queuing twice."),
    (16, "Reading X-rays", "Radiologists of six hospitals test a machine learning model for lung pictures. Doctors can "
     "overrule it, and a panel looks for bias in the artificial intelligence before it is used."),
    (7, "数字口岸", "项目建设跨境电商平台和单一窗口,企业在线办理通关手续,并使用移动支付完成结算,降低贸易成本。"),
    (3, "ري ذكي للحقول", "يركب المشروع أجهزة استشعار في حقول القمح ليعرف المزارعون متى تحتاج المحاصيل إلى الري، "
     "مع صور الأقمار الصناعية وتطبيق للهاتف."),
    (13, "Personne de côté", "Des médiateurs accompagnent les personnes âgées et les habitants des villages qui "
     "n'ont pas internet, pour réduire la fracture numérique."),
    (1, "Fibra para las islas", "Un cable submarino de fibra óptica y torres compartidas llevan banda ancha barata a "
     "las islas que hoy no tienen cobertura."),
    (10, "Aprender a programar", "Jovens sem emprego recebem formação em programação e competências digitais, com um "
     "certificado reconhecido por três universidades."),
]  # fmt: skip
ROADS = (
    "A new road",
    "Forty kilometres of gravel road are paved and two bridges over the river are built by a contractor.",
)


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> TrainedMatcher:
    return wiring.build_matcher(INITIATIVE, tmp_path_factory.mktemp("learned"), find_encoder())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> TrainedMatcher:
    return wiring.build_matcher(INITIATIVE, tmp_path_factory.mktemp("learned"), None)


@pytest.mark.rule("R18")
@pytest.mark.parametrize(("article", "title", "rest"), TEXTS)
def test_a_text_gets_its_article_with_and_without_the_encoder(
    matcher: TrainedMatcher, plain: TrainedMatcher, article: int, title: str, rest: str
) -> None:
    for one in (matcher, plain):
        found = suggest(one, title, rest, ALL).suggestions
        assert article in [suggestion.article for suggestion in found[:2]], one.with_encoder
    assert matcher.with_encoder and not plain.with_encoder


@pytest.mark.rule("R18")
def test_a_text_that_fits_no_article_gets_none(matcher: TrainedMatcher) -> None:
    assert suggest(matcher, *ROADS, ALL).suggestions == ()


@pytest.mark.rule("R18")
def test_only_open_articles_are_suggested(matcher: TrainedMatcher) -> None:
    found = suggest(matcher, TEXTS[0][1], TEXTS[0][2], {1, 2, 3})
    assert 5 not in [one.article for one in found.suggestions]


@pytest.mark.rule("R18")
@pytest.mark.parametrize(("article", "title", "rest"), TEXTS)
def test_the_named_words_stand_in_both_texts_and_count(
    matcher: TrainedMatcher, article: int, title: str, rest: str
) -> None:
    found = suggest(matcher, title, rest, ALL)
    explained = [one for one in found.suggestions if one.reasons]
    assert explained, "nothing was explained"
    for one in explained:
        theirs = matcher.initiative.article(one.article)
        assert theirs is not None
        assert all(found.text[why.start : why.end] == why.text for why in one.reasons)
        assert all(why.says in theirs.text for why in one.reasons)
        less = without(found.text, [(why.start, why.end) for why in one.reasons])
        before, after = matcher.judge([("", found.text), ("", less)])
        assert after.score(one.article) < before.score(one.article)


@pytest.mark.rule("R19")
def test_a_claim_without_support_and_an_article_left_out_are_pointed_out(matcher: TrainedMatcher) -> None:
    _article, title, rest = TEXTS[1]
    evidence = weigh_mapping(matcher, title, rest, (12,), ALL)
    assert evidence is not None
    assert evidence.unsupported == (12,)
    assert 16 in [one.article for one in evidence.unclaimed]
    fitting = weigh_mapping(matcher, title, rest, (16,), ALL)
    assert fitting is not None and 16 not in fitting.unsupported and not unsupported(fitting.judged, (), 1.0)


@pytest.mark.rule("R18")
def test_too_little_text_is_not_judged(matcher: TrainedMatcher) -> None:
    assert not suggest(matcher, "Digital", "", ALL).enough
    assert weigh_mapping(matcher, "Digital", "", (1,), ALL) is None


def test_a_learned_model_comes_before_the_shipped_one(tmp_path: Path) -> None:
    one = wiring.build_matcher(INITIATIVE, tmp_path, None)
    shipped = one.model
    folder = tmp_path / "mapping" / INITIATIVE
    folder.mkdir(parents=True)
    from webapp.adapters.suggesting import model as models

    models.save(models.Model(shipped.regression, shipped.full, shipped.plain, shipped.limits, {"name": "own"}), folder)
    assert one.model.name == "own"
