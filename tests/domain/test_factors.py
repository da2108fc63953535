"""The codes of an app and recovery codes, against the vectors of their standards."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.factors import (
    RECOVERY_LETTERS,
    app_address,
    code_at,
    matching_step,
    needs_factor,
    recovery_code,
    recovery_hash,
    secret_words,
    step_of,
)
from webapp.domain.people import Actor, Role, Seat

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B; its eight digits end with our six."""
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code[-6:]


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_code_is_taken_once_and_near_its_time(drift: int, last: int) -> None:
    step = step_of(NOW)
    code = code_at(SECRET, step + drift)
    taken = matching_step(SECRET, code, NOW, step + last)
    assert taken == (step + drift if abs(drift) <= 1 and drift > last else None)


@pytest.mark.parametrize("typed", ["", "abc", "12345", "٠١٢٣٤٥", "１２３４５６", "000 000 000"])
def test_what_is_no_code_is_no_code(typed: str) -> None:
    assert matching_step(SECRET, typed, NOW, 0) is None


def test_a_code_may_be_typed_in_groups() -> None:
    code = code_at(SECRET, step_of(NOW))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == step_of(NOW)


def test_what_an_app_reads() -> None:
    address = urlsplit(app_address(SECRET, "person@demo.example", "Proposal Desk"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Proposal Desk:person@demo.example"
    assert base64.b32decode(parse_qs(address.query)["secret"][0]) == SECRET
    assert secret_words(SECRET).replace(" ", "") == parse_qs(address.query)["secret"][0]


@given(st.binary(min_size=10, max_size=20))
def test_recovery_codes_have_letters_that_cannot_be_mistaken(drawn: bytes) -> None:
    code = recovery_code(drawn)
    assert set(code.replace("-", "")) <= set(RECOVERY_LETTERS)
    assert len(code) == 11
    typed = recovery_hash("key", 1, f" {code.upper().replace('-', '')} ")
    assert typed == recovery_hash("key", 1, code) != recovery_hash("key", 2, code)


def test_who_needs_a_second_factor() -> None:
    needing = {role for role in Role if needs_factor(Actor(person_id=1, seats=(Seat(role, initiative_id=1),)))}
    assert needing == {Role.SECRETARIAT, Role.ADMINISTRATOR}
