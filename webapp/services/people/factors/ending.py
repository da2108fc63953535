"""What holds when a second factor is taken away: somebody who needs one keeps one."""

from __future__ import annotations

from sqlalchemy import delete, select

from webapp.domain.errors import NotNow
from webapp.domain.factors import needs_factor
from webapp.models.factors import RecoveryCode
from webapp.models.people import Person
from webapp.queries.factors import find_factors
from webapp.services.sessions import end_other_sessions
from webapp.services.work import UnitOfWork


def check_removal(work: UnitOfWork) -> None:
    """Refuse to take away the last factor of somebody whose seats ask for one.

    Locks the person, so that two that go at once are not both the last but one.
    """
    work.session.execute(select(Person.id).where(Person.id == work.actor.person_id).with_for_update())
    left = find_factors(work.session, work.actor.person_id or 0).count
    if left <= 1 and work.rules.limits.second_factor_required and needs_factor(work.actor):
        raise NotNow("factor_required")


def end_of_removal(work: UnitOfWork, keep_token: str) -> None:
    """Without a factor recovery codes are of no use; the other sessions end."""
    person_id = work.actor.person_id or 0
    work.session.flush()
    if not find_factors(work.session, person_id).any:
        work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    end_other_sessions(work, person_id, keep_token)
