"""Deliberation and decision: what the panel said, a draft by one, its confirmation by another (R45–R48)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.decisions import PENDING_DECISIONS, decides
from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.decisions.forms import DraftForm, LetterFileForm, given_conditions, padded, read_conditions, say
from webapp.pages.decisions.room import decisions
from webapp.pages.decisions.words import ALIGNMENTS, CONDITION_STATES, DECIDED, RECOMMENDATIONS, TONES, first_letter
from webapp.pages.shared.context import form_key, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries import decisions as ask
from webapp.queries.access import find_proposal, may
from webapp.queries.people import find_account
from webapp.queries.reviews import list_messages, panel_summary
from webapp.services.decisions import conditions, confirm, draft
from webapp.services.decisions.letter import preview_letter
from webapp.services.reviews.thread import write_message


@decisions.route("/desk/proposals/<reference>/decision", methods=["GET", "POST"])
@opens_to(Action.DELIBERATE, judged_by_verb=True)
def decision(reference: str) -> Any:
    """The deliberation page, with the form of the draft."""
    page = deliberation(reference)
    form = DraftForm(data=page["given"])
    rows = given_conditions() if request.method == "POST" else page["rows"]
    if form.validate_on_submit() and not form.errors:
        try:
            return _save(reference, form, rows, page)
        except Invalid as refusal:
            say(form, refusal.problems)
    return (
        render_template("decisions/decision.html", form=form, **{**page, "rows": padded(rows)}),
        422 if form.errors else 200,
    )


@decisions.route("/desk/proposals/<reference>/decision/confirm", methods=["GET", "POST"])
@opens_to(Action.CONFIRM_DECISION, judged_by_verb=True)
def confirm_decision(reference: str) -> Any:
    """The letter as it will be sent, and the second pair of eyes (R46)."""
    if request.method == "POST":
        hold = request.form.get("act") == "hold"
        with wiring().open_work(actor()) as work:
            revision = request.form.get("revision", 0, int)
            confirm.confirm_decision(work, reference, revision=revision, hold=hold, form_key=form_key())
        flash(
            _("The decision is confirmed and held. Release it when its letter is to go out.")
            if hold
            else _("The decision is confirmed. The letter is on its way."),
            "ok",
        )
        return redirect(url_for("decisions.decision", reference=reference), 303)
    with wiring().open_work(actor()) as work:
        head = find_proposal(work.session, work.rules, actor(), reference, Action.CONFIRM_DECISION)
        letter = preview_letter(work, head.id)
        drafted = next(one for one in ask.list_decisions(work.session, head.id) if one.state in PENDING_DECISIONS)
    return render_template(
        "decisions/confirm.html", head=head, letter=letter, drafted=drafted, decided=DECIDED, once=form_key()
    )


@decisions.route("/desk/proposals/<reference>/decision/release", methods=["GET", "POST"])
@opens_to(Action.DRAFT_DECISION, judged_by_verb=True)
def release_decision(reference: str) -> Any:
    """Ask before a staged decision takes effect, and let it (R75)."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            revision = request.form.get("revision", 0, int)
            confirm.release_decision(work, reference, revision=revision, form_key=form_key())
        flash(_("The decision is released. The letter is on its way."), "ok")
        return redirect(url_for("decisions.decision", reference=reference), 303)
    with wiring().open_work(actor()) as work:
        head = find_proposal(work.session, work.rules, actor(), reference, Action.DRAFT_DECISION)
        letter = preview_letter(work, head.id)
        drafted = next(one for one in ask.list_decisions(work.session, head.id) if one.state in PENDING_DECISIONS)
    return render_template(
        "decisions/release.html", head=head, letter=letter, drafted=drafted, decided=DECIDED, once=form_key()
    )


@decisions.post("/desk/proposals/<reference>/decision/discard")
@opens_to(Action.DRAFT_DECISION, judged_by_verb=True)
def discard(reference: str) -> Response:
    """Set the draft aside."""
    with wiring().open_work(actor()) as work:
        draft.discard_decision(work, reference, revision=request.form.get("revision", 0, int))
    flash(_("The draft is discarded. Nobody else has seen it."), "ok")
    return redirect(url_for("decisions.decision", reference=reference), 303)


