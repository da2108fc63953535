"""The form of a call: its terms as fields, read back into terms."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.calls import (
    FROZEN,
    LENGTHS,
    QUESTIONS_AT_MOST,
    SUMMARY_AT_MOST,
    TITLE_AT_MOST,
    Terms,
)
from webapp.domain.initiative import Initiative, Question, QuestionKind
from webapp.domain.problems import Problem
from webapp.pages.calls.words import KINDS, section_names
from webapp.pages.shared.fields import (
    CharsField,
    ChoicesField,
    CleanStringField,
    NumberField,
    PickOneField,
    ThreePartDateField,
    TickField,
)
from webapp.pages.shared.problem_words import words

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
PLACES = {"opens_at": "opens_on", "closes_at": "closes_on"}
TIME_HINT = _l("In 24 hours, such as 17:00. The time is that of the call’s zone.")
_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)")


class TermsForm(FlaskForm):
    """What a call says."""

    title = CleanStringField(_l("Title"), max_chars=TITLE_AT_MOST, required=_l("Enter the title of the call"))
    summary = CharsField(
        _l("What the call is for"), max_chars=SUMMARY_AT_MOST, rows=6, required=_l("Say what the call is for")
    )
    articles = ChoicesField(
        _l("Articles that are open"),
        multiple=True,
        required=_l("Choose at least one article that is open under this call"),
    )
    time_zone = PickOneField(
        _l("Time zone of the call"),
        choices=[("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in ZONES)],
        required=_l("Choose the time zone of the call"),
        description=_l("Opening, closing and due times are counted in it."),
    )
    opens_on = ThreePartDateField(_l("Opens on"), required=_l("Enter when the call opens"))
    opens_time = CleanStringField(
        _l("Opens at"), max_chars=10, required=_l("Enter the time at which the call opens"), description=TIME_HINT
    )
    closes_on = ThreePartDateField(_l("Closes on"), description=_l("Leave it empty for a call that does not close."))
    closes_time = CleanStringField(_l("Closes at"), max_chars=10, description=TIME_HINT)
    grace_minutes = NumberField(
        _l("Minutes of grace after closing"),
        whole=True,
        least=0,
        most=1440,
        required=_l("Enter the minutes of grace; 0 for none"),
        description=_l("What arrives in this time still counts. Nobody is told of it."),
    )
    workflow = PickOneField(_l("Workflow"), required=_l("Choose the workflow"))
    sections_off = ChoicesField(_l("Sections that this call does without"), multiple=True)
    next_call = PickOneField(
        _l("Second step"),
        empty=_l("None: what is approved is the project"),
        description=_l(
            "For concept notes: whose note is approved is invited to write the full proposal under this call."
        ),
    )
    asks = ChoicesField(
        _l("What suffices as endorsement"),
        choices=[
            ("every", _l("The word of every partner that takes part")),
            ("lead_and", _l("The word of the lead partner and of a number of others")),
        ],
        required=_l("Choose what suffices as endorsement"),
    )
    others = NumberField(
        _l("How many others"),
        whole=True,
        least=1,
        most=50,
        description=_l("Counts only where not every partner has to endorse."),
    )
    on_objection = ChoicesField(
        _l("If a partner objects"),
        choices=[
            ("stop", _l("The proposal stops")),
            ("drop", _l("The proposal goes on without that partner")),
            ("mediate", _l("The secretariat mediates, and the proposal waits")),
        ],
        required=_l("Choose what follows when a partner objects"),
    )
    reviews_wanted = NumberField(
        _l("Reviewers for each proposal"),
        whole=True,
        least=1,
        most=9,
        required=_l("Enter how many reviewers are asked"),
    )
    quorum = NumberField(
        _l("Reviews that a decision needs"),
        whole=True,
        least=1,
        most=9,
        required=_l("Enter how many reviews a decision needs"),
    )
    release = ChoicesField(
        _l("Invitations to review go out"),
        choices=[
            ("after_look", _l("After the secretariat has looked at the panel")),
            ("at_once", _l("At once")),
        ],
        required=_l("Choose when invitations to review go out"),
    )
    lead_partner_conflicts = TickField(_l("Nobody reviews proposals that their own partner leads"))
    embargo_days = NumberField(
        _l("Days between approval and the register"),
        whole=True,
        least=0,
        most=365,
        required=_l("Enter the days between approval and the register; 0 for none"),
    )
    contacts = TickField(_l("The register shows contacts where the applicant agrees"))
    budget = TickField(_l("The register shows budget lines where the applicant agrees"))
    partners_read_reviews = TickField(_l("Partners that take part may read the reviews"))
    sealed = TickField(
        _l("Sealed: nobody but its applicant reads a proposal before the call has closed"),
        description=_l("Not the secretariat either. Opening earlier asks for a reason and stays on record."),
    )


class UnsealForm(FlaskForm):
    """Why the proposals of a sealed call are opened early."""

    reason = CharsField(_l("Reason"), max_chars=1000, rows=4, required=_l("Enter the reason"))


class NewCallForm(TermsForm):
    """A new call, with its code."""

    code = CleanStringField(
        _l("Code"),
        max_chars=40,
        required=_l("Enter a code for the call"),
        description=_l("Small letters, digits and hyphens, like open-2027. It is part of the call’s address for good."),
    )


def _add_questions() -> None:
    for number in range(1, QUESTIONS_AT_MOST + 1):
        label = _l("Question %(number)s", number=number)
        hint = _l("Hint for question %(number)s", number=number)
        kind = _l("Answer to question %(number)s", number=number)
        must = _l("Question %(number)s must be answered", number=number)
        choices = [(one.value, word) for one, word in KINDS.items()]
        setattr(TermsForm, f"q{number}_label", CleanStringField(label, max_chars=300))
        setattr(TermsForm, f"q{number}_hint", CleanStringField(hint, max_chars=300))
        setattr(TermsForm, f"q{number}_kind", PickOneField(kind, choices=choices))
        setattr(TermsForm, f"q{number}_required", TickField(must))


_add_questions()


def offer(
    form: TermsForm, initiative: Initiative, workflows: list[tuple[str, int]], calls: list[tuple[str, str]]
) -> None:
    """Fill in what can be chosen; `calls` are the others, by code and title."""
    form.next_call.choices = calls
    form.articles.choices = [
        (str(article.number), _("Article %(number)s: %(title)s", number=article.number, title=article.short_title))
        for article in initiative.articles
    ]
    form.sections_off.choices = list(section_names().items())
    form.workflow.choices = [
        (f"{name}-{version}", _("%(name)s, version %(version)s", name=name, version=version))
        for name, version in workflows
    ]


def as_fields(terms: Terms) -> dict[str, Any]:
    """The terms as the fields' values."""
    zone = ZoneInfo(terms.time_zone)
    opens = terms.opens_at.astimezone(zone) if terms.opens_at else None
    closes = terms.closes_at.astimezone(zone) if terms.closes_at else None
    values: dict[str, Any] = {name: getattr(terms, name) for name in Terms.__slots__}
    for number, question in enumerate(terms.questions, 1):
        values |= {
            f"q{number}_label": question.label,
            f"q{number}_hint": question.hint,
            f"q{number}_kind": question.kind.value,
            f"q{number}_required": question.required,
        }
    return values | {
        "articles": [str(number) for number in terms.articles],
        "workflow": f"{terms.workflow[0]}-{terms.workflow[1]}",
        "opens_on": opens.date() if opens else None,
        "opens_time": f"{opens:%H:%M}" if opens else "",
        "closes_on": closes.date() if closes else None,
        "closes_time": f"{closes:%H:%M}" if closes else "",
    }


