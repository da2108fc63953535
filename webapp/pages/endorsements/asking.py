"""What a focal point does besides answering: consults, asks, wants changes, takes more time, withdraws."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.endorsements import ADJUSTABLE, WHOLE, Ministry, ministries_for
from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.endorsements.forms import ConsultForm, PlainForm, PointsForm, WithdrawalForm, points_form
from webapp.pages.endorsements.reading import load_case
from webapp.pages.endorsements.room import endorsements
from webapp.pages.shared.context import form_key, wiring
from webapp.pages.shared.endorsement_words import state_tag
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.reader import partner_name
from webapp.queries.endorsements.case import CasePage
from webapp.services.endorsements import afterwards, asking
from webapp.services.endorsements.consulting import consult as ask_ministries


@endorsements.route("/endorsements/<reference>/<code>/consult", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def consult(reference: str, code: str) -> Any:
    """Ask ministries for advice, by the partner's path and beside it."""
    found = load_case(reference, code)
    form = ConsultForm()
    known = ministries_for(found.path, found.articles)
    form.ministries.choices = [(one.name, one.name, one.email) for one in known]
    if request.method != "POST":
        form.ministries.data = [one.name for one in known]
    elif form.validate():
        named = bool(form.other_name.data or form.other_email.data)
        others = [Ministry(form.other_name.data or "", form.other_email.data or "")] if named else []
        try:
            with wiring().open_work(actor()) as work:
                ask_ministries(
                    work, reference, code, form.ministries.data or [], others, form.question.data or "", form_key()
                )
        except Invalid as refusal:
            _say(form, refusal, "other_name" if not known else "ministries")
        else:
            flash(_("Asked. You are told when the advice comes."), "ok")
            return _back(reference, code)
    return _page("consult", found, form)


@endorsements.route("/endorsements/<reference>/<code>/ask", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def ask(reference: str, code: str) -> Any:
    """Ask the applicant at fields."""
    found = load_case(reference, code)
    form = points_form((WHOLE, *ADJUSTABLE), _l("What you ask there"), _l("Choose what your question concerns"))
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                asking.ask(work, reference, code, form.points(), form_key=form_key())
        except Invalid as refusal:
            _say_at_places(form, refusal)
        else:
            flash(_("Asked. Your time stands still until the applicant has answered."), "ok")
            return _back(reference, code)
    return _page("ask", found, form)


@endorsements.route("/endorsements/<reference>/<code>/changes", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def request_adjustments(reference: str, code: str) -> Any:
    """Ask for changes of named fields, each with its reason (R68)."""
    found = load_case(reference, code)
    form = points_form(ADJUSTABLE, _l("What should change, and why"), _l("Choose the field that should change"))
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                asking.request_adjustments(work, reference, code, form.points(), form_key=form_key())
        except Invalid as refusal:
            _say_at_places(form, refusal)
        else:
            flash(_("Asked. Your time stands still until the new version comes."), "ok")
            return _back(reference, code)
    return _page("changes", found, form)


@endorsements.route("/endorsements/<reference>/<code>/extend", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def extend(reference: str, code: str) -> Any:
    """Take more time, once."""
    found = load_case(reference, code)
    form = PlainForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            afterwards.extend(work, reference, code, form_key=form_key())
        flash(_("Your partner has more time now. The applicant is told."), "ok")
        return _back(reference, code)
    return _page("extend", found, form)


@endorsements.route("/endorsements/<reference>/<code>/withdraw", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def withdraw(reference: str, code: str) -> Any:
    """Withdraw the partner's word, with a reason, from a day on."""
    found = load_case(reference, code)
    form = WithdrawalForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                afterwards.withdraw_word(
                    work, reference, code, form.reason.data, form.effective_at.data, form_key=form_key()
                )
        except Invalid as refusal:
            _say(form, refusal, "reason")
        else:
            flash(
                _("The withdrawal for %(partner)s is kept, and those concerned are told.", partner=partner_name(code)),
                "ok",
            )
            return _back(reference, code)
    return _page("withdraw", found, form)


STEP_OF = {"changes": "request_adjustments"}
"""The step that a page is for, where its name is another."""


def _page(name: str, found: CasePage, form: FlaskForm) -> Any:
    """The page of a step; back to the case where the step cannot be taken (any more)."""
    if request.method != "POST" and STEP_OF.get(name, name) not in found.steps:
        return _back(found.head.reference, found.partner_code)
    page = render_template(f"endorsements/{name}.html", form=form, found=found, once=form_key(), state_tag=state_tag)
    return (page, 422) if form.errors else page


def _say(form: FlaskForm, refusal: Invalid, otherwise: str) -> None:
    for problem in refusal.problems:
        place = problem.field if problem.field in form else otherwise
        form[place].say(problem_words(problem))


def _say_at_places(form: PointsForm, refusal: Invalid) -> None:
    """Each problem at the place whose field it concerns, else at the first."""
    for problem in refusal.problems:
        at = next((text for field, text in form.places() if field.data == problem.field), form.places()[0][1])
        at.say(problem_words(problem))


def _back(reference: str, code: str) -> Response:
    return redirect(url_for("endorsements.case", reference=reference, code=code), 303)
