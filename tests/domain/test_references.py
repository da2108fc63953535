"""References: the check digit is the standard's, and a slip of the finger is recognised (R4)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from webapp.domain.references import (
    Reference,
    check_digit,
    is_mistyped,
    make_reference,
    read_reference,
)

pytestmark = pytest.mark.rule("R4")

years = st.integers(1000, 9999)
numbers = st.integers(1, 999_999_999)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_the_check_digit_is_that_of_iso_7064_mod_11_10(digits: str) -> None:
    assert check_digit(digits) == mod_11_10.calc_check_digit(digits)
    assert mod_11_10.is_valid(digits + check_digit(digits))


def test_a_reference_as_it_is_shown() -> None:
    reference = make_reference(2026, 42)
    assert reference == f"PD-2026-00042-{mod_11_10.calc_check_digit('202600042')}"
    assert make_reference(2026, 123_456).startswith("PD-2026-123456-")


@given(years, numbers)
def test_what_is_made_is_read(year: int, number: int) -> None:
    text = make_reference(year, number)
    assert read_reference(text) == Reference(year, number)
    assert not is_mistyped(text)


@given(years, numbers, st.data())
def test_one_wrong_digit_is_always_noticed(year: int, number: int, data: st.DataObject) -> None:
    text = make_reference(year, number)
    places = [index for index, char in enumerate(text) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != text[place])
    mistyped = text[:place] + wrong + text[place + 1 :]
    assert read_reference(mistyped) is None
    assert is_mistyped(mistyped)


def test_a_wrong_first_digit_does_not_hide_behind_a_zero() -> None:
    assert make_reference(2469, 91000000)[-1] == make_reference(2469, 1000000)[-1]
    assert is_mistyped("PD-2469-01000000-1")


@pytest.mark.parametrize(
    "typed",
    [
        "{0}",
        "  {0}\n",
        "pd-2026-00042-{check}",
        "2026-00042-{check}",
        "PD 2026 00042 {check}",
        "PD–2026–00042–{check}",
        "PD - 2026 - 00042 - {check}",
        "PD-2026-42-{check}",
        "PD2026-00042-{check}",
        "PD-２０２６-０００４２-{check}",
        "PD-٢٠٢٦-٠٠٠٤٢-{check}",
        "\u200ePD-2026-00042-{check}\u200f",
    ],
)
def test_how_it_is_typed_does_not_matter(typed: str) -> None:
    reference = make_reference(2026, 42)
    assert read_reference(typed.format(reference, check=reference[-1])) == Reference(2026, 42)


@pytest.mark.parametrize("typed", ["", "PD", "hello", "2026", "PD-26-00042-7", "PD-2026-00042", "PX-2026-00042-7"])
def test_other_text_is_no_reference_and_not_mistyped(typed: str) -> None:
    assert read_reference(typed) is None
    assert not is_mistyped(typed)


def test_no_reference_has_number_nought() -> None:
    check = check_digit("202600000")
    assert is_mistyped(f"PD-2026-00000-{check}")
    with pytest.raises(ValueError, match="number 0"):
        make_reference(2026, 0)
