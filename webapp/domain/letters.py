"""Letters: the code on each formal word, which anyone can check (R73)."""

from __future__ import annotations

# Without letters and digits that are confused when read aloud or written by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4


def make_code(random: bytes) -> str:
    """A code such as `7K3M-9QX2-BTV4` from at least 12 random bytes (58 bits come of them)."""
    if len(random) < LENGTH:
        raise ValueError("a code needs 12 random bytes")
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random[:LENGTH])
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read_code(text: str) -> str:
    """What a person typed, in the one spelling of codes; empty when it cannot be a code."""
    letters = "".join(letter for letter in text.upper() if letter in ALPHABET)
    strange = [letter for letter in text.upper() if letter not in ALPHABET and letter not in " -–\t"]
    if strange or len(letters) != LENGTH:
        return ""
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))
