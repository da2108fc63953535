"""Two people in one section: both texts shown field by field, and taken over by hand, without scripts too (R6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from webapp.domain.drafts import Differing, differing, fingerprint, fingerprints
from webapp.domain.versions import word_difference
from webapp.pages.proposals.forms import kept_values
from webapp.pages.shared.filters import day_text
from webapp.queries.proposals.lists import SectionText
from webapp.services.proposals.save import SavedSection

SEEN = "seen"
KEEP = "keep-"
THEIRS = "theirs:"


@dataclass(frozen=True, slots=True)
class Both:
    """One field in both texts, with the words that differ; `take` where the other's is chosen beforehand."""

    name: str
    label: str
    mine: str
    theirs: str
    parts: tuple[tuple[str, str], ...]
    take: bool
    take_value: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the form of a section stands: saved, half right, or beside another's text."""

    base: int
    seen: str
    half_right: bool
    conflict: bool
    both: list[Both]
    other_by: str

    @classmethod
    def first(cls, version: int, seen: str = "") -> Standing:
        """The form as it is opened."""
        return cls(version, seen, False, False, [], "")


def stand(
    form: FlaskForm,
    fill: Callable[[Mapping[str, Any]], FlaskForm],
    held: SectionText,
    saved: SavedSection | None,
    flat: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> Standing:
    """What the page says of a save; `fill` makes the same form from values, `flat` the values from a content."""
    if saved is None:
        return Standing.first(held.version, write_seen(form, flat(held.content)))
    if saved.conflict is None:
        return Standing(saved.version, write_seen(form, kept_values(form)), True, False, [], "")
    values = flat(saved.conflict)
    both = both_texts(form, fill(values), values)
    return Standing(saved.version, write_seen(form, values), False, True, both, saved.saved_by)


def status_of(saved: SavedSection | None) -> int:
    """The page's status: looked at, saved as typed with something to mend, or beside another's text."""
    if saved is None:
        return 200
    return 422 if saved.conflict is None else 409


def write_seen(form: FlaskForm, values: Mapping[str, Any]) -> str:
    """The hidden field that says what the person began with, by field."""
    return json.dumps(fingerprints({name: values.get(name) for name in kept_values(form)}), separators=(",", ":"))


def take_theirs(form: FlaskForm, values: Mapping[str, Any], version: int) -> None:
    """Put the saved value in place of the typed one where the person chose so, having seen this version.

    The choice holds for the text it was made beside: who goes on typing in the field wants what is typed.
    """
    if request.form.get("base_version", 0, int) != version:
        return
    typed = kept_values(form)
    for field in form:
        name = field.short_name
        if name in typed and request.form.get(f"{KEEP}{name}") == THEIRS + fingerprint(typed[name]):
            field.process(None, values.get(name))


def both_texts(form: FlaskForm, theirs: FlaskForm, values: Mapping[str, Any]) -> list[Both]:
    """The fields that differ; `theirs` is the same form, filled with the values that the other saved."""
    found = differing(kept_values(form), values, _seen())
    return [_both(one, form[one.name], theirs[one.name]) for one in found]


def _both(one: Differing, mine: Any, theirs: Any) -> Both:
    old, new = shown(theirs), shown(mine)
    parts = tuple((piece.kind, piece.text) for piece in word_difference(old, new)) if old and new else ()
    chosen = request.form.get(f"{KEEP}{one.name}")
    take = chosen.startswith(THEIRS) if chosen else not one.is_mine
    return Both(one.name, str(mine.label.text), new, old, parts, take, THEIRS + fingerprint(one.mine))


def _seen() -> dict[str, str]:
    try:
        read = json.loads(request.form.get(SEEN, ""))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def shown(field: Any) -> str:
    """What a field holds, as its reader knows it: the words of an option, not its id."""
    kind = getattr(field, "kind", "")
    if kind == "tick":
        return _("Yes") if field.data else _("No")
    if kind == "date":
        return day_text(field.data.isoformat()) if field.data else str(field.typed).strip("-")
    if hasattr(field, "options"):
        return ", ".join(str(option.label) for option in field.options if option.checked and option.value)
    return str(field.typed)
