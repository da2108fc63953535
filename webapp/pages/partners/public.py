"""Partners for everybody: the list by the reader's language, and one partner's public facts."""

from __future__ import annotations

from flask import render_template
from flask_babel import get_locale

from webapp.domain.errors import NotFound
from webapp.domain.initiative import PartnerEntry
from webapp.pages.partners.room import partners
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import public
from webapp.queries.partners import find_public, list_partners


@partners.get("/partners")
@public("who takes part in the initiative is public")
def all_partners() -> str:
    """All partners, sorted in the reader's language, with what is published of each."""
    language = reader_language()
    with wiring().open_reading() as session:
        lines = {line.code: line for line in list_partners(session)}
    known = [entry for entry in rulebook().initiative.partners if entry.code in lines]
    found = sorted(known, key=lambda entry: entry.sort_name(language).casefold())
    return render_template("partners/list.html", found=[(entry, lines[entry.code]) for entry in found])


@partners.get("/partners/<code>")
@public("a partner's public facts")
def one_partner(code: str) -> str:
    """One partner: its names, its capital, how many published projects it takes part in."""
    entry = find_entry(code)
    with wiring().open_reading() as session:
        line = find_public(session, code)
    return render_template("partners/one.html", entry=entry, line=line, language=reader_language())


def find_entry(code: str) -> PartnerEntry:
    """The partner in the initiative's data; raises NotFound."""
    entry = rulebook().initiative.partner(code)
    if entry is None:
        raise NotFound
    return entry


def reader_language() -> str:
    """The language in which names are shown and sorted."""
    return str(get_locale() or "en").split("_")[0]
