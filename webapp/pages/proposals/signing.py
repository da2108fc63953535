"""The page behind a signatory's mailed link, and asking for the signature (R69, R35)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.proposals.forms import CertifyForm, SendBackForm
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to, public
from webapp.pages.shared.problem_words import words
from webapp.queries.access import find_head_by_id
from webapp.queries.proposals.reading import read_proposal
from webapp.services.proposals import sign_off as verbs


@proposals.post("/proposals/<reference>/sign-offs/<int:organisation_id>")
@opens_to(Action.SUBMIT_PROPOSAL, judged_by_verb=True)
def ask_sign_off(reference: str, organisation_id: int) -> Response:
    """Ask the organisation's signatory to certify the proposal as it stands."""
    try:
        with wiring().open_work(actor()) as work:
            verbs.ask_sign_off(work, reference, organisation_id)
        flash(_("The signatory has been asked. We write to you when the proposal is signed or sent back."), "ok")
    except Invalid:
        flash(_("Mend what is missing first. The signatory signs the whole proposal."), "bad")
    return redirect(url_for("proposals.check", reference=reference, _anchor="sign-off"), 303)


@proposals.get("/sign-offs/<token>")
@public("the token is the right; opening the page changes nothing")
def sign_off(token: str) -> str:
    """The proposal as it stands, to be certified in the organisation's name, or sent back."""
    return _page(token)


@proposals.post("/sign-offs/<token>/sign")
@public("the token is the right, and the form says who certifies")
def certify(token: str) -> Any:
    """Certify what was read; where it was changed meanwhile, nothing is signed."""
    form = CertifyForm()
    try:
        with wiring().open_work(actor()) as work:
            verbs.certify(
                work,
                token,
                seen_sha256=request.form.get("sha256", ""),
                name=form.name.data or "",
                certified=bool(form.certified.data),
            )
    except Invalid as refusal:
        for problem in refusal.problems:
            form[problem.field].say(words(problem))
        return _page(token, certifying=form), 422
    flash(_("Thank you. The proposal is signed as you read it; the applicant can submit it."), "ok")
    return redirect(url_for("proposals.sign_off", token=token), 303)


@proposals.post("/sign-offs/<token>/send-back")
@public("the token is the right, and the form says why")
def send_back(token: str) -> Any:
    """Send it back with a reason."""
    form = SendBackForm()
    try:
        with wiring().open_work(actor()) as work:
            verbs.send_back(work, token, reason=form.reason.data or "")
    except Invalid as refusal:
        for problem in refusal.problems:
            form[problem.field].say(words(problem))
        return _page(token, sending_back=form), 422
    flash(_("The proposal is sent back. The applicant reads your reason."), "ok")
    return redirect(url_for("proposals.sign_off", token=token), 303)


def _page(token: str, *, certifying: Any = None, sending_back: Any = None) -> str:
    with wiring().open_work(actor()) as work:
        asked = verbs.see_sign_off(work, token)
    with wiring().open_reading() as session:
        head = find_head_by_id(session, wiring().rules, asked.proposal_id)
        if head is None:
            raise NotFound
        view = read_proposal(session, wiring().rules, head, draft=True)
    return render_template(
        "proposals/sign_off.html",
        asked=asked,
        head_=head,
        view=view,
        token=token,
        certifying=certifying or CertifyForm(formdata=None, data={"name": asked.signatory}),
        sending_back=sending_back or SendBackForm(formdata=None),
        form=certifying or sending_back,
    )
