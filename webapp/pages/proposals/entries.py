"""One entry of a section's list, put where it belongs now, whatever others did to the list meanwhile (R6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_wtf import FlaskForm

from webapp.domain.completeness.texts import items as entries_of
from webapp.domain.drafts import find_entry
from webapp.pages.proposals.forms import kept_values
from webapp.pages.proposals.merging import Standing, both_texts, write_seen
from webapp.pages.proposals.sections import save
from webapp.queries.proposals.lists import SectionText

ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Kind:
    """A list of a section: where it stands, the form of an entry, its words."""

    section: str
    field: str
    form: type[FlaskForm]
    name: LazyString
    add: LazyString


@dataclass(frozen=True, slots=True)
class Put:
    """What came of it: the version of the section and the entry's number in its list now.

    With `conflict_by` nothing was written: `entry` is what stands there now, None where it was removed.
    """

    version: int
    number: int
    conflict_by: str | None = None
    entry: Mapping[str, Any] | None = None


def put_entry(reference: str, kind: Kind, held: SectionText, entry: Mapping[str, Any], number: int) -> Put:
    """Save the entry that the form was made from; number 0 adds one.

    Others may have added, changed or removed entries since the form was opened: ours is found by what it
    was, and only where that is no more there are two texts to choose from.
    """
    entries = entries_of(held.content, kind.field)
    place = _place(entries, entry, held.version, number)
    if place is None:
        there = entries[number - 1] if number <= len(entries) else None
        return Put(held.version, number if there is not None else 0, held.saved_by, there)
    if place < len(entries) and entries[place] == entry:
        return Put(held.version, place + 1)
    changed = [*entries[:place], dict(entry), *entries[place + 1 :]]
    saved = save(reference, kind.section, {**held.content, kind.field: changed}, base=held.version)
    if saved.conflict is None:
        return Put(saved.version, place + 1)
    # Somebody was quicker by a moment: the same again over what they left.
    newer = SectionText(dict(saved.conflict), saved.version, saved.saved_at, saved.saved_by)
    return put_entry(reference, kind, newer, entry, number)


def stand_entry(form: FlaskForm, fill: Callable[[Mapping[str, Any]], FlaskForm], put: Put) -> Standing:
    """What the page of an entry says of a save."""
    if put.conflict_by is None or put.entry is None:
        return Standing.first(put.version, write_seen(form, kept_values(form)))
    both = both_texts(form, fill(put.entry), put.entry)
    return Standing(put.version, write_seen(form, put.entry), False, True, both, put.conflict_by)


def _place(entries: list[Mapping[str, Any]], entry: Mapping[str, Any], version: int, number: int) -> int | None:
    """Where the entry belongs; at the end for a new one, unless a second press brings it again."""
    untouched = request.form.get("base_version", 0, int) == version
    if not number:
        return len(entries) - 1 if not untouched and entries and entries[-1] == entry else len(entries)
    if untouched:
        return number - 1 if number <= len(entries) else None
    return find_entry(entries, request.form.get(ENTRY, ""), number - 1)
