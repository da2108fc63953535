"""Password hashing with argon2id."""

from __future__ import annotations

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Hasher:
    """The `PasswordHasher` port; `quick` lowers the cost for tests and the demonstration's data."""

    def __init__(self, *, quick: bool = False) -> None:
        self._argon = Argon2(time_cost=1, memory_cost=1024, parallelism=1) if quick else Argon2()
        # Checked against when there is no account, so that both answers take the same time.
        self._nobody = self._argon.hash("nobody holds this password")

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._argon.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; takes as long when there is no stored hash."""
        try:
            self._argon.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_stale(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        return self._argon.check_needs_rehash(stored)
