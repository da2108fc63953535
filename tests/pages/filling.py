"""Fills the form of a proposal through its pages, as an applicant does, from the shape of the demonstration's files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.browsing import Visitor
from webapp.models.people import Organisation
from webapp.wiring import Wiring

FOLDER = Path(__file__).parents[2] / "config/demo/proposals"
LISTS = {
    ("partners", "participants"): "participants",
    ("partners", "city_pairs"): "city-pairs",
    ("plan", "milestones"): "milestones",
    ("budget", "lines"): "lines",
    ("budget", "sources"): "sources",
}


def example(name: str = "d1-05-connected-farms") -> dict[str, Any]:
    """The sections of one of the demonstration's proposals."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["sections"])


def begin(visitor: Visitor, call: str) -> str:
    """A new draft's reference."""
    answer = visitor.post("/proposals/new", {"call": call})
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[1])


def fill(visitor: Visitor, wired: Wiring, reference: str, sections: dict[str, Any]) -> None:
    """Type every section of the draft into its pages."""
    base = f"/proposals/{reference}"
    send(visitor, f"{base}/sections/basics", sections["basics"])
    partners = with_organisations(visitor, wired, base, sections["partners"])
    send(visitor, f"{base}/sections/partners", plain(partners))
    send(visitor, f"{base}/sections/plan", dated(plain(sections["plan"])))
    send(visitor, f"{base}/sections/budget", plain(sections["budget"]))
    for (section, field), kind in LISTS.items():
        entries = (partners if section == "partners" else sections[section]).get(field, [])
        for entry in entries:
            send(visitor, f"{base}/lists/{kind}/0", dated(entry))
    articles = sections["articles"]
    send(
        visitor,
        f"{base}/articles",
        {"primary": articles["primary"], "articles": [articles["primary"], *articles["secondary"]]},
    )
    send(visitor, f"{base}/articles/answers", typed_answers(articles))
    results = {
        f"{key}-{part}": value
        for key, entry in sections["results"]["indicators"].items()
        for part, value in entry.items()
    }
    send(visitor, f"{base}/results", results)
    send(visitor, f"{base}/sections/safeguards", sections["safeguards"])
    ticked = {name: "y" for name, value in sections["declarations"].items() if value}
    send(visitor, f"{base}/sections/declarations", ticked)


def send(visitor: Visitor, path: str, form: dict[str, Any]) -> None:
    """Send a form over the version that its page shows."""
    page = visitor.get(path).text
    version = page.split('name="base_version" value="', 1)
    base = version[1].split('"', 1)[0] if len(version) > 1 else "0"
    answer = visitor.post(path, {**form, "base_version": base, "then": "list"})
    assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:6000]}"


def with_organisations(visitor: Visitor, wired: Wiring, base: str, partners: dict[str, Any]) -> dict[str, Any]:
    """The partners section with organisations named through the page, and their numbers in place."""
    named = [partners["lead_organisation"], *(entry["organisation"] for entry in partners["participants"])]
    for organisation in named:
        answer = visitor.post(f"{base}/organisations/new", {**organisation, "website": ""})
        assert answer.status_code == 303, answer.text
    with wired.open_reading() as session:
        ids = {row.name: row.id for row in session.scalars(select(Organisation))}
    entries = [{**entry, "organisation": ids[entry["organisation"]["name"]]} for entry in partners["participants"]]
    return {**partners, "lead_organisation": ids[partners["lead_organisation"]["name"]], "participants": entries}


def typed_answers(articles: dict[str, Any]) -> dict[str, Any]:
    """The fields of the page that asks what the articles ask."""
    form = {f"j-{key}": text for key, text in articles["justifications"].items()}
    for key, answers in articles["answers"].items():
        for question, value in answers.items():
            name = f"q-{key}-{question}"
            if isinstance(value, dict):
                form |= {f"{name}-{part}": text for part, text in value.items()}
            else:
                form[name] = value
    return form


def plain(section: dict[str, Any]) -> dict[str, Any]:
    """A section without its lists."""
    return {name: value for name, value in section.items() if not isinstance(value, (list, dict))}


def dated(form: dict[str, Any]) -> dict[str, Any]:
    """Days as their three fields."""
    typed: dict[str, Any] = {}
    for name, value in form.items():
        if name.endswith("_on"):
            year, month, day = value.split("-")
            typed |= {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}
        else:
            typed[name] = value
    return typed


def pdf(text: str = "Letter") -> tuple[io.BytesIO, str]:
    """A small file that is a PDF by its first letters."""
    return io.BytesIO(b"%PDF-1.4\n" + text.encode() + b"\n%%EOF"), "letter.pdf"
