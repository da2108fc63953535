"""A reviewer's own assignment: the invitation with its answers, then the review; leaving it (R38, R42)."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.reviews.forms import AcceptForm, DeclineForm, LeaveForm
from webapp.pages.reviews.room import reviews
from webapp.pages.reviews.sheet import show_sheet
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.proposals.reading import read_proposal
from webapp.queries.reviews import OwnAssignment, find_own
from webapp.services.reviews import answer as verbs
from webapp.services.work import UnitOfWork

Answer = str | tuple[str, int] | Response


@reviews.get("/reviews/<public_id>")
@opens_to(Action.REVIEW, judged_by_verb=True)
def assignment(public_id: str) -> Answer:
    """The invitation while it waits for an answer, the proposal with the score sheet after that (R35)."""
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
    return show_invitation(own, AcceptForm()) if own.state == "invited" else show_sheet(own)


@reviews.post("/reviews/<public_id>/accept")
@opens_to(Action.REVIEW, judged_by_verb=True)
def accept(public_id: str) -> Answer:
    """Take the review on."""
    form = AcceptForm()
    try:
        with wiring().open_work(actor()) as work:
            verbs.accept_invitation(work, public_id, no_conflict=form.no_conflict.data)
    except Invalid as invalid:
        say(form, invalid)
        with wiring().open_reading() as session:
            own = find_own(session, rulebook(), actor(), public_id)
        return show_invitation(own, form), 422
    flash(_("Thank you. You can write your review now; it is saved as you type."), "ok")
    return redirect(url_for("reviews.assignment", public_id=public_id), 303)


@reviews.route("/reviews/<public_id>/decline", methods=["GET", "POST"])
@opens_to(Action.REVIEW, judged_by_verb=True)
def decline(public_id: str) -> Answer:
    """Ask before an invitation is declined, and decline it."""
    form = DeclineForm()
    return _leave(
        public_id,
        form,
        "reviews/decline.html",
        lambda work: verbs.decline_invitation(
            work, public_id, reason=form.reason.data, suggestion=form.suggestion.data, form_key=form_key()
        ),
        _("You declined the invitation. Thank you for the answer."),
    )


@reviews.route("/reviews/<public_id>/conflict", methods=["GET", "POST"])
@opens_to(Action.REVIEW, judged_by_verb=True)
def conflict(public_id: str) -> Answer:
    """Ask before a conflict of interest is declared, and declare it."""
    form = LeaveForm()
    return _leave(
        public_id,
        form,
        "reviews/conflict.html",
        lambda work: verbs.declare_conflict(work, public_id, reason=form.reason.data, form_key=form_key()),
        _("Thank you. You are no longer asked to review this proposal."),
    )


@reviews.route("/reviews/<public_id>/step-back", methods=["GET", "POST"])
@opens_to(Action.REVIEW, judged_by_verb=True)
def step_back(public_id: str) -> Answer:
    """Ask before a reviewer steps back, and let them."""
    form = LeaveForm()
    return _leave(
        public_id,
        form,
        "reviews/step_back.html",
        lambda work: verbs.recuse_oneself(work, public_id, reason=form.reason.data, form_key=form_key()),
        _("You stepped back. Somebody else will be asked."),
    )


def show_invitation(own: OwnAssignment, form: AcceptForm) -> str:
    """The invitation: enough of the proposal to know whether one may and can review it."""
    with wiring().open_reading() as session:
        view = read_proposal(session, rulebook(), own.head, version_id=own.version_id)
    return render_template("reviews/invitation.html", own=own, view=view, form=form, now=moment())


def say(form: FlaskForm, invalid: Invalid) -> None:
    """Put each problem at its field."""
    for problem in invalid.problems:
        field = form._fields.get(problem.field) or next(iter(form))
        field.say(problem_words(problem))


def _leave(public_id: str, form: FlaskForm, template: str, verb: Callable[[UnitOfWork], None], said: str) -> Answer:
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verb(work)
        except Invalid as invalid:
            say(form, invalid)
        else:
            flash(said, "ok")
            return redirect(url_for("reviews.queue"), 303)
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
    page = render_template(template, own=own, form=form, once=form_key())
    return (page, 422) if form.errors else page
