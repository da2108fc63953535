"""A date in three parts, in the order of the reader's language."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_month_names
from flask_babel import gettext
from wtforms import widgets

from webapp.pages.shared.fields.kept import KeptField
from webapp.pages.shared.fields.text import clean_text
from webapp.pages.shared.filters import long_date, reader_locale

NAMES = ("day", "month", "year")
FIRST_YEAR = 1000


@dataclass(frozen=True, slots=True)
class DatePart:
    """One of the three controls of a date."""

    name: str
    id: str
    field: str
    label: str
    value: str
    wrong: bool
    autocomplete: str


class ThreePartDateField(KeptField):
    """A day of the calendar: `data` is a date or None; months may be figures or names."""

    kind = "date"
    widget = widgets.TextInput()

    def __init__(
        self,
        label: Any = None,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        birthday: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.earliest, self.latest, self.birthday = earliest, latest, birthday
        self.texts = dict.fromkeys(NAMES, "")
        self.wrong: tuple[str, ...] = ()

    def process_data(self, value: Any) -> None:
        self.texts, self.data = dict.fromkeys(NAMES, ""), None
        if isinstance(value, date):
            self._set(f"{value.year}", f"{value.month}", f"{value.day}")
        elif isinstance(value, str) and value:
            parts = [*value.split("-", 2), "", ""][:3]
            self._set(*(part.lstrip("0") or part for part in parts))

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        names = [f"{self.name}-{name}" for name in NAMES]
        if formdata is None or not any(name in formdata for name in names):
            return
        day, month, year = (str(formdata.get(name, "")) for name in names)
        self._set(year, month, day)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """A native date control, or a program, sends the date whole."""
        if valuelist:
            self.process_data(clean_text(str(valuelist[0])))

    def _set(self, year: str, month: str, day: str) -> None:
        self.texts = {"day": clean_text(day), "month": clean_text(month), "year": clean_text(year)}
        self.typed = "-".join(self.texts[name] for name in ("year", "month", "day"))
        numbers = self._numbers()
        try:
            found = date(numbers["year"], numbers["month"], numbers["day"])
            self.data = found if found.year >= FIRST_YEAR else None
        except (KeyError, ValueError, OverflowError):
            self.data = None

    def _numbers(self) -> dict[str, int]:
        """The parts that are figures (of any script), or a month's name."""
        found = {}
        for name, text in self.texts.items():
            plain = unicodedata.normalize("NFKC", text)
            if re.fullmatch(r"\d{1,4}", plain):
                found[name] = int(plain)
            elif name == "month" and plain:
                month = _month_by_name(plain)
                if month:
                    found[name] = month
        return found

    def is_empty(self) -> bool:
        return not any(self.texts.values())

    def complaint(self) -> str:
        self.wrong = tuple(name for name in NAMES if not self.texts[name])
        if self.wrong:
            return self._incomplete()
        numbers = self._numbers()
        self.wrong = tuple(name for name in NAMES if name not in numbers)
        if self.wrong:
            return gettext(
                "Write “%(label)s” in figures, such as %(example)s",
                label=self.words,
                example=self._example_figures(),
            )
        if self.data is None:
            return self._not_real(numbers)
        return self._out_of_range(self.data)

    def _incomplete(self) -> str:
        if self.wrong == ("day",):
            return gettext("Add the day to “%(label)s”", label=self.words)
        if self.wrong == ("month",):
            return gettext("Add the month to “%(label)s”", label=self.words)
        if self.wrong == ("year",):
            return gettext("Add the year to “%(label)s”", label=self.words)
        return gettext("Enter the day, the month and the year of “%(label)s”", label=self.words)

    def _not_real(self, numbers: dict[str, int]) -> str:
        if numbers["year"] < FIRST_YEAR:
            self.wrong = ("year",)
            return gettext("Write the year of “%(label)s” with four figures", label=self.words)
        if not 1 <= numbers["month"] <= 12:
            self.wrong = ("month",)
            return gettext("Use a month from 1 to 12 in “%(label)s”", label=self.words)
        self.wrong = ("day",)
        return gettext(
            "Change the day of “%(label)s”: that month has no day %(day)s",
            label=self.words,
            day=numbers["day"],
        )

    def _out_of_range(self, chosen: date) -> str:
        if self.earliest and chosen < self.earliest:
            self.wrong = NAMES
            return gettext(
                "Choose %(date)s or a later day for “%(label)s”",
                date=long_date(self.earliest),
                label=self.words,
            )
        if self.latest and chosen > self.latest:
            self.wrong = NAMES
            return gettext(
                "Choose %(date)s or an earlier day for “%(label)s”",
                date=long_date(self.latest),
                label=self.words,
            )
        return ""

    @property
    def kept(self) -> str:
        """The ISO date where there is one, else the three texts as typed (year-month-day)."""
        return self.data.isoformat() if self.data else ("" if self.is_empty() else self.typed)

    @property
    def order(self) -> tuple[str, ...]:
        """The parts in the order in which the reader's language writes them."""
        pattern = re.sub(r"'[^']*'", "", str(reader_locale().date_formats["short"].pattern))
        places = {name: pattern.find(sign) for name, sign in zip(NAMES, ("d", "M", "y"), strict=True)}
        return tuple(sorted(NAMES, key=places.__getitem__))

    @property
    def first_id(self) -> str:
        """The control that an error leads to: the first one that is wrong."""
        wrong = [name for name in self.order if name in self.wrong]
        return f"{self.id}-{(wrong or self.order)[0]}"

    @property
    def parts(self) -> list[DatePart]:
        """The three controls, for the page."""
        words = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
        return [
            DatePart(
                name,
                f"{self.id}-{name}",
                f"{self.name}-{name}",
                words[name],
                self.texts[name],
                bool(self.errors) and name in (self.wrong or NAMES),
                f"bday-{name}" if self.birthday else "",
            )
            for name in self.order
        ]

    def _example_figures(self) -> str:
        figures = {"day": "27", "month": "3", "year": "2028"}
        return " ".join(figures[name] for name in self.order)

    @property
    def example(self) -> str:
        """How the date may be written."""
        return gettext("For example, %(date)s", date=self._example_figures())


def _month_by_name(text: str) -> int | None:
    wanted = text.casefold().rstrip(".")
    for locale in (reader_locale(), "en"):
        for width in ("wide", "abbreviated"):
            for month, name in get_month_names(width, locale=locale).items():
                if name.casefold().rstrip(".") == wanted:
                    return int(month)
    return None
