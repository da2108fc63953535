"""Sealed secrets open with their key, about their thing, and in no other way."""

from __future__ import annotations

import pytest

from webapp.adapters.passkeys import SitePasskeys
from webapp.adapters.sealing import KeySealer


def test_sealed_secrets() -> None:
    sealer = KeySealer("one key of the application")
    sealed = sealer.seal(b"secret", "person 1")
    assert b"secret" not in sealed
    assert sealer.open(sealed, "person 1") == b"secret"
    for other, about, changed in (
        (sealer, "person 2", sealed),
        (KeySealer("another key"), "person 1", sealed),
        (sealer, "person 1", sealed[:-1] + b"x"),
    ):
        with pytest.raises(ValueError, match="another key"):
            other.open(changed, about)


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", '{"id": 5}', '{"id": "a", "rawId": "a", "response": {}}']
)
def test_made_up_answers_are_refused(answer: str) -> None:
    from webapp.domain.ports import NewPasskey

    passkeys = SitePasskeys("https://desk.example.org", "Desk")
    assert passkeys.read_made(answer, b"challenge") is None
    assert passkeys.read_signed(answer, b"challenge", NewPasskey(b"", b"", 0)) is None
    passkeys.credential_id(answer)


def test_passkeys_belong_to_a_name() -> None:
    offered = {
        address: SitePasskeys(address, "Desk").is_offered for address in ("http://127.0.0.1:8000", "http://[::1]")
    }
    assert set(offered.values()) == {False}
    assert SitePasskeys("http://localhost:8000", "Desk").is_offered
