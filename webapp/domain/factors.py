"""Second factors: the codes of an app (RFC 6238), recovery codes, and who needs a second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from webapp.domain.people import Actor, Role

NEEDS_FACTOR = (Role.SECRETARIAT, Role.ADMINISTRATOR)
"""Who has to have a second factor where the settings require one."""
STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
RECOVERY_CODES = 10
# Without letters and digits that look alike.
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 10
PASSKEYS_AT_MOST = 10
WAITING_MINUTES = 10
"""How long a password alone waits for the second factor."""
CHALLENGE_MINUTES = 5
PROVED_MINUTES = 15
"""How long a person who has shown who they are need not show it again before dangerous things."""
WRONG_AT_MOST = 5
"""After so many wrong codes the password is asked again, and the person is told."""


def needs_factor(actor: Actor) -> bool:
    """Whether the person's seats ask for a second factor."""
    return actor.has(*NEEDS_FACTOR)


def step_of(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code that the app shows in this half minute (RFC 6238 with SHA-1, six digits)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The half minute whose code this is, one before or after now allowed; None where it is none.

    A code that was taken, or an older one, is never taken again.
    """
    plain = "".join(code.split())
    if not (plain.isascii() and plain.isdigit()):
        return None
    current = step_of(now)
    fitting = [step for step in (current - 1, current, current + 1) if step > last_step]
    return next((step for step in fitting if hmac.compare_digest(code_at(secret, step), plain)), None)


def secret_words(secret: bytes) -> str:
    """The secret as a person types it into an app, in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def app_address(secret: bytes, account: str, issuer: str) -> str:
    """What the picture for the app holds: an otpauth address."""
    label = quote(f"{issuer}:{account}")
    asked = urlencode({"secret": secret_words(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"


def recovery_code(drawn: bytes) -> str:
    """A recovery code from random bytes, two groups of five; at least as many bytes as it has letters."""
    letters = "".join(RECOVERY_LETTERS[byte % len(RECOVERY_LETTERS)] for byte in drawn[:RECOVERY_LENGTH])
    return f"{letters[:5]}-{letters[5:]}"


def recovery_hash(secret: str, person_id: int, code: str) -> bytes:
    """What is stored of a recovery code; however it was typed, with or without its dash."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.digest(secret.encode(), f"recovery|{person_id}|{plain}".encode("utf-8", "surrogatepass"), "sha256")
