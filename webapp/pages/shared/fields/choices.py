"""Choices: radios, checkboxes, a list to pick from, one box to tick."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape
from wtforms import widgets

from webapp.pages.shared.fields.kept import KeptField
from webapp.pages.shared.fields.text import clean_text

Choice = tuple[Any, ...]
"""(value, label) or (value, label, hint)."""


CHOOSE = lazy_gettext("Choose one")


@dataclass(frozen=True, slots=True)
class Option:
    """One radio or checkbox."""

    id: str
    type: str
    value: str
    label: str
    hint: str
    checked: bool


class ChoicesField(KeptField):
    """One of several (`data` a string or None), or with `multiple` any of them (`data` a list)."""

    kind = "choices"
    widget = widgets.TextInput()

    def __init__(
        self,
        label: Any = None,
        *,
        choices: Iterable[Choice] = (),
        multiple: bool = False,
        most: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.multiple, self.most = multiple, most
        self.choices = list(choices)
        self.chosen: list[str] = []
        super().__init__(label, **kwargs)

    def process_data(self, value: Any) -> None:
        given = value if isinstance(value, list | tuple | set | frozenset) else [value]
        self._choose([str(item) for item in given if item is not None and item != ""])

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self._choose([clean_text(item) for item in valuelist if isinstance(item, str) and item])

    def _choose(self, values: list[str]) -> None:
        self.chosen = list(dict.fromkeys(values))
        self.typed = ", ".join(self.chosen)

    @property
    def data(self) -> Any:
        """What was chosen, of what is on offer."""
        offered = {str(choice[0]) for choice in self.choices}
        known = [value for value in self.chosen if value in offered]
        if self.multiple:
            return known
        return known[0] if known else None

    @data.setter
    def data(self, value: Any) -> None:
        self.process_data(value)

    def complaint(self) -> str:
        known = self.data if self.multiple else [self.data] if self.data is not None else []
        if len(known) < len(self.chosen) or (not self.multiple and len(self.chosen) > 1):
            return gettext("Choose from the list for “%(label)s”", label=self.words)
        if self.most is not None and len(known) > self.most:
            return gettext("Choose at most %(most)s for “%(label)s”", most=self.most, label=self.words)
        return ""

    @property
    def kept(self) -> Any:
        """What was chosen, of what is on offer."""
        return self.data

    @property
    def first_id(self) -> str:
        """The control that an error leads to."""
        return f"{self.id}-0"

    @property
    def options(self) -> list[Option]:
        """The radios or checkboxes, for the page."""
        kind = "checkbox" if self.multiple else "radio"
        return [
            Option(
                f"{self.id}-{place}",
                kind,
                str(value),
                str(words),
                str(hint[0]) if hint and hint[0] else "",
                str(value) in self.chosen,
            )
            for place, (value, words, *hint) in enumerate(self.choices)
        ]


class _Select:
    """A native select; the empty line stands first, so that nothing is chosen by itself."""

    field_flags: dict[str, Any] = {}

    def __call__(self, field: "PickOneField", **kwargs: Any) -> Markup:
        kwargs.setdefault("id", field.id)
        for name in ("required", "maxlength", "minlength"):
            kwargs.pop(name, None)
        lines = [Markup("<select {}>").format(_attributes(name=field.name, **kwargs))]
        if field.empty:
            lines.append(Markup('<option value="">{}</option>').format(str(field.empty)))
        for value, words, *_ in field.choices:
            chosen = Markup(" selected") if str(value) in field.chosen else Markup("")
            lines.append(Markup('<option value="{}"{}>{}</option>').format(str(value), chosen, escape(str(words))))
        return Markup("").join([*lines, Markup("</select>")])


def _attributes(**attributes: Any) -> Markup:
    return Markup(" ").join(
        Markup('{}="{}"').format(name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value is not False and value is not None
    )


class PickOneField(ChoicesField):
    """One of many in a native list: a partner, a language, a sector. `data` is a string or None."""

    kind = "text"
    widget = _Select()

    def __init__(self, label: Any = None, *, empty: Any = CHOOSE, **kwargs: Any) -> None:
        super().__init__(label, multiple=False, **kwargs)
        self.empty = empty

    @property
    def first_id(self) -> str:
        """The control that an error leads to."""
        return str(self.id)


class TickField(KeptField):
    """One box: `data` is True or False; `required` is the sentence said when it is left empty."""

    kind = "tick"
    widget = widgets.CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = any(item in {"y", "yes", "on", "true", "1"} for item in valuelist)

    def is_empty(self) -> bool:
        return not self.data

    @property
    def kept(self) -> bool:
        """Ticked or not."""
        return bool(self.data)
