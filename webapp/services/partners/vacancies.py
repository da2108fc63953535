"""Vacancies: nobody can sign for a partner; raised before it matters, closed when somebody can (R34)."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.domain.events import Event
from webapp.models.partners import Vacancy
from webapp.services.work import UnitOfWork


def raise_vacancy(work: UnitOfWork, partner_id: int, reason: str) -> None:
    """Say that nobody can sign for the partner, once: `no_focal_point`, `bounced` or `silent`."""
    raised = work.session.execute(
        insert(Vacancy)
        .values(partner_id=partner_id, reason=reason, raised_at=work.now)
        .on_conflict_do_nothing()
        .returning(Vacancy.id)
    ).scalar()
    if raised is not None:
        details = {"vacancy_id": raised, "partner_id": partner_id, "cause": reason}
        work.record(Event("VacancyRaised", "partner", partner_id, details))


def close_vacancy(work: UnitOfWork, partner_id: int) -> None:
    """Close the partner's open vacancy, where there is one."""
    closed = work.session.execute(
        update(Vacancy)
        .where(Vacancy.partner_id == partner_id, Vacancy.closed_at.is_(None))
        .values(closed_at=work.now)
        .returning(Vacancy.id)
    ).scalar()
    if closed is not None:
        work.record(Event("VacancyClosed", "partner", partner_id, {"vacancy_id": closed, "partner_id": partner_id}))


def is_vacant(work: UnitOfWork, partner_id: int) -> bool:
    """Whether a vacancy of the partner is open."""
    found = select(Vacancy.id).where(Vacancy.partner_id == partner_id, Vacancy.closed_at.is_(None))
    return work.session.scalar(found) is not None
