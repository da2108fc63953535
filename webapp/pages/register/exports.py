"""The register as data: CSV, JSON, the definitions of their columns, and a feed (R58, R59)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from flask import Response, render_template
from flask_babel import gettext

from webapp.domain.register import COLUMNS, LICENCE, LICENCE_URL, Filters, write_csv
from webapp.pages.register.entries import PUBLIC, read_filters
from webapp.pages.register.room import register
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.guard import public
from webapp.queries import register as ask
from webapp.queries.register import Line

FEED_LENGTH = 50
ATOM = "http://www.w3.org/2005/Atom"


@register.get("/register.csv")
@public(PUBLIC)
def as_csv() -> Response:
    """The entries that match, as CSV."""
    answer = Response(write_csv(_rows()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="register.csv"'
    return answer


@register.get("/register.json")
@public(PUBLIC)
def as_json() -> Response:
    """The entries that match, as JSON, with the definitions of its columns."""
    whole = {
        "exported_at": moment().isoformat(),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "columns": dict(COLUMNS),
        "entries": _rows(),
    }
    return Response(json.dumps(whole, ensure_ascii=False, indent=1), mimetype="application/json")


@register.get("/register/data-dictionary")
@public(PUBLIC)
def data_dictionary() -> str:
    """What each column of the exports means."""
    return render_template(
        "register/dictionary.html",
        columns=[(name, gettext(text)) for name, text in COLUMNS.items()],
        licence=LICENCE,
        licence_url=LICENCE_URL,
    )


@register.get("/register/feed.atom")
@public(PUBLIC)
def feed() -> Response:
    """The entries published last, as a feed."""
    with wiring().open_reading() as session:
        found = ask.list_entries(session, Filters(), limit=FEED_LENGTH)
    base = wiring().rules.limits.base_url
    root = Xml.Element("feed", xmlns=ATOM)
    newest = found[0].published_at if found else datetime.fromtimestamp(0, UTC)
    _add(root, id=f"{base}/register", title="Proposal Desk: register of proposals", updated=newest.isoformat())
    Xml.SubElement(root, "link", rel="self", href=f"{base}/register/feed.atom")
    Xml.SubElement(Xml.SubElement(root, "author"), "name").text = "Proposal Desk"
    for line in found:
        part = Xml.SubElement(root, "entry")
        url = f"{base}/register/{line.reference}"
        _add(part, id=url, title=line.title, updated=line.published_at.isoformat(), summary=line.summary)
        Xml.SubElement(part, "link", href=url)
    body: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, mimetype="application/atom+xml")


def _add(parent: Xml.Element, **texts: str) -> None:
    for name, text in texts.items():
        Xml.SubElement(parent, name).text = "".join(letter for letter in text if letter >= " " or letter in "\n\t")


def _rows() -> list[dict[str, object]]:
    with wiring().open_reading() as session:
        return [_row(line) for line in ask.list_entries(session, read_filters())]


def _row(line: Line) -> dict[str, object]:
    base = wiring().rules.limits.base_url
    return {
        "reference": line.reference,
        "title": line.title,
        "summary": line.summary,
        "status": line.status,
        "sector": line.sector,
        "language": line.language,
        "lead_partner": line.partners[0] if line.partners else "",
        "partners": " ".join(line.partners),
        "primary_article": line.articles[0] if line.articles else "",
        "articles": " ".join(map(str, line.articles)),
        "call": line.call,
        "decided_on": line.decided_at.astimezone(UTC).date().isoformat(),
        "published_on": line.published_at.astimezone(UTC).date().isoformat(),
        "url": f"{base}/register/{line.reference}",
        "exported_at": moment().isoformat(),
        "licence": LICENCE,
        "definitions": f"{base}/register/data-dictionary",
    }
