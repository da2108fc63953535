"""References of proposals: safe to say on the phone, and recognised when mistyped (R4)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PREFIX = "PD"
PLACES = 5  # to which the number is filled up with zeros
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－_./ "), "-")
_SHAPE = re.compile(r"(?:PD)?-*([0-9]{4})-+([0-9]{1,9})-+([0-9])")


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """The year and running number of a proposal; `str` gives it as shown, `PD-2026-00042-7`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1000 <= self.year <= 9999 and 1 <= self.number <= 999_999_999):
            raise ValueError(f"no reference has year {self.year} and number {self.number}")

    def __str__(self) -> str:
        number = f"{self.number:0{PLACES}d}"
        return f"{_PREFIX}-{self.year:04d}-{number}-{check_digit(f'{self.year:04d}{number}')}"


def make_reference(year: int, number: int) -> str:
    """The reference of the `number`-th draft of a year, with its check digit."""
    return str(Reference(year, number))


def read_reference(text: str) -> Reference | None:
    """What a person typed or said, as a reference; None when it is none or is mistyped.

    Case, kind of dash, spaces, digits of any script, missing leading zeros and a missing `PD` do not matter.
    """
    match = _match(text)
    if match is None or (len(match[2]) > PLACES and match[2][0] == "0"):
        return None  # a number is filled up to its places and no further: a wrong first digit could hide behind a zero
    try:
        reference = Reference(int(match[1]), int(match[2]))
    except ValueError:
        return None
    return reference if str(reference)[-1] == match[3] else None


def is_mistyped(text: str) -> bool:
    """Whether this has the shape of a reference, but its check digit says that it is not one."""
    return _match(text) is not None and read_reference(text) is None


def check_digit(digits: str) -> str:
    """The check digit of ISO 7064 MOD 11,10 over decimal digits; finds every single wrong digit."""
    check = 5
    for digit in digits:
        check = (((check or 10) * 2) % 11 + int(digit)) % 10
    return str((1 - ((check or 10) * 2) % 11) % 10)


def _match(text: str) -> re.Match[str] | None:
    plain = "".join(_plain(char) for char in unicodedata.normalize("NFKC", text))
    plain = plain.strip().upper().translate(_DASHES)
    return _SHAPE.fullmatch(re.sub("-{2,}", "-", plain))


def _plain(char: str) -> str:
    """Digits of other scripts as ASCII digits; marks of writing direction as nothing."""
    if unicodedata.category(char) == "Cf":
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
