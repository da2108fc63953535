"""The register to look at: the start page, the list with its filters and counts, one entry (R58)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.domain.initiative import find_term
from webapp.domain.register import PAGE_SIZE, SEARCH_AT_MOST, Filters
from webapp.pages.register.room import register
from webapp.pages.register.whole import find_whole
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import public
from webapp.pages.shared.reader import partner_name, stage_tag
from webapp.queries import register as ask
from webapp.queries.calls import list_open

PUBLIC = "the register is for everybody"
STATUSES = ("published", "completed")


@register.get("/")
@public(PUBLIC)
def start() -> str:
    """What this is, the open calls, and what goes on under each article."""
    with wiring().open_reading() as session:
        calls = list_open(session, moment())
        counts = find_whole(session).counts
        latest = ask.list_entries(session, Filters(), limit=5)
    under = {
        article.number: sum(1 for call in calls if call.phase == "open" and article.number in call.articles)
        for article in rulebook().initiative.articles
    }
    return render_template(
        "register/start.html", calls=calls, counts=counts, latest=latest, under=under, now=moment(), sector=sector_name
    )


@register.get("/register")
@public(PUBLIC)
def index() -> str:
    """The entries, by what the reader looks for, with the counts of the whole register."""
    filters, page = read_filters(), max(request.args.get("page", 1, int), 1)
    with wiring().open_reading() as session:
        found = ask.list_entries(session, filters, limit=PAGE_SIZE, offset=(min(page, 100_000) - 1) * PAGE_SIZE)
        whole = find_whole(session)
        number = whole.counts.total if filters == Filters() else ask.count_entries(session, filters)
    counts = whole.counts
    pages = max(-(-number // PAGE_SIZE), 1)
    return render_template(
        "register/index.html",
        found=found,
        number=number,
        counts=counts,
        filters=filters,
        page=page,
        pages=pages,
        previous_url=_address(filters, page - 1) if page > 1 else "",
        next_url=_address(filters, page + 1) if page < pages else "",
        in_force=_in_force(filters),
        partners=sorted(counts.partners, key=partner_name),
        statuses=[(status, stage_tag(status)[0]) for status in STATUSES],
        sums=[_sum_row(one) for one in whole.sums],
        sector=sector_name,
    )


@register.get("/register/<reference>")
@public(PUBLIC)
def entry(reference: str) -> str:
    """One entry, as it was approved."""
    with wiring().open_reading() as session:
        found = ask.find_entry(session, reference)
    if found is None:
        raise NotFound
    return render_template(
        "register/entry.html",
        entry=found,
        line=found.line,
        indicators=[row for key, values in found.results.items() if (row := _indicator_row(key, values))],
        sector=sector_name(found.line.sector),
        categories={one.id: one.label for one in rulebook().initiative.vocabulary.budget_categories},
    )


def read_filters() -> Filters:
    """What the address asks for; what the register does not know is left aside."""
    asked = request.args
    year = asked.get("year", None, int)
    status = asked.get("status", "")
    return Filters(
        words=asked.get("q", "").replace("\0", "").strip()[:SEARCH_AT_MOST],
        article=next((one.number for one in _articles() if str(one.number) == asked.get("article")), None),
        partner=next((one.code for one in rulebook().initiative.partners if one.code == asked.get("partner")), ""),
        sector=asked.get("sector", "") if sector_name(asked.get("sector", "")) else "",
        year=year if year is not None and 1000 <= year <= 9000 else None,
        status=status if status in STATUSES else "",
    )


def sector_name(sector: str) -> str:
    """The sector's label; empty where the vocabulary has none."""
    term = find_term(rulebook().initiative.vocabulary.sectors, sector)
    return term.label if term else ""


def _articles() -> Any:
    return rulebook().initiative.articles


def _address(filters: Filters, page: int = 1) -> str:
    given = {key: value for key, value in asdict(filters).items() if value and key != "words"}
    if filters.words:
        given["q"] = filters.words
    if page > 1:
        given["page"] = page
    return url_for("register.index", **given)


def _in_force(filters: Filters) -> list[tuple[str, str, bool]]:
    """Each filter in force, with the address without it."""
    said = [
        ("words", filters.words and _("Words: %(words)s", words=filters.words)),
        ("article", filters.article and _("Article %(number)s", number=filters.article)),
        ("partner", filters.partner and partner_name(filters.partner)),
        ("sector", sector_name(filters.sector)),
        ("year", filters.year and str(filters.year)),
        ("status", filters.status and stage_tag(filters.status)[0]),
    ]
    off: Filters = Filters()
    return [(str(text), _address(replace(filters, **{name: getattr(off, name)})), True) for name, text in said if text]


def _indicator(key: str) -> tuple[str, str] | None:
    number, _dot, indicator_id = key.partition(".")
    article = rulebook().initiative.article(int(number)) if number.isdecimal() else None
    known = article.profile.indicators if article else ()
    return next(((one.label, one.unit) for one in known if one.id == indicator_id), None)


def _indicator_row(key: str, values: Mapping[str, Any]) -> list[str] | None:
    named = _indicator(key)
    if named is None:
        return None
    shown = [str(values.get(part, "")) for part in ("baseline", "target", "how_measured")]
    return [named[0], key.partition(".")[0], named[1], *shown]


def _sum_row(one: Any) -> list[Any]:
    label, unit = _indicator(f"{one.article}.{one.indicator}") or (one.indicator, "")
    return [label, one.article, one.total, unit, one.entries]
