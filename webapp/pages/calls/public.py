"""Calls as everybody sees them: those that are open, and one with what it asks."""

from __future__ import annotations

from flask import render_template

from webapp.domain.errors import NotFound
from webapp.pages.calls.room import calls
from webapp.pages.calls.words import PHASES, section_names, terms_rows
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import public
from webapp.queries import calls as ask


@calls.get("/calls")
@public("whoever wants to propose looks for an open call first")
def open_calls() -> str:
    """The calls that are open or will open, those that close first above."""
    with wiring().open_reading() as session:
        found = ask.list_open(session, moment())
    return render_template("calls/open.html", found=found, phases=PHASES, now=moment())


@calls.get("/calls/<code>")
@public("whoever wants to propose reads what the call asks")
def call(code: str) -> str:
    """One call: dates in its zone and the reader's, articles, what it asks, a way to begin."""
    with wiring().open_reading() as session:
        found = ask.find_call(session, code, moment())
    if found is None:
        raise NotFound
    return render_template(
        "calls/call.html",
        call=found,
        terms=found.terms,
        articles=[article for article in rulebook().initiative.articles if article.number in found.terms.articles],
        phase=PHASES[found.phase],
        rows=terms_rows(found.terms),
        off=[section_names()[section] for section in found.terms.sections_off],
        now=moment(),
    )