@decisions.post("/desk/proposals/<reference>/thread")
@opens_to(Action.DELIBERATE, judged_by_verb=True)
def write_to_panel(reference: str) -> Any:
    """Write into the panel's thread (R45)."""
    try:
        with wiring().open_work(actor()) as work:
            write_message(work, reference, request.form.get("text", ""), form_key=form_key())
    except Invalid as refusal:
        page = deliberation(reference)
        errors = [("#text", words(problem)) for problem in refusal.problems]
        typed = {"typed": request.form.get("text", ""), "errors": errors}
        form = DraftForm(formdata=None, data=page["given"])
        return render_template(
            "decisions/decision.html", form=form, **{**page, "rows": padded(page["rows"])}, **typed
        ), 422
    return redirect(url_for("decisions.decision", reference=reference) + "#thread", 303)


@decisions.post("/desk/proposals/<reference>/conditions/<int:number>")
@opens_to(Action.SETTLE_CONDITION, judged_by_verb=True)
def settle(reference: str, number: int) -> Any:
    """A condition is met, waived with a reason, or its evidence is not enough (R48)."""
    outcome, reason = request.form.get("outcome", ""), request.form.get("reason", "")
    given: dict[str, Any] = {"reason": reason, "revision": request.form.get("revision", 0, int), "form_key": form_key()}
    try:
        with wiring().open_work(actor()) as work:
            if outcome == "ask_more":
                conditions.ask_more(work, reference, number, **given)
            else:
                conditions.settle_condition(work, reference, number, outcome=outcome, **given)
    except Invalid as refusal:
        return _refused(reference, {"number": number, "reason": reason, "error": words(refusal.problems[0])})
    flash(
        _("The condition is open again. The applicant is told why.")
        if outcome == "ask_more"
        else _("The condition is settled."),
        "ok",
    )
    return redirect(url_for("decisions.decision", reference=reference) + "#conditions", 303)


def _refused(reference: str, settling: dict[str, Any]) -> Any:
    """The page with what was typed for a condition and why it was refused, at its place."""
    page = deliberation(reference)
    form = DraftForm(formdata=None, data=page["given"])
    given = {**page, "rows": padded(page["rows"]), "settling": settling}
    return render_template("decisions/decision.html", form=form, **given), 422


def deliberation(reference: str) -> dict[str, Any]:
    """What the deliberation page shows, besides its form."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.DELIBERATE)
        found = ask.list_decisions(session, head.id)
        appeal = ask.find_appeal(session, head.id)
        summary = panel_summary(session, rules, head.id, head.version_id, named=True) if head.version_id else None
        thread = list_messages(session, actor(), head)
        applicant = find_account(session, head.owner_id)
    drafted = next((one for one in found if one.state in PENDING_DECISIONS), None)
    given = {name: getattr(drafted, name) for name in ("outcome", "reason", "letter", "lets_join")} if drafted else {}
    return {
        "head": head,
        "found": [one for one in found if one.state == "confirmed"],
        "drafted": drafted,
        "appeal": appeal,
        "decided_before": actor().person_id in head.facts.deciders,
        "given": given,
        "rows": [(line.text, line.due_on.isoformat() if line.due_on else "") for line in drafted.conditions]
        if drafted
        else [],
        "summary": summary,
        "thread": thread,
        "applicant": applicant,
        "can_decide": decides(rules.workflow(head.workflow), head.stage)
        and may(actor(), Action.DRAFT_DECISION, head.facts),
        "can_confirm": drafted is not None
        and drafted.state == "drafted"
        and may(actor(), Action.CONFIRM_DECISION, head.facts),
        "decided": DECIDED,
        "tones": TONES,
        "condition_states": CONDITION_STATES,
        "recommendations": RECOMMENDATIONS,
        "alignments": ALIGNMENTS,
        "once": form_key(),
        "upload_form": LetterFileForm(formdata=None),
    }


def _save(reference: str, form: DraftForm, rows: list[tuple[str, str]], page: dict[str, Any]) -> Response:
    applicant, head = page["applicant"], page["head"]
    letter = form.letter.data.strip() or first_letter(
        form.outcome.data,
        title=head.title,
        name=applicant.address_as or applicant.name,
        language=applicant.language,
    )
    texts = read_conditions(rows)
    with wiring().open_work(actor()) as work:
        draft.draft_decision(
            work,
            reference,
            draft.Draft(form.outcome.data, form.reason.data, letter, texts, lets_join=bool(form.lets_join.data)),
            revision=request.form.get("revision", 0, int),
        )
    flash(_("The draft is saved. Another member of the secretariat confirms it."), "ok")
    return redirect(url_for("decisions.decision", reference=reference) + "#draft", 303)