def read_terms(form: TermsForm, kept: Terms | None, *, fixed: bool) -> Terms | None:
    """What the form says; None where a time could not be read, which it then says.

    With `fixed` all that cannot be changed any more is as in `kept`, the terms until now.
    """
    zone_name = kept.time_zone if kept and fixed else form.time_zone.data
    zone = ZoneInfo(zone_name)
    opens, closes = _moment(form.opens_on.data, form.opens_time, zone), _closing(form, zone)
    if form.errors or opens is None:
        return None
    loose: dict[str, Any] = {
        "title": form.title.data,
        "summary": form.summary.data,
        "articles": tuple(int(number) for number in form.articles.data),
        "opens_at": opens,
        "closes_at": closes,
        "grace_minutes": _whole(form.grace_minutes.data),
        "next_call": form.next_call.data or "",
        "release": form.release.data or "",
        "lead_partner_conflicts": form.lead_partner_conflicts.data,
    }
    if kept and fixed:
        return replace(kept, **loose)
    return Terms(**loose, time_zone=zone_name, questions=_questions(form, kept), **_read_fixed(form))


def _read_fixed(form: TermsForm) -> dict[str, Any]:
    name, _dash, version = (form.workflow.data or "").rpartition("-")
    return {
        "workflow": (name, int(version or 0)),
        "sections_off": tuple(form.sections_off.data),
        "asks": form.asks.data or "",
        "others": _whole(form.others.data, 1),
        "on_objection": form.on_objection.data or "",
        "reviews_wanted": _whole(form.reviews_wanted.data),
        "quorum": _whole(form.quorum.data),
        "embargo_days": _whole(form.embargo_days.data),
        "contacts": form.contacts.data,
        "budget": form.budget.data,
        "partners_read_reviews": form.partners_read_reviews.data,
        "sealed": form.sealed.data,
    }


