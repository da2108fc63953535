"""Catalogues: plural forms, what counts as a gap, the same bytes for the same content."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.adapters import catalogues
from webapp.adapters.catalogues import MAILS, Gap, find_gaps, load, mail_messages, path_of, renew

DAILY = ("Your daily mail: one message", "Your daily mail: %(num)s messages")


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("ar", 2, "رسالتكم اليومية: خبران"),
        ("ar", 7, "رسالتكم اليومية: %(num)s أخبار"),
        ("zh", 1, "您的每日邮件：%(num)s 条消息"),
        ("fr", 0, "Votre message du jour\u00a0: une nouvelle"),
        ("xx", 2, DAILY[1]),
    ],
)
def test_each_language_counts_in_its_own_way(language: str, number: int, said: str) -> None:
    assert load(MAILS, language).ngettext(*DAILY, number) == said


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The French catalogue in a folder where it can be spoilt."""
    text = path_of(MAILS, "fr").read_text("utf-8")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    path = path_of(MAILS, "fr")
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("was", "instead", "why"),
    [
        ('msgstr "Bonjour %(name)s,"', 'msgstr "Bonjour,"', "placeholders"),
        ('msgstr "Bonjour %(name)s,"', 'msgstr "Bonjour %(nom)s,"', "placeholders"),
        ('msgstr "Bonjour %(name)s,"', 'msgstr ""', "missing"),
        ('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"', "fuzzy"),
        ('msgid "Sign in"', 'msgid "Sign in now"', "unused"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_found(own: Path, was: str, instead: str, why: str) -> None:
    assert find_gaps("fr", mail_messages()) == []
    text = own.read_text("utf-8")
    assert was in text
    own.write_text(text.replace(was, instead, 1), "utf-8")
    assert why in {gap.why for gap in find_gaps("fr", mail_messages())}


def test_a_catalogue_is_brought_up_to_the_templates_and_stays_as_it_is(own: Path) -> None:
    before = own.read_bytes()
    assert renew("fr", mail_messages()) == 0
    assert own.read_bytes() == before
    own.write_text(own.read_text("utf-8").replace('msgid "Sign in"', 'msgid "Sign in now"'), "utf-8")
    assert renew("fr", mail_messages()) == 1
    assert find_gaps("fr", mail_messages()) == [Gap("fr", "Sign in", "missing")]
