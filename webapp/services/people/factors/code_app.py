"""The code app: its secret made, confirmed by a first code, removed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.events import Event
from webapp.domain.factors import SECRET_BYTES, app_address, matching_step, secret_words
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.factors import CodeApp
from webapp.services.access import allow
from webapp.services.people.factors.ending import check_removal, end_of_removal
from webapp.services.people.throttle import count_try
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork

ISSUER = "Proposal Desk"
TRIES_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class AppSecret:
    """What an app needs: the address for the picture, the secret to type."""

    address: str
    words: str


def begin_code_app(work: UnitOfWork) -> None:
    """Make a secret for an app; it counts once a code of it was given. One that waits already stays."""
    allow(work, Action.USE_ACCOUNT)
    row = _row(work)
    if row is not None and row.confirmed_at is not None:
        raise NotNow("code_app_there")
    if row is None:
        sealed = work.ports.sealer.seal(secrets.token_bytes(SECRET_BYTES), about_app(work.actor.person_id or 0))
        work.session.add(CodeApp(person_id=work.actor.person_id, sealed_secret=sealed, made_at=work.now))


def see_code_app(work: UnitOfWork) -> AppSecret:
    """The secret that waits for its first code; raises NotFound where none does. Changes nothing."""
    row = _row(work)
    if row is None or row.confirmed_at is not None:
        raise NotFound
    secret = open_secret(work, row)
    return AppSecret(app_address(secret, work.actor.email, ISSUER), secret_words(secret))


def confirm_code_app(work: UnitOfWork, code: str, *, keep_token: str) -> bool:
    """Take the app's first code; from now on the app counts, and the person's other sessions end.

    False for a wrong code, which is counted; NotNow after too many. Raises NotFound where no secret waits.
    """
    row = _row(work)
    if row is None or row.confirmed_at is not None:
        raise NotFound
    if count_try(work, f"code_app:{row.person_id}") > TRIES_AT_MOST:
        raise NotNow("too_many_tries")
    step = matching_step(open_secret(work, row), code, work.now, row.last_step)
    if step is None:
        return False
    row.last_step, row.confirmed_at = step, work.now
    end_other_sessions(work, row.person_id, keep_token)
    work.record(Event("CodeAppAdded", "person", row.person_id))
    return True


def remove_code_app(work: UnitOfWork, *, keep_token: str) -> None:
    """Take the app away. Raises NotNow where it is the last factor of somebody who needs one."""
    row = _row(work)
    if row is None:
        raise NotFound
    if row.confirmed_at is None:
        work.session.delete(row)
        return
    check_removal(work)
    work.session.delete(row)
    work.record(Event("CodeAppRemoved", "person", row.person_id))
    end_of_removal(work, keep_token)


def open_secret(work: UnitOfWork, row: CodeApp) -> bytes:
    """The app's secret; raises Invalid where the application's key is another than when it was sealed."""
    try:
        return work.ports.sealer.open(row.sealed_secret, about_app(row.person_id))
    except ValueError:
        raise Invalid([Problem("account", "code", "code_app_unreadable")]) from None


def about_app(person_id: int) -> str:
    """What a sealed secret is bound to: nobody else's row opens it."""
    return f"code app of person {person_id}"


def _row(work: UnitOfWork) -> CodeApp | None:
    return work.session.get(CodeApp, work.actor.person_id, with_for_update=True)
