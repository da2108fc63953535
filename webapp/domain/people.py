"""People: roles and seats, who is acting, and the tokens of mailed links."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Role(StrEnum):
    """Roles that are held as seats. Applicant and collaborator are held on the proposal itself."""

    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    AUDITOR = "auditor"
    FOCAL_POINT = "focal_point"
    DEPUTY = "deputy"
    REVIEWER = "reviewer"


ROLES = tuple(Role)
ORGANISATION_KINDS = ("ministry", "agency", "enterprise", "university", "ngo", "city")
LINK_DAYS = {
    "confirm_address": 3,
    "set_password": 1,
    "invitation": 30,
    "collaboration": 30,
    "change_address": 1,
    "undo_address": 7,
    "consultation": 120,
    "sign_off": 60,
}
"""For how many days a mailed link of each kind works."""
LINK_KINDS = tuple(LINK_DAYS)
# On a computer that others use too, a session ends sooner than the settings say.
SHARED_IDLE, SHARED_ABSOLUTE = timedelta(minutes=20), timedelta(hours=2)
PASSWORD_MIN = 15
PASSWORD_MAX = 256


@dataclass(frozen=True, slots=True)
class Seat:
    """A role with its scope, as the policy function sees it. Dates bound a deputy's acting days."""

    role: Role
    initiative_id: int | None = None
    partner_id: int | None = None
    call_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the seat is in force on that day (R34)."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in person, the public (no id), or the system acting by its timers."""

    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    theme: str = ""
    confirmed: bool = False
    seats: tuple[Seat, ...] = field(default=())
    is_system: bool = False
    # Their seats wait until they have added a second factor; `seats` is empty so long.
    must_enrol: bool = False

    @property
    def is_public(self) -> bool:
        """Nobody is signed in."""
        return self.person_id is None and not self.is_system

    def has(
        self,
        *roles: Role,
        initiative_id: int | None = None,
        partner_id: int | None = None,
        call_id: int | None = None,
    ) -> bool:
        """Whether the actor holds one of the roles, within the scopes that are given."""
        return any(
            seat.role in roles
            and (initiative_id is None or seat.initiative_id in (None, initiative_id))
            and (partner_id is None or seat.partner_id == partner_id)
            and (call_id is None or seat.call_id == call_id)
            for seat in self.seats
        )

    def partner_ids(self) -> frozenset[int]:
        """The partners for which the actor is focal point or acting deputy."""
        speaking = (Role.FOCAL_POINT, Role.DEPUTY)
        return frozenset(seat.partner_id for seat in self.seats if seat.partner_id and seat.role in speaking)


PUBLIC = Actor()
SYSTEM = Actor(name="Proposal Desk", is_system=True)


def session_lengths(idle_hours: int, absolute_hours: int, *, shared: bool) -> tuple[timedelta, timedelta]:
    """How long a session lasts without a request, and in all."""
    idle, absolute = timedelta(hours=idle_hours), timedelta(hours=absolute_hours)
    return (min(idle, SHARED_IDLE), min(absolute, SHARED_ABSOLUTE)) if shared else (idle, absolute)


def normal_email(text: str) -> str:
    """The one spelling under which an address is stored and compared."""
    return text.strip().lower()


def link_token(secret: str, link_id: int, nonce: bytes) -> str:
    """The token of a mailed link: its number and a MAC, so that no row needs to hold the secret."""
    return f"{link_id}-{_mac(secret, link_id, nonce)}"


def read_link_token(token: str) -> int | None:
    """The number of the link that a token claims to be, or None when it has no such form."""
    number, dash, mac = token.partition("-")
    # ASCII digits only: isdigit() also accepts digits that int() may refuse.
    plain = number.isascii() and number.isdigit() and len(number) <= 15
    return int(number) if plain and dash and mac else None


def link_token_matches(secret: str, link_id: int, nonce: bytes, token: str) -> bool:
    """Whether the token was made from this link; compares in constant time."""
    expected = link_token(secret, link_id, nonce)
    return hmac.compare_digest(expected.encode(), token.encode())


def _mac(secret: str, link_id: int, nonce: bytes) -> str:
    digest = hmac.new(secret.encode(), b"link|%d|" % link_id + nonce, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode().rstrip("=")
