"""The applicant's side: a partner's questions answered, and just the named fields changed in a new version (R68)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.endorsements.forms import reply_form
from webapp.pages.endorsements.room import endorsements
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.field_words import field_words
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.reader import partner_name
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.queries.endorsements.points import Owed, OwedPage, find_owed, value_at
from webapp.services.endorsements import replying as verbs


@endorsements.route("/proposals/<reference>/endorsements/<code>/questions", methods=["GET", "POST"])
@opens_to(Action.READ_OWN_WORK, judged_by_verb=True)
def questions(reference: str, code: str) -> Any:
    """A partner's questions, each at its field, and the answers to them."""
    found = _load(reference)
    owed = next((one for one in found.owed if one.partner_code == code and one.state == "waiting_applicant"), None)
    if owed is None:
        return _settled(found)
    form = reply_form(owed.points, required=_l("Enter your answer"))
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                verbs.answer_questions(work, reference, code, _texts(form, [owed]), form_key=form_key())
        except Invalid as refusal:
            _say(form, refusal)
        else:
            flash(_("Your answers are sent to %(partner)s.", partner=partner_name(code)), "ok")
            return _back(reference)
    page = render_template(
        "endorsements/questions.html",
        found=found,
        owed=owed,
        form=form,
        values=_values(found, [owed]),
        is_owner=actor().person_id == found.head.owner_id,
        once=form_key(),
        now=moment(),
    )
    return (page, 422) if form.errors else page


@endorsements.route("/proposals/<reference>/adjustments", methods=["GET", "POST"])
@opens_to(Action.READ_OWN_WORK, judged_by_verb=True)
def adjust(reference: str) -> Any:
    """What partners want changed, field by field: each is changed, or answered; sending makes a new version."""
    found = _load(reference)
    owed = [one for one in found.owed if one.state == "adjustment_requested"]
    if not owed:
        return _settled(found)
    form = reply_form(point for one in owed for point in one.points)
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                verbs.send_adjusted(work, reference, _texts(form, owed), form_key=form_key())
        except Invalid as refusal:
            problems = _say(form, refusal)
        else:
            flash(_("The new version is sent. The receipt comes by mail."), "ok")
            return _back(reference)
    page = render_template(
        "endorsements/adjust.html",
        found=found,
        owed=owed,
        form=form,
        problems=problems,
        values=_values(found, owed),
        places={point.field: _place(reference, point.field) for one in owed for point in one.points},
        is_owner=actor().person_id == found.head.owner_id,
        once=form_key(),
        now=moment(),
    )
    return (page, 422) if form.errors or problems else page


def _load(reference: str) -> OwedPage:
    with wiring().open_reading() as session:
        found = find_owed(session, rulebook(), actor(), reference)
    if found.head.submitted_at is None:
        raise NotFound
    return found


def _texts(form: FlaskForm, owed: list[Owed]) -> dict[int, str]:
    return {point.id: form[f"point-{point.id}"].data or "" for one in owed for point in one.points}


def _values(found: OwedPage, owed: list[Owed]) -> dict[str, str]:
    """What the version holds at each field, where that is a text; lists stand on the proposal's page."""
    values = {point.field: value_at(found.content, point.field) for one in owed for point in one.points}
    return {field: value for field, value in values.items() if isinstance(value, str)}


def _place(reference: str, field: str) -> str:
    """The page on which the field is changed."""
    section = field.partition(".")[0]
    if section == "articles":
        return url_for("proposals.answers", reference=reference)
    if section in ("results", "documents"):
        return url_for(f"proposals.{section}", reference=reference)
    return url_for("proposals.section", reference=reference, section=section)


def _say(form: FlaskForm, refusal: Invalid) -> list[str]:
    """Each problem at its reply; those of the proposal's own fields are returned as sentences."""
    sentences = []
    for problem in refusal.problems:
        if problem.field in form:
            form[problem.field].say(problem_words(problem))
        else:
            named = f"{problem.section}.{problem.field.partition('.')[0]}"
            place = field_words(named) if problem.section in SECTION_NAMES else ""
            sentences.append(_("%(place)s: %(problem)s", place=place, problem=problem_words(problem)))
    return sentences


def _settled(found: OwedPage) -> Response:
    """Nothing is owed (any more): the page of what the partners say tells where it is."""
    if request.method == "POST":
        flash(_("This has been settled meanwhile. Here you see where it is."), "warn")
    return _back(found.head.reference)


def _back(reference: str) -> Response:
    return redirect(url_for("endorsements.words", reference=reference), 303)
