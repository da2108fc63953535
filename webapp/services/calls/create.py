"""Makes a call."""

from __future__ import annotations

from sqlalchemy import select

from webapp.domain.calls import SECTION, Terms, is_code
from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.policy import Action, Nothing
from webapp.domain.problems import Problem
from webapp.models.calls import Call
from webapp.models.initiative import InitiativeRow
from webapp.services.access import allow
from webapp.services.calls.keeping import check, write_articles, write_terms
from webapp.services.work import UnitOfWork


def create_call(work: UnitOfWork, code: str, terms: Terms) -> Call:
    """Make a call of the initiative; it opens by itself at the time it says.

    Invalid where the code is taken or is none, or with all that is wrong with the terms.
    """
    initiative = work.session.scalars(
        select(InitiativeRow).where(InitiativeRow.code == work.rules.initiative.id).with_for_update()
    ).one()
    allow(work, Action.MANAGE_CALLS, Nothing(initiative_id=initiative.id))
    if not is_code(code):
        raise Invalid([Problem(SECTION, "code", "call_code_unfit")])
    if work.session.scalar(select(Call.id).where(Call.initiative_id == initiative.id, Call.code == code)) is not None:
        raise Invalid([Problem(SECTION, "code", "call_code_taken")])
    check(work, terms, code)
    row = Call(initiative_id=initiative.id, code=code, created_at=work.now)
    write_terms(row, terms)
    work.session.add(row)
    work.session.flush()
    write_articles(work, row, terms.articles)
    work.record(Event("CallCreated", "call", row.id, {"code": code}))
    return row
