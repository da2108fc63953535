"""Working on a proposal together: colleagues invited by mail, joined, removed (R13)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.proposals.forms import CollaboratorForm
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to, public
from webapp.pages.shared.problem_words import words
from webapp.queries.access import find_proposal
from webapp.queries.proposals import lists
from webapp.services.proposals import collaborators as verbs


@proposals.route("/proposals/<reference>/collaborators", methods=["GET", "POST"])
@opens_to(Action.SHARE_PROPOSAL, judged_by_verb=True)
def collaborators(reference: str) -> Any:
    """Who works on the proposal; invite one more."""
    form = CollaboratorForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                verbs.invite_collaborator(work, reference, form.email.data, form.role.data or "", form_key=form_key())
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(words(problem))
        else:
            flash(_("The invitation is on its way to %(email)s.", email=form.email.data), "ok")
            return redirect(url_for("proposals.collaborators", reference=reference), 303)
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.SHARE_PROPOSAL)
        people = lists.list_working(session, head.id, head.owner_id)
        invited = lists.list_invitations(session, head.id, moment())
    page = render_template(
        "proposals/collaborators.html", head=head, people=people, invited=invited, form=form, once=form_key()
    )
    return page, 422 if form.errors else 200


@proposals.post("/proposals/<reference>/collaborators/<int:person_id>/remove")
@opens_to(Action.SHARE_PROPOSAL, judged_by_verb=True)
def remove_collaborator(reference: str, person_id: int) -> Response:
    """End somebody's work on the proposal."""
    with wiring().open_work(actor()) as work:
        verbs.remove_collaborator(work, reference, person_id)
    flash(_("They cannot see the proposal any more."), "ok")
    return redirect(url_for("proposals.collaborators", reference=reference), 303)


@proposals.post("/proposals/<reference>/collaborators/invitations/<int:link_id>/take-back")
@opens_to(Action.SHARE_PROPOSAL, judged_by_verb=True)
def take_back_invitation(reference: str, link_id: int) -> Response:
    """End an invitation that is not accepted yet."""
    with wiring().open_work(actor()) as work:
        verbs.take_back_invitation(work, reference, link_id)
    flash(_("The invitation cannot be used any more."), "ok")
    return redirect(url_for("proposals.collaborators", reference=reference), 303)


@proposals.route("/proposals/<reference>/collaborators/<int:person_id>/hand-over", methods=["GET", "POST"])
@opens_to(Action.SHARE_PROPOSAL, judged_by_verb=True)
def hand_over(reference: str, person_id: int) -> Any:
    """Offer the proposal to somebody who works on it, after a confirm page."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            verbs.offer_ownership(work, reference, person_id, form_key=form_key())
        flash(_("The offer is on its way. You own the proposal until it is accepted."), "ok")
        return redirect(url_for("proposals.collaborators", reference=reference), 303)
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.SHARE_PROPOSAL)
        people = lists.list_working(session, head.id, head.owner_id)
    name = next((name for number, name, role in people if number == person_id and role != "owner"), None)
    if name is None:
        raise NotFound
    return render_template("proposals/hand_over.html", head=head, name=name, person_id=person_id, once=form_key())


@proposals.route("/collaborations/<token>", methods=["GET", "POST"])
@public("the token is the right, and only the invited address may use it; opening the page changes nothing")
def join(token: str) -> Any:
    """Join a proposal by the link in a mail."""
    if request.method == "POST":
        if actor().is_public:
            return redirect(url_for("people.sign_in", next=request.path), 303)
        with wiring().open_work(actor()) as work:
            reference = verbs.accept_collaboration(work, token)
        return redirect(url_for("proposals.proposal", reference=reference), 303)
    with wiring().open_work(actor()) as work:
        invited = verbs.see_collaboration(work, token)
    is_them = actor().email == invited.email
    return render_template("proposals/join.html", invited=invited, is_them=is_them, here=request.path)
