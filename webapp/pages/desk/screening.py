"""Screening: the checks beside the proposal, and the pages that ask before it is passed, returned or closed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.proposals import SECTIONS
from webapp.pages.desk.checks import screening_checks
from webapp.pages.desk.moves import asking, buttons, offered, say, sent_revision
from webapp.pages.desk.room import desk
from webapp.pages.desk.tabs import tabs
from webapp.pages.desk.words import stage_words, turn_words
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.queries.proposals.reading import read_proposal
from webapp.queries.screening import DeskProposal, find_desk_proposal
from webapp.services.screening import REASON_AT_MOST, find_ineligible, pass_screening, return_for_changes

Answer = str | tuple[str, int] | Response


class PassForm(FlaskForm):
    """A note for colleagues when a proposal passes."""

    note = CharsField(
        _l("Note for the record"),
        max_chars=REASON_AT_MOST,
        rows=3,
        description=_l("Read by the secretariat and auditors alone."),
    )


class ReturnForm(FlaskForm):
    """Why a proposal is returned, as a whole and section by section."""

    reason = CharsField(
        _l("What has to change"),
        max_chars=REASON_AT_MOST,
        rows=5,
        required=_l("Say what has to change. The applicant reads it."),
        description=_l("The applicant reads it on the proposal’s page."),
    )


for _section in SECTIONS:
    setattr(ReturnForm, _section, CharsField(SECTION_NAMES[_section], max_chars=REASON_AT_MOST, rows=2))


class IneligibleForm(FlaskForm):
    """Why a proposal is not eligible."""

    reason = CharsField(
        _l("Why it is not eligible"),
        max_chars=REASON_AT_MOST,
        rows=5,
        required=_l("Say why it is not eligible. The applicant reads it."),
        description=_l("The applicant reads it on the proposal’s page."),
    )


@desk.get("/desk/proposals/<reference>/screening")
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def screening(reference: str) -> str:
    """What a screener looks at: the checks first, then the whole proposal."""
    rules = rulebook()
    with wiring().open_reading() as session:
        found = find_desk_proposal(session, rules, actor(), reference, now=moment(), to=Action.SCREEN_PROPOSAL)
        view = read_proposal(session, rules, found.head)
    return render_template(
        "desk/screening.html",
        found=found,
        view=view,
        checks=screening_checks(view, rules.initiative),
        tag_words=stage_words(found.row),
        turn=turn_words(found.stage),
        buttons=buttons(found),
        tabs=tabs(found, "screening"),
        now=moment(),
    )


@desk.route("/desk/proposals/<reference>/screening/pass", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def pass_it(reference: str) -> Answer:
    """Ask before a proposal passes screening."""
    form = PassForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            pass_screening(work, reference, revision=sent_revision(), note=form.note.data, form_key=form_key())
        return _done(reference, _("The proposal has passed screening. Its partners are asked to endorse it."))
    return _ask("desk/pass.html", reference, "pass_screening", form)


@desk.route("/desk/proposals/<reference>/screening/return", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def return_it(reference: str) -> Answer:
    """Ask before a proposal is returned to its applicant, with a reason, section by section where wanted."""
    form = ReturnForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                return_for_changes(
                    work,
                    reference,
                    revision=sent_revision(),
                    reason=form.reason.data,
                    sections={section: form[section].data for section in SECTIONS},
                    form_key=form_key(),
                )
            return _done(reference, _("The proposal is returned. The applicant is told."))
        except Invalid as invalid:
            say(form, invalid)
    return _ask("desk/return.html", reference, "return_for_changes", form)


@desk.route("/desk/proposals/<reference>/screening/ineligible", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def find_it_ineligible(reference: str) -> Answer:
    """Ask before a proposal is closed as not eligible."""
    form = IneligibleForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                find_ineligible(work, reference, revision=sent_revision(), reason=form.reason.data, form_key=form_key())
            return _done(reference, _("The proposal is closed as not eligible. The applicant is told."))
        except Invalid as invalid:
            say(form, invalid)
    return _ask("desk/ineligible.html", reference, "find_ineligible", form)


def _ask(template: str, reference: str, move_id: str, form: FlaskForm) -> Answer:
    with wiring().open_reading() as session:
        found: DeskProposal = find_desk_proposal(
            session, rulebook(), actor(), reference, now=moment(), to=Action.SCREEN_PROPOSAL
        )
    page = render_template(
        template, form=form, sections=SECTIONS, action=request.path, **asking(found, offered(found, move_id))
    )
    return (page, 422) if form.errors else page


def _done(reference: str, words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("desk.proposal", reference=reference), 303)
