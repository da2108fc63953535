"""Seals small secrets with AES-GCM, under a key derived from the application's own."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class KeySealer:
    """The `Sealer` port. Another secret key opens nothing that was sealed before."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"proposal-desk sealed secrets")
        self._cipher = AESGCM(derived.derive(secret_key.encode()))

    def seal(self, plain: bytes, about: str) -> bytes:
        """The sealed bytes; they open only together with the same `about`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed; raises ValueError where the key or `about` is another."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except InvalidTag:
            raise ValueError("sealed with another key, or about something else") from None
