"""The rules of the sections one by one (product.md §3): basics, partners, results, plan, safeguards, declarations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from webapp.domain.completeness.texts import at, day, email, items, known, read_day, read_decimal, text
from webapp.domain.mapping import Asked
from webapp.domain.problems import Problem

TITLE_MOST = 150
SUMMARY_LEAST, SUMMARY_MOST = 150, 2500
LONG_MOST = 6000
ROLE_MOST = 1000
PARTICIPANTS_MOST = 30
MILESTONES_MOST = 40


def basics(content: Mapping[str, Any], sectors: Collection[str], languages: Collection[str]) -> Iterator[Problem]:
    """Title, summary, sector, language."""
    yield from text("basics", content, "title", 1, TITLE_MOST)
    yield from text("basics", content, "summary", SUMMARY_LEAST, SUMMARY_MOST)
    yield from known("basics", content, "sector", sectors)
    yield from known("basics", content, "language", languages)


def partners(content: Mapping[str, Any], codes: Collection[str], organisations: Mapping[int, str]) -> Iterator[Problem]:
    """The lead and at least one more partner (R7), each with an organisation of its own, role and contact.

    `organisations` are those that there are: id → the code of the partner they belong to.
    """
    yield from known("partners", content, "lead_partner", codes)
    yield from _organisation(content, "lead_organisation", content.get("lead_partner"), organisations)
    yield from text("partners", content, "lead_contact_name", 1, 200)
    yield from email("partners", content, "lead_contact_email")
    entries = items(content, "participants")
    if len(entries) > PARTICIPANTS_MOST:
        yield Problem("partners", "participants", "too_many", {"most": PARTICIPANTS_MOST})
    for number, entry in enumerate(entries):
        yield from at("partners", f"participants.{number}", _participant(entry, codes, organisations))
    taking_part = {content.get("lead_partner"), *(entry.get("partner") for entry in entries)} & set(codes)
    if len(taking_part) < 2:
        yield Problem("partners", "participants", "second_partner_missing")
    for number, entry in enumerate(items(content, "city_pairs")):
        yield from at("partners", f"city_pairs.{number}", _city_pair(entry, taking_part))


def results(content: Mapping[str, Any], asked: Collection[Asked]) -> Iterator[Problem]:
    """A baseline and a target for every indicator that a mapped article brings (R16)."""
    given = content.get("indicators")
    given = given if isinstance(given, Mapping) else {}
    for entry in asked:
        for indicator in entry.indicators:
            key = entry.indicator_key(indicator)
            value = given.get(key)
            value = value if isinstance(value, Mapping) else {}
            where = f"indicators.{key}"
            named: dict[str, str | int] = {"indicator": indicator.label, "article": entry.article.number}
            for field in ("baseline", "target"):
                number = value.get(field)
                if number in (None, ""):
                    yield Problem("results", f"{where}.{field}", f"indicator_{field}_missing", named)
                elif read_decimal(number) is None:
                    yield Problem("results", f"{where}.{field}", "indicator_not_a_number", named)
            yield from at("results", where, text("results", value, "how_measured", 0, ROLE_MOST))


def plan(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Objectives, activities, a first and a last day, and milestones between them."""
    yield from text("plan", content, "objectives", 1, LONG_MOST)
    yield from text("plan", content, "activities", 1, LONG_MOST)
    yield from day("plan", content, "starts_on")
    yield from day("plan", content, "ends_on")
    first, last = read_day(content.get("starts_on")), read_day(content.get("ends_on"))
    if first and last and last <= first:
        yield Problem("plan", "ends_on", "ends_before_start")
    entries = items(content, "milestones")
    if not entries:
        yield Problem("plan", "milestones", "milestones_missing")
    if len(entries) > MILESTONES_MOST:
        yield Problem("plan", "milestones", "too_many", {"most": MILESTONES_MOST})
    for number, entry in enumerate(entries):
        where = f"milestones.{number}"
        yield from at("plan", where, text("plan", entry, "title", 1, 200))
        yield from at("plan", where, text("plan", entry, "deliverable", 1, ROLE_MOST))
        yield from at("plan", where, day("plan", entry, "due_on"))
        due = read_day(entry.get("due_on"))
        if due and first and last and not first <= due <= last:
            yield Problem("plan", f"{where}.due_on", "milestone_outside")


def safeguards(content: Mapping[str, Any], *, uses_intelligence: bool) -> Iterator[Problem]:
    """Inclusion, environment, personal data, security, and artificial intelligence where it is used."""
    for field in ("inclusion", "environment", "personal_data", "security"):
        yield from text("safeguards", content, field, 1, LONG_MOST)
    least = 1 if uses_intelligence else 0
    yield from text("safeguards", content, "artificial_intelligence", least, LONG_MOST)


def declarations(content: Mapping[str, Any]) -> Iterator[Problem]:
    """What the applicant has to declare; what may be published is a free choice."""
    for field in ("accurate", "authorised", "voluntary"):
        if content.get(field) is not True:
            yield Problem("declarations", field, f"declare_{field}")


def _participant(
    entry: Mapping[str, Any], codes: Collection[str], organisations: Mapping[int, str]
) -> Iterator[Problem]:
    yield from known("partners", entry, "partner", codes)
    yield from _organisation(entry, "organisation", entry.get("partner"), organisations)
    yield from text("partners", entry, "role", 1, ROLE_MOST)
    yield from text("partners", entry, "contact_name", 1, 200)
    yield from email("partners", entry, "contact_email")


def _organisation(
    content: Mapping[str, Any], field: str, partner: Any, organisations: Mapping[int, str]
) -> Iterator[Problem]:
    chosen = content.get(field)
    if not chosen:
        yield Problem("partners", field, "organisation_missing")
    elif organisations.get(chosen) != partner:
        yield Problem("partners", field, "organisation_of_other_partner")


def _city_pair(entry: Mapping[str, Any], taking_part: Collection[Any]) -> Iterator[Problem]:
    yield from text("partners", entry, "city_a", 1, 100)
    yield from text("partners", entry, "city_b", 1, 100)
    for field in ("partner_a", "partner_b"):
        yield from known("partners", entry, field, taking_part)
    if entry.get("partner_a") and entry.get("partner_a") == entry.get("partner_b"):
        yield Problem("partners", "partner_b", "city_pair_one_partner")
