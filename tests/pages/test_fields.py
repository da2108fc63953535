"""Fields: what people type is read as they mean it, kept as they typed it, and answered with what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import html5lib
import pytest
from babel import Locale
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from tests.pages.component_app import read, shown
from webapp.pages.shared.fields import (
    CharsField,
    ChoicesField,
    CleanStringField,
    EmailField,
    MoneyField,
    MultiFileField,
    NumberField,
    PasswordField,
    PickOneField,
    ThreePartDateField,
    TickField,
    clean_text,
    read_number,
)

pytestmark = pytest.mark.rule("R5")

UGLY = [
    "",
    " \t\r\n ",
    "x" * 5000,
    "\x00",
    "a\x00b\x07c",
    "\u202egnirts",
    "<script>alert(1)</script>",
    "\"'><b onclick=x>",
    "مشروع الصحة عن بعد",
    "👩🏽‍⚕️ 🇰🇪 e\u0301",
    "\ufffe\ufdd0\ud800",
    "{{ 7*7 }} %s %(x)s",
    "٣١",
    "1e999",
    "-1",
    "９９９９９９９９９９９９９９９９９９９９",
    "NaN",
    "²",
]
FIELDS = {
    "string": lambda: CleanStringField("Title", max_chars=150, required="Enter the title"),
    "chars": lambda: CharsField("Summary", max_chars=2500, required="Write the summary"),
    "email": lambda: EmailField("Email", required="Enter the email address"),
    "password": lambda: PasswordField("Password", min_chars=8, required="Enter the password"),
    "number": lambda: NumberField("People", required="Enter how many"),
    "date": lambda: ThreePartDateField("Start", required="Enter the start"),
    "money": lambda: MoneyField("Amount", currencies=("USD", "KES"), required="Enter the amount"),
    "choice": lambda: ChoicesField("Kind", choices=[("a", "A")], required="Choose the kind"),
    "choices": lambda: ChoicesField("Groups", choices=[("a", "A")], multiple=True),
    "pick": lambda: PickOneField("Sector", choices=[("a", "A")], required="Choose the sector"),
    "tick": lambda: TickField("True", required="Confirm it"),
    "files": lambda: MultiFileField("Letters", required="Choose a file"),
}


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("ugly", UGLY)
def test_ugly_input_is_answered_in_the_page(kind: str, ugly: str) -> None:
    names = ["f", "f-day", "f-month", "f-year", "f-currency"]
    found = shown(FIELDS[kind](), form_data=dict.fromkeys(names, ugly))
    html5lib.HTMLParser(strict=True).parseFragment(found)
    assert "<script" not in found
    assert "<b " not in found
    assert "\x00" not in found
    assert "nvalid" not in found.replace('aria-invalid="true"', "")
    assert "lease" not in found


@pytest.mark.parametrize("kind", [kind for kind in FIELDS if kind != "choices"])
def test_an_empty_field_says_its_own_sentence_once(kind: str) -> None:
    field = FIELDS[kind]()
    assert read(field).errors == [field.kwargs["required"]]
    assert read(FIELDS[kind](), f="").errors == [field.kwargs["required"]]


def test_a_draft_may_leave_everything_empty() -> None:
    for make in FIELDS.values():
        field = make()
        field.kwargs.pop("required", None)
        assert read(field, f="").errors == []


def test_text_is_trimmed_and_composed() -> None:
    found = read(CleanStringField("Title"), f="  cafe\u0301\n au\tlait ")
    assert found.data == "café au lait"
    assert read(CharsField("Text"), f="one\r\ntwo\u2028three\r").data == "one\ntwo\nthree"


def test_signs_that_cannot_be_stored_are_marked_and_named() -> None:
    found = read(CharsField("Summary"), f="Wa\x00ter\u202e")
    assert found.data == "Wa\ufffdter\ufffd"
    assert found.errors == ["Delete the characters marked \ufffd in “Summary”. They cannot be stored."]
    assert read(CharsField("Summary"), f=found.data).errors == found.errors


def test_joiners_and_isolates_of_real_scripts_stay() -> None:
    text = "می\u200cخواهم \u2067مرحبا\u2069 👩\u200d⚕️"
    found = read(CleanStringField("Title"), f=text)
    assert (found.data, found.errors) == (text, [])


def test_no_control_character_is_ever_kept() -> None:
    for code in [*range(0x20), *range(0x7F, 0xA0)]:
        kept = clean_text(f"a{chr(code)}b", lines=True)
        assert kept in {"a\ufffdb", "a\nb", "a\tb"}
        assert clean_text(f"a{chr(code)}b") in {"a\ufffdb", "a b"}


@given(st.text())
def test_clean_text_is_stable_and_storable(raw: str) -> None:
    for lines in (True, False):
        once = clean_text(raw, lines=lines)
        assert clean_text(once, lines=lines) == once
        assert "\x00" not in once
        once.encode("utf-8")


def test_length_counts_characters_a_line_end_is_one() -> None:
    assert read(CharsField("Text", max_chars=4), f="😀\r\n😀é").errors == []
    found = read(CharsField("Text", max_chars=4), f="12345")
    assert found.errors == ["Shorten “Text” to 4 characters. It has 5 now."]
    assert found.data == "12345"


def test_a_least_length_is_asked_only_of_what_is_required() -> None:
    assert read(CharsField("Text", min_chars=9), f="short").errors == []
    found = read(CharsField("Text", min_chars=9, required="Write it"), f="short")
    assert found.errors == ["Write at least 9 characters in “Text”. It has 5 now."]


@pytest.mark.parametrize("address", ["fatou", "a@b", "a b@c.org", "<x>@c.org", "a@c.org\x00", "@", "a@c.org, b@c.org"])
def test_an_address_that_is_none_stays_and_is_answered(address: str) -> None:
    found = read(EmailField("Email"), f=address)
    assert len(found.errors) == 1
    assert found.typed == clean_text(address)


def test_an_address_is_taken_as_people_write_it() -> None:
    assert read(EmailField("Email"), f=" Fatou.Ceesay@DEMO.example ").data == "Fatou.Ceesay@demo.example"


def test_a_password_is_taken_as_it_is_and_never_shown() -> None:
    assert read(PasswordField("Password"), f="  päss wörd  ").data == "  päss wörd  "
    assert "secret words" not in shown(PasswordField("Password", min_chars=99), form_data={"f": "secret words"})


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("1234", "en", "1234"),
        ("1,234.50", "en", "1234.50"),
        ("1 234,50", "en", "1234.50"),
        ("1.234,50", "en", "1234.50"),
        ("1,234.50", "fr", "1234.50"),
        ("1\u202f234,50", "fr", "1234.50"),
        ("1,234", "en", "1234"),
        ("1,234", "fr", "1.234"),
        ("1.234", "es", "1234"),
        ("1.234", "en", "1.234"),
        ("12,5", "en", "12.5"),
        ("1.234.567", "en", "1234567"),
        ("1.234,567", "en", "1234.567"),
        ("1 234,567", "en", "1234.567"),
        ("1’234’567.5", "fr", "1234567.5"),
        ("١٬٢٣٤٫٥", "ar", "1234.5"),
        ("１２３", "zh", "123"),
        ("0,5", "en", "0.5"),
        ("0.500", "es", "0.500"),
        ("−5", "en", "-5"),
    ],
)
def test_numbers_are_read_by_the_habits_of_the_language(text: str, language: str, meant: str) -> None:
    assert read_number(text, Locale.parse(language)) == Decimal(meant)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23,456", "1 2", "1e5", "1..5", "1,,5", "12.", "--5", "1.2.3,4,5", "٣x", "²", "Infinity"]
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    found = read_number(text, Locale.parse("en"))
    assert found is None or (text == "12." and found == 12)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["en", "fr", "es", "pt", "ar", "zh"]))
def test_a_number_comes_back_as_it_was_written(value: Decimal, language: str) -> None:
    written = format_decimal(value, "#,##0.00", locale=language)
    assert read_number(written, Locale.parse(language)) == value


def test_money_says_back_what_it_read() -> None:
    field = MoneyField("Amount", currencies=("USD", "KES"))
    found = shown(field, form_data={"f": "1 234,50", "f-currency": "KES"})
    assert "Read as KES\xa01,234.50" in found
    assert 'value="1 234,50"' in found
    assert '<option value="KES" selected>' in found


@pytest.mark.rule("R8")
def test_money_is_exact_and_knows_its_currency() -> None:
    for amount, figures in (("0.10", "0.10"), ("310000.00", "310,000"), ("1.5", "1.50")):
        assert f'value="{figures}"' in shown(MoneyField("Amount"), value=Decimal(amount))
    found = read(MoneyField("Amount"), f="USD 310,000.10")
    assert (found.data, found.currency, found.errors) == (Decimal("310000.10"), "USD", [])
    assert found.kept == "310000.10"
    assert read(MoneyField("Amount"), f="1.505").errors == ["Use at most 2 decimals in “Amount”"]
    whole = read(MoneyField("Amount", currencies=("JPY",)), f="10.50")
    assert whole.errors == ["Enter a whole amount in “Amount”: JPY has no decimals"]
    assert read(MoneyField("Amount"), f="-5").errors == ["Enter 0 or more in “Amount”"]
    assert read(MoneyField("Amount"), f="EUR 5").errors == ["Enter an amount in “Amount” in figures, such as 1,234.5"]
    strange = read(MoneyField("Amount", currencies=("USD", "KES")), f="5", f_currency="XXX")
    assert strange.errors == ["Choose a currency from the list for “Amount”"]


def test_a_number_that_is_none_is_kept_for_the_draft() -> None:
    found = read(NumberField("People", whole=True), f="about 60")
    assert (found.data, found.kept) == (None, "about 60")
    assert 'value="about 60"' in shown(NumberField("People"), value="about 60")
    assert read(NumberField("People", whole=True), f="2.5").errors == ["Enter a whole number in “People”"]
    assert read(NumberField("People", most=10), f="11").errors == ["Enter 10 or less in “People”"]
    assert read(NumberField("People"), f="9" * 16).errors == ["Use at most 15 digits in “People”"]


def test_a_stored_number_is_written_in_the_readers_way() -> None:
    assert 'value="1,234.5"' in shown(NumberField("People"), value="1234.5")
    assert 'value="1.234,5"' in shown(NumberField("People"), "/?lang=es", value="1234.5")


@pytest.mark.parametrize(
    ("day", "month", "year", "meant"),
    [
        ("27", "3", "2028", date(2028, 3, 27)),
        (" 07 ", "03", "2028", date(2028, 3, 7)),
        ("29", "February", "2028", date(2028, 2, 29)),
        ("1", "sept", "2028", date(2028, 9, 1)),
        ("1", "Smarch", "2028", None),
        ("٢٧", "٣", "٢٠٢٨", date(2028, 3, 27)),
        ("29", "2", "2027", None),
        ("0", "1", "2027", None),
        ("1", "13", "2027", None),
        ("1", "1", "27", None),
        ("1", "1", "20277", None),
        ("x", "1", "2027", None),
        ("", "1", "2027", None),
    ],
)
def test_dates(day: str, month: str, year: str, meant: date | None) -> None:
    found = read(ThreePartDateField("Start"), f_day=day, f_month=month, f_year=year)
    assert found.data == meant
    assert bool(found.errors) is (meant is None)
    assert found.texts["day"] == day.strip()


def test_a_date_error_names_the_part_and_leads_to_it() -> None:
    found = read(ThreePartDateField("Start"), f_day="31", f_month="4", f_year="2027")
    assert found.errors == ["Change the day of “Start”: that month has no day 31"]
    assert found.first_id == "f-day"
    assert read(ThreePartDateField("Start"), f_day="1", f_month="4").errors == ["Add the year to “Start”"]
    early = read(ThreePartDateField("Start", earliest=date(2027, 3, 1)), f="2027-02-28")
    assert early.errors == ["Choose 1 March 2027 or a later day for “Start”"]


def test_a_half_typed_date_survives_the_draft() -> None:
    found = read(ThreePartDateField("Start"), f_day="31", f_month="", f_year="2027")
    again = shown(ThreePartDateField("Start"), value=found.kept)
    assert 'name="f-day" value="31"' in again
    assert 'name="f-month" value=""' in again
    assert 'name="f-year" value="2027"' in again


def test_date_parts_stand_in_the_order_of_the_language() -> None:
    english = shown(ThreePartDateField("Start"), value=date(2027, 3, 1))
    chinese = shown(ThreePartDateField("Start"), "/?lang=zh", value=date(2027, 3, 1))
    assert english.index('id="f-day"') < english.index('id="f-month"') < english.index('id="f-year"')
    assert chinese.index('id="f-year"') < chinese.index('id="f-month"') < chinese.index('id="f-day"')


def test_only_what_is_offered_can_be_chosen() -> None:
    offered = [("a", "A"), ("b", "B", "with a hint")]
    assert read(ChoicesField("Kind", choices=offered), f="b").data == "b"
    forged = read(ChoicesField("Kind", choices=offered), f="z")
    assert (forged.data, forged.errors) == (None, ["Choose from the list for “Kind”"])
    some = read(ChoicesField("Kinds", choices=offered, multiple=True), f=["b", "z", "b"])
    assert (some.data, bool(some.errors)) == (["b"], True)
    many = read(ChoicesField("Kinds", choices=offered, multiple=True, most=1), f=["a", "b"])
    assert many.errors == ["Choose at most 1 for “Kinds”"]
    assert read(PickOneField("Sector", choices=offered), f="a").data == "a"
    assert read(PickOneField("Sector", choices=offered), f="").data is None


def _file(name: str, content: bytes) -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)


def test_each_file_is_judged_by_itself() -> None:
    found = read(
        MultiFileField("Letters", max_bytes=1024),
        f=[
            _file("good.PDF", b"x"),
            _file("b<i>g.pdf", b"x" * 2048),
            _file("../../run.exe", b"x"),
            _file("empty.png", b""),
        ],
    )
    assert [file.filename for file in found.data] == ["good.PDF"]
    assert found.errors[0] == "“b<i>g.pdf” is 2 KB. Choose a file of at most 1 KB, or split it"
    assert found.errors[1].startswith("“run.exe” is of a kind that is not taken.")
    assert found.errors[2] == "“empty.png” is empty. Choose a file with content"
    assert found.data[0].stream.read() == b"x"


def test_files_are_counted_and_must_be_files() -> None:
    many = [_file("a.pdf", b"x"), _file("b.pdf", b"x")]
    assert read(MultiFileField("Letters", max_files=1), f=many).errors == ["Choose at most 1 file for “Letters”"]
    assert read(MultiFileField("Letters"), f="a.pdf").errors == ["Choose the file for “Letters” again"]
