"""Sign-off: an organisation that requires it certifies what is submitted in its name, by the hash of it (R69)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.problems import Problem

STATES = ("asked", "signed", "sent_back")
"""What is stored of one sign-off; that a signature lapsed is never stored, but told by the hash."""
SECTION = "partners"
FIELD = "sign_off"
REASON_AT_MOST = 2000
NAME_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class SignOff:
    """Where one organisation that requires it stands: its last sign-off, if it was asked.

    `state` is "" where nobody was asked yet. `sha256` is the hash of the content that was signed.
    """

    organisation_id: int
    organisation: str
    signatory: str
    state: str = ""
    number: int = 0
    sha256: str = ""
    reason: str = ""
    at: datetime | None = None
    signed_by: str = ""

    def standing(self, sha256: str) -> str:
        """What it comes to for content with this hash: "", asked, signed, sent_back, or lapsed."""
        return "lapsed" if self.state == "signed" and self.sha256 != sha256 else self.state


def sign_off_problems(sign_offs: Iterable[SignOff], sha256: str) -> list[Problem]:
    """What keeps content with this hash from being submitted: each organisation that requires it has to sign it."""
    return [
        Problem(SECTION, FIELD, f"sign_off_{one.standing(sha256) or 'missing'}", {"organisation": one.organisation})
        for one in sign_offs
        if one.standing(sha256) != "signed"
    ]


def certifying_problems(name: str, certified: bool) -> list[Problem]:
    """What a signature lacks."""
    found = [] if name.strip() else [Problem("sign_off", "name", "signatory_name_missing")]
    if len(name) > NAME_AT_MOST:
        found.append(Problem("sign_off", "name", "too_long", {"most": NAME_AT_MOST}))
    return found if certified else [*found, Problem("sign_off", "certified", "sign_off_not_certified")]


def sending_back_problems(reason: str) -> list[Problem]:
    """What sending back lacks (R26)."""
    if not reason.strip():
        return [Problem("sign_off", "reason", "reason_missing")]
    return [Problem("sign_off", "reason", "too_long", {"most": REASON_AT_MOST})] if len(reason) > REASON_AT_MOST else []
