"""Passwords: long, and not among those that everybody tries (`reliability.md` §3, 10)."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

from webapp.domain.people import PASSWORD_MAX, PASSWORD_MIN
from webapp.domain.problems import Problem

# Beginnings and wholes that lists of stolen passwords are full of, at the length we ask.
COMMON = frozenset(
    {
        *("123456789012345", "1234567890123456", "12345678901234567890", "passwordpassword", "password12345678"),
        *(
            "password123456789",
            "passwordpassword1",
            "mypasswordispassword",
            "qwertyuiopasdfgh",
            "letmeinletmeinletmein",
        ),
        *("qwertyuiopasdfghjkl", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiop12345", "qwertyuiop123456789"),
        *("1q2w3e4r5t6y7u8i9o0p", "asdfghjklzxcvbnm", "zxcvbnmasdfghjkl", "iloveyouiloveyou", "iloveyou1234567"),
        *("welcomewelcome1", "adminadminadmin", "administrator123", "correcthorsebatterystaple", "thisismypassword"),
        *("changemechangeme", "trustno1trustno1", "motdepassemotdepasse", "contrasenacontrasena", "senhasenhasenha"),
    }
)
FEWEST_DIFFERENT = 6


def password_problem(password: str, about: Iterable[str] = ()) -> Problem | None:
    """What is wrong with a password that somebody chooses; `about` are their name and address."""
    plain = unicodedata.normalize("NFKC", password)
    folded = plain.casefold()
    if len(plain) < PASSWORD_MIN:
        return Problem("account", "password", "password_short", {"least": PASSWORD_MIN})
    if len(plain) > PASSWORD_MAX:
        return Problem("account", "password", "password_long", {"most": PASSWORD_MAX})
    squeezed = "".join(folded.split())
    if squeezed in COMMON or len(set(squeezed)) < FEWEST_DIFFERENT or _is_run(squeezed):
        return Problem("account", "password", "password_common")
    words = [word for text in about for word in text.casefold().replace("@", " ").replace(".", " ").split()]
    rest = squeezed
    for word in sorted((word for word in words if len(word) > 3), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < PASSWORD_MIN // 2:
        return Problem("account", "password", "password_about_you")
    return None


def _is_run(text: str) -> bool:
    """Letters or digits that only count up or down, or one short piece over and over."""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    if steps in ({1}, {-1}):
        return True
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, 5))
