"""The applicant's side: conditions and their evidence, and the one appeal (R29, R48)."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action, is_party
from webapp.domain.workflow import moves_from
from webapp.pages.decisions.forms import EvidenceForm, ReasonForm
from webapp.pages.decisions.room import decisions
from webapp.pages.decisions.words import CONDITION_STATES, DECIDED, TONES
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.fields.files import plain_name
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries import decisions as ask
from webapp.queries.access import ProposalHead, find_proposal, may
from webapp.queries.workflow import find_appeal_offer
from webapp.services.decisions.appeal import appeal as appeal_verb
from webapp.services.decisions.conditions import submit_evidence


@decisions.get("/proposals/<reference>/decision")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def own_decision(reference: str) -> str:
    """The decision's letter and reasons, and its conditions, for those who work on the proposal."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.READ_PROPOSAL)
        if not is_party(actor(), head.facts):
            raise NotFound
        found = _confirmed(session, head)
        offer = find_appeal_offer(session, rulebook(), actor(), head, moment())
    return render_template(
        "decisions/own_decision.html",
        head=head,
        found=found,
        decided=DECIDED,
        tones=TONES,
        condition_states=CONDITION_STATES,
        can_show=may(actor(), Action.SUBMIT_EVIDENCE, head.facts)
        and any(move.guard == "no_condition_open" for move in _moves(head.workflow, head.stage)),
        appealing=offer if may(actor(), Action.APPEAL, head.facts) else None,
        no_appeal=refusal_words(offer.refusal) if offer and offer.refusal else "",
    )


@decisions.route("/proposals/<reference>/conditions/<int:number>", methods=["GET", "POST"])
@opens_to(Action.SUBMIT_EVIDENCE, judged_by_verb=True)
def evidence(reference: str, number: int) -> Any:
    """Show how a condition is met."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.SUBMIT_EVIDENCE)
        lines = [line for one in _confirmed(session, head)[:1] for line in one.conditions]
    line = next((line for line in lines if line.number == number), None)
    if line is None:
        raise NotFound
    form = EvidenceForm(data={"evidence": line.evidence})
    form.files.max_bytes = wiring().rules.limits.upload_bytes
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                files = [(plain_name(file), cast(BinaryIO, file.stream)) for file in form.files.data]
                file = next(iter(files), None)
                submit_evidence(work, reference, number, evidence=form.evidence.data, file=file, form_key=form_key())
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(words(problem))
        else:
            flash(_("Your evidence is with the secretariat."), "ok")
            return redirect(url_for("decisions.own_decision", reference=reference), 303)
    page = render_template("decisions/evidence.html", head=head, line=line, form=form, once=form_key())
    return page, 422 if form.errors else 200


@decisions.route("/proposals/<reference>/appeal", methods=["GET", "POST"])
@opens_to(Action.APPEAL, judged_by_verb=True)
def appeal(reference: str) -> Any:
    """Ask for the decision to be looked at anew, once."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.APPEAL)
        offer = find_appeal_offer(session, rulebook(), actor(), head, moment())
    form = ReasonForm()
    if request.method == "GET" and offer and offer.refusal:
        raise offer.refusal
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            revision = request.form.get("revision", 0, int)
            appeal_verb(work, reference, reason=form.reason.data, revision=revision, form_key=form_key())
        flash(_("Your appeal is made. Somebody who had no part in the decision looks at it."), "ok")
        return redirect(url_for("decisions.own_decision", reference=reference), 303)
    return render_template("decisions/appeal.html", head=head, form=form, once=form_key()), 422 if form.errors else 200


def _moves(workflow: tuple[str, int], stage: str) -> Any:
    return moves_from(rulebook().workflow(workflow), stage)


def _confirmed(session: Any, head: ProposalHead) -> list[ask.DecisionView]:
    return [one for one in ask.list_decisions(session, head.id) if one.state == "confirmed"]
