"""Questions to the applicant: asked by staff and panel, answered by the applicant, read by all inside."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, NotNow
from webapp.domain.policy import Action, is_on_panel
from webapp.domain.workflow import find_stage
from webapp.pages.clarifications.forms import answer_form, ask_form
from webapp.pages.clarifications.room import clarifications
from webapp.pages.clarifications.words import ASKERS, state_tag
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.field_words import field_words
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.access import ProposalHead, find_proposal, may
from webapp.queries.clarifications import ClarificationLine, list_clarifications
from webapp.services.clarifications.answer import answer_question
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.clarifications.withdraw import withdraw_question

__all__ = ["clarifications"]


@clarifications.get("/proposals/<reference>/questions")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def questions(reference: str) -> str:
    """All questions with their answers."""
    head, found = _find(reference, Action.READ_PROPOSAL)
    asks = may(actor(), Action.ASK_CLARIFICATION, head.facts)
    return render_template(
        "clarifications/questions.html",
        **_common(head),
        found=found,
        can_ask=asks and _is_under_way(head),
        withdraws=asks,
        answers=may(actor(), Action.ANSWER_CLARIFICATION, head.facts),
    )


@clarifications.route("/proposals/<reference>/questions/ask", methods=["GET", "POST"])
@opens_to(Action.ASK_CLARIFICATION, judged_by_verb=True)
def ask(reference: str) -> Any:
    """Write a question to the applicant."""
    head, _found = _find(reference, Action.ASK_CLARIFICATION)
    if not _is_under_way(head):
        raise NotNow("clarification_not_now")
    form = ask_form()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                ask_applicant(work, reference, form.ask(), form_key=form_key())
            flash(_("The applicant is asked, and told by mail."), "ok")
            return redirect(url_for("clarifications.questions", reference=reference), 303)
        except Invalid as invalid:
            for problem in invalid.problems:
                form._fields.get(problem.field, form.question).say(words(problem))
    is_panel = is_on_panel(actor(), head.facts)
    page = render_template("clarifications/ask.html", **_common(head), form=form, is_panel=is_panel, once=form_key())
    return page, 422 if form.errors else 200


@clarifications.route("/proposals/<reference>/questions/<int:clarification_id>", methods=["GET", "POST"])
@opens_to(Action.ANSWER_CLARIFICATION, judged_by_verb=True)
def answer(reference: str, clarification_id: int) -> Any:
    """Answer a question."""
    head, found = _find(reference, Action.ANSWER_CLARIFICATION)
    line = next((one for one in found if one.id == clarification_id), None)
    if line is None:
        raise NotFound
    form = answer_form(line.fields)
    if form.validate_on_submit():
        given = {one.field: form[f"field_{number}"].data or "" for number, one in enumerate(line.fields)}
        with wiring().open_work(actor()) as work:
            answer_question(
                work, reference, line.id, answer=form["answer"].data or "", answers=given, form_key=form_key()
            )
        flash(_("Your answer is sent. It is part of the record of the proposal."), "ok")
        return redirect(url_for("clarifications.questions", reference=reference), 303)
    if line.state != "open":
        raise NotNow("clarification_closed")
    places = [form[f"field_{number}"] for number in range(len(line.fields))]
    page = render_template(
        "clarifications/answer.html", **_common(head), form=form, line=line, places=places, once=form_key()
    )
    return page, 422 if form.errors else 200


@clarifications.post("/proposals/<reference>/questions/<int:clarification_id>/withdraw")
@opens_to(Action.ASK_CLARIFICATION, judged_by_verb=True)
def withdraw(reference: str, clarification_id: int) -> Response:
    """Take a question back."""
    with wiring().open_work(actor()) as work:
        withdraw_question(work, reference, clarification_id)
    flash(_("The question is taken back. The applicant is told."), "ok")
    return redirect(url_for("clarifications.questions", reference=reference), 303)


def _find(reference: str, to: Action) -> tuple[ProposalHead, list[ClarificationLine]]:
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, to)
        return head, list_clarifications(session, actor(), head.id)


def _common(head: ProposalHead) -> dict[str, Any]:
    return {
        "head": head,
        "own": may(actor(), Action.READ_OWN_WORK, head.facts),
        "is_staff": may(actor(), Action.SCREEN_PROPOSAL, head.facts),
        "askers": ASKERS,
        "state_tag": state_tag,
        "field_name": field_words,
        "now": moment(),
    }


def _is_under_way(head: ProposalHead) -> bool:
    stage = find_stage(rulebook().workflow(head.workflow), head.stage)
    return stage.is_live and head.submitted_at is not None
