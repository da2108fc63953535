"""The secretariat's page of a proposal's endorsements: letters again, another signatory, a lapsed case once more."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.endorsements.forms import PlainForm, ReasonForm, ReplacingForm, SignatoryForm
from webapp.pages.endorsements.reading import line_of
from webapp.pages.endorsements.room import endorsements
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.endorsement_words import happened, state_tag
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.reader import partner_name
from webapp.queries.endorsements.desk import DeskPage, find_desk, find_naming, find_replacing
from webapp.services.endorsements import mending as verbs

Answer = str | tuple[str, int] | Response


@endorsements.get("/desk/proposals/<reference>/endorsements")
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def on_desk(reference: str) -> str:
    """All cases of a proposal: where each is, its letters and times, and what can be mended."""
    found = _load(reference)
    return render_template(
        "endorsements/desk.html",
        found=found,
        state_tag=state_tag,
        happened=happened,
        histories={case.id: [line_of(one) for one in case.history] for case in found.cases},
        now=moment(),
    )


@endorsements.post("/desk/proposals/<reference>/endorsements/<code>/send-again")
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def send_again(reference: str, code: str) -> Response:
    """Send the partner's letter, again or for the first time."""
    with wiring().open_work(actor()) as work:
        verbs.send_again(work, reference, code)
    flash(_("The letter to %(partner)s is on its way.", partner=partner_name(code)), "ok")
    return _back(reference)


@endorsements.route("/desk/proposals/<reference>/endorsements/<code>/signatory", methods=["GET", "POST"])
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def signatory(reference: str, code: str) -> Answer:
    """Name who signs instead; another member of the secretariat confirms it here."""
    with wiring().open_reading() as session:
        naming = find_naming(session, rulebook(), actor(), reference, code, now=moment())
    form = SignatoryForm()
    form.person_id.choices = [(str(person), name) for person, name in naming.candidates]
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.name_signatory(
                    work, reference, code, person_id=int(form.person_id.data), designation=form.designation.data
                )
        except Invalid as refusal:
            _say(form, refusal)
        else:
            flash(_("Named. Another member of the secretariat has to confirm it."), "ok")
            return _back(reference)
    page = render_template("endorsements/signatory.html", form=form, naming=naming, confirming=PlainForm())
    return (page, 422) if form.errors else page


@endorsements.post("/desk/proposals/<reference>/endorsements/<code>/signatory/<int:event_id>/confirm")
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def confirm_signatory(reference: str, code: str, event_id: int) -> Response:
    """Confirm whom another member of the secretariat has named; the letter goes to them."""
    with wiring().open_work(actor()) as work:
        verbs.confirm_signatory(work, reference, code, event_id=event_id)
    flash(_("Confirmed. The letter is on its way."), "ok")
    return _back(reference)


@endorsements.route("/desk/proposals/<reference>/endorsements/<code>/replace", methods=["GET", "POST"])
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def replace(reference: str, code: str) -> Answer:
    """Choose another person who signs for the partner's office (row 24)."""
    with wiring().open_reading() as session:
        found = find_replacing(session, rulebook(), actor(), reference, code, now=moment())
    form = ReplacingForm()
    form.person_id.choices = [(str(person), name) for person, name in found.candidates]
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.replace_signatory(work, reference, code, person_id=int(form.person_id.data))
        except Invalid as refusal:
            _say(form, refusal)
        else:
            flash(_("Another person signs for %(partner)s now, and is told.", partner=partner_name(code)), "ok")
            return _back(reference)
    page = render_template("endorsements/replace.html", form=form, found=found, once=form_key())
    return (page, 422) if form.errors else page


@endorsements.route("/desk/proposals/<reference>/endorsements/<code>/reopen", methods=["GET", "POST"])
@opens_to(Action.MEND_ENDORSEMENT, judged_by_verb=True)
def reopen(reference: str, code: str) -> Answer:
    """Ask before a partner that lapsed is asked once more."""
    found = _load(reference)
    if not any(case.partner_code == code and case.can_reopen for case in found.cases):
        raise NotFound
    form = ReasonForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.reopen(work, reference, code, reason=form.reason.data)
        except Invalid as refusal:
            _say(form, refusal)
        else:
            flash(_("%(partner)s is asked once more.", partner=partner_name(code)), "ok")
            return _back(reference)
    page = render_template("endorsements/reopen.html", form=form, found=found, code=code, once=form_key())
    return (page, 422) if form.errors else page


def _load(reference: str) -> DeskPage:
    with wiring().open_reading() as session:
        return find_desk(session, rulebook(), actor(), reference, moment())


def _say(form: FlaskForm, refusal: Invalid) -> None:
    for problem in refusal.problems:
        form[problem.field].say(problem_words(problem))


def _back(reference: str) -> Response:
    return redirect(url_for("endorsements.on_desk", reference=reference), 303)