def leave_out_fixed(form: TermsForm) -> None:
    """Take away the fields of what cannot be changed any more."""
    for name in [*FROZEN, *(name for name in form._fields if re.match(r"q\d_", name))]:
        if name in form._fields:
            del form[name]


def say_problems(form: TermsForm, problems: tuple[Problem, ...]) -> None:
    """Put the rules' answers at their fields."""
    for problem in problems:
        name = PLACES.get(problem.field, problem.field)
        field = form._fields.get(name) or form.title
        field.say(words(problem))


def _closing(form: TermsForm, zone: ZoneInfo) -> datetime | None:
    if form.closes_on.data is None:
        if form.closes_time.data:
            form.closes_on.say(_("Enter the day on which the call closes, or leave the time empty"))
        return None
    if not form.closes_time.data:
        form.closes_time.say(_("Enter the time at which the call closes"))
        return None
    return _moment(form.closes_on.data, form.closes_time, zone)


def _moment(day: date | None, field: CleanStringField, zone: ZoneInfo) -> datetime | None:
    found = _TIME.fullmatch(field.data or "")
    if found is None:
        if field.data:
            field.say(_("Write the time in 24 hours, such as 17:00"))
        return None
    if day is None:
        return None
    return datetime.combine(day, time(int(found[1]), int(found[2])), zone).astimezone(UTC)


def _questions(form: TermsForm, kept: Terms | None) -> tuple[Question, ...]:
    """The questions that have words; each keeps its id, under which drafts may hold answers."""
    ids = [one.id for one in kept.questions] if kept else []
    free = [f"q{number}" for number in range(1, 2 * QUESTIONS_AT_MOST + 1) if f"q{number}" not in ids]
    ids += free[: QUESTIONS_AT_MOST - len(ids)]
    found = []
    for number, question in enumerate(ids, 1):
        label, hint, must = (form[f"q{number}_{part}"].data for part in ("label", "hint", "required"))
        kind = QuestionKind(form[f"q{number}_kind"].data or QuestionKind.LONG_TEXT)
        if label:
            found.append(Question(question, label, hint, kind, required=must, max_length=LENGTHS.get(kind)))
    return tuple(found)


def _whole(value: Decimal | None, otherwise: int = 0) -> int:
    return otherwise if value is None else int(value)
