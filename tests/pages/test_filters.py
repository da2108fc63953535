"""Filters: dates, times with their zone, days, money, numbers and names as the guide writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.pages.component_app import NOW, make_app
from webapp.adapters.formats import initials, slug

CLOSING = datetime(2027, 2, 28, 17, 0, tzinfo=UTC)


def say(text: str, path: str = "/", **context: Any) -> str:
    """The text as a template prints it."""
    app = make_app()
    with app.test_request_context(path):
        return app.jinja_env.from_string(text).render(**{"now": NOW, **context})


@pytest.mark.rule("R50")
def test_times_name_their_place() -> None:
    assert say("{{ at|date }}", at=CLOSING) == "28 February 2027"
    assert say("{{ at|time_in }}", at=CLOSING) == "17:00 in Banjul (UTC+0)"
    assert say("{{ at|moment }}", at=CLOSING) == "28 February 2027, 17:00 in Banjul (UTC+0)"
    assert say("{{ at|moment }}", "/?zone=Asia/Yangon", at=CLOSING) == "28 February 2027, 23:30 in Yangon (UTC+6:30)"
    assert say("{{ at|date }}", "/?zone=Asia/Shanghai", at=CLOSING) == "1 March 2027"
    assert say("{{ at|time_in('America/Argentina/Buenos_Aires') }}", at=CLOSING) == "14:00 in Buenos Aires (UTC−3)"
    assert say("{{ at|time_in }}", "/?zone=UTC", at=CLOSING) == "17:00 (UTC)"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        say("{{ at|date }}", at=datetime(2027, 2, 28, 17, 0))  # noqa: DTZ001


def test_the_foot_names_the_offset_only_where_it_never_changes() -> None:
    assert say("{{ 'Africa/Banjul'|zone_sentence }}") == "Times are shown in Banjul time (UTC+0)"
    assert say("{{ 'America/Havana'|zone_sentence }}") == "Times are shown in Havana time"
    assert say("{{ 'UTC'|zone_sentence }}") == "Times are shown in UTC"


def test_other_languages_write_their_own_dates() -> None:
    assert say("{{ at|date }}", "/?lang=fr", at=CLOSING) == "28 février 2027"
    assert say("{{ at|date }}", "/?lang=zh", at=CLOSING) == "2027年2月28日"
    assert say("{{ at|date }}", at=date(2027, 2, 28)) == "28 February 2027"


@pytest.mark.parametrize(
    ("days", "left", "words", "tone"),
    [
        (12, "12 days left", "Due in 12 days", ""),
        (3, "3 days left", "Due in 3 days", "warn"),
        (1, "1 day left", "Due tomorrow", "bad"),
        (0, "Last day", "Due today", "bad"),
        (-1, "1 day late", "1 day late", "bad"),
        (-9, "9 days late", "9 days late", "bad"),
    ],
)
def test_days_to_go(days: int, left: str, words: str, tone: str) -> None:
    due = NOW + timedelta(days=days, hours=2)
    assert say("{{ due|days_left(now) }}", due=due) == left
    assert say("{{ due|due_words(now) }}", due=due) == words
    assert say("{{ due|due_tone(now) }}", due=due) == tone


def test_the_day_turns_in_the_readers_zone() -> None:
    late = datetime(2027, 2, 16, 23, 0, tzinfo=UTC)
    assert say("{{ due|due_words(now) }}", due=late) == "Due today"
    assert say("{{ due|due_words(now) }}", "/?zone=Asia/Shanghai", due=late) == "Due tomorrow"
    assert say("{{ due|days_left(now) }}", due=NOW - timedelta(hours=1)) == "Over since today"


@pytest.mark.rule("R8")
def test_money() -> None:
    assert say("{{ 310000|money('USD') }}") == "USD\xa0310,000"
    assert say("{{ v|money('USD') }}", v=Decimal("1234.5")) == "USD\xa01,234.50"
    assert say("{{ '0.10'|money('KES') }}") == "KES\xa00.10"
    assert say("{{ v|money('USD') }}", v=Decimal("0.125")) == "USD\xa00.125"
    assert say("{{ 310000|money('XOF') }}", "/?lang=fr") == "310\u202f000\xa0XOF"


def test_numbers_sizes_and_lists() -> None:
    assert say("{{ 1234567|number }}") == "1,234,567"
    assert say("{{ '0.96'|percent }}") == "96%"
    assert [say(f"{{{{ {size}|file_size }}}}") for size in (1, 184320, 1572864, 14680064)] == [
        "1 KB",
        "180 KB",
        "1.5 MB",
        "14 MB",
    ]
    assert say("{{ ['Kenya', 'China', 'The Gambia']|list_words }}") == "Kenya, China and The Gambia"
    assert say("{{ ['Kenya', 'Chine']|list_words }}", "/?lang=fr") == "Kenya et Chine"
    assert say("{{ 'fr'|language_name }} {{ 'xx-none'|language_name }}") == "French xx-none"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Fatou Ceesay", "FC"),
        ("Dr Lina de la Haddad", "DH"),
        ("李 娜", "李娜"),
        ("Suharto", "S"),
        ("  ", "?"),
        ("7", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_slugs_fit_an_id() -> None:
    assert slug("Check your answers & submit") == "check-your-answers-submit"
    assert slug("预算").startswith("x")
    assert slug("预算") != slug("计划")
