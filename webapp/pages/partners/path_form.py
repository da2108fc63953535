"""The form of a partner's path, and the path that it describes (R32)."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.endorsements import MATERIAL, Ministry, PartnerRule
from webapp.pages.shared.endorsement_words import MATERIAL as MATERIAL_WORDS
from webapp.pages.shared.fields import ChoicesField, CleanStringField, EmailField, NumberField, TickField

PLACES_MORE, PLACES_AT_MOST = 3, 40
WEEKDAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))
DAYS = {
    "acknowledge_days": _l("To acknowledge a request"),
    "answer_days": _l("To answer, once it is acknowledged"),
    "extension_days": _l("More time, taken once"),
    "applicant_answer_days": _l("For the applicant to reply to you"),
    "revalidation_days": _l("To say if an answer holds for a new version"),
    "cooling_off_days": _l("To break your silence, where it counts"),
}
NUMBERS = (*DAYS, "signatures_needed", "validity_months")


class PathForm(FlaskForm):
    """Everything that a partner decides about its own path."""

    signatures_needed = NumberField(
        _l("How many different people sign"),
        whole=True,
        least=1,
        most=10,
        required=_l("Enter how many people sign"),
    )
    validity_months = NumberField(
        _l("Months for which a word is valid"),
        whole=True,
        least=1,
        most=120,
        required=_l("Enter for how many months a word is valid"),
    )
    reminders = CleanStringField(
        _l("Reminders before the due day"),
        max_chars=60,
        description=_l("Working days, such as 10, 3. On the due day and on the next there is always one."),
    )
    silence = TickField(
        _l("Our silence counts as no objection, once a request was acknowledged and two reminders have arrived")
    )
    weekend = ChoicesField(
        _l("Days of the weekend"),
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS)],
        multiple=True,
        required=_l("Choose the days of the weekend"),
    )
    material = ChoicesField(
        _l("We are asked again when these change in a new version"),
        choices=[(name, MATERIAL_WORDS[name]) for name in MATERIAL],
        multiple=True,
    )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The places for ministries: name, address, articles."""
        names = [field.short_name for field in self if field.short_name.startswith("ministry_")]
        return [(self[name], self[f"address_{name[9:]}"], self[f"articles_{name[9:]}"]) for name in names]

    def rule(self, before: PartnerRule, usual_weekend: frozenset[int]) -> PartnerRule:
        """The path that the form describes; what it does not ask stays as it was."""
        numbers = {name: int(self[name].data or 0) for name in NUMBERS}
        early = tuple(sorted({-number for number in read_numbers(self.reminders.data or "") if number > 0}))
        chosen = tuple(sorted(int(day) for day in self.weekend.data or ()))
        kept = tuple(name for name in before.material if name not in MATERIAL)
        return PartnerRule(
            version=before.version,
            **numbers,
            notice_days=(*early, 0, 1),
            silence_is_consent=bool(self.silence.data),
            material=(*(name for name in MATERIAL if name in (self.material.data or ())), *kept),
            ministries=tuple(
                Ministry(name.data or "", address.data or "", tuple(sorted(set(read_numbers(articles.data or "")))))
                for name, address, articles in self.rows()
                if name.data or address.data
            ),
            weekend=() if frozenset(chosen) == usual_weekend else chosen,
        )


for _name, _label in DAYS.items():
    setattr(
        PathForm,
        _name,
        NumberField(_label, whole=True, least=1, most=250, unit=_l("working days"), required=_l("Enter how many days")),
    )


def path_form(path: PartnerRule, usual_weekend: frozenset[int], places: int) -> PathForm:
    """The form as the path is now, with so many places for ministries."""
    parts: dict[str, Any] = {}
    data: dict[str, Any] = {name: getattr(path, name) for name in NUMBERS}
    data["reminders"] = ", ".join(str(-days) for days in path.notice_days if days < 0)
    data["silence"] = path.silence_is_consent
    data["weekend"] = [str(day) for day in sorted(frozenset(path.weekend) or usual_weekend)]
    data["material"] = [name for name in path.material if name in MATERIAL]
    for number in range(min(places, PLACES_AT_MOST)):
        parts[f"ministry_{number}"] = CleanStringField(_l("Name"), max_chars=200)
        parts[f"address_{number}"] = EmailField(_l("Email address"))
        parts[f"articles_{number}"] = CleanStringField(
            _l("Articles"), max_chars=100, description=_l("Their numbers, such as 16, 17. Empty: all articles.")
        )
        if number < len(path.ministries):
            entry = path.ministries[number]
            data |= {f"ministry_{number}": entry.name, f"address_{number}": entry.email}
            data[f"articles_{number}"] = ", ".join(str(article) for article in entry.articles)
    made: type[PathForm] = type("PathForm", (PathForm,), parts)
    return made(data=data)


def read_numbers(text: str) -> list[int]:
    """The whole numbers of a text."""
    return [int(number) for number in re.findall(r"[0-9]{1,3}", text)]
