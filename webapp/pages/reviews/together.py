"""Several invitations answered at once, each with its own word on conflicts of interest (R38, R42)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, Refusal
from webapp.domain.policy import Action
from webapp.domain.reviews import COMMENT_AT_MOST
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries.proposals.reading import ProposalView, read_proposal
from webapp.queries.reviews import OwnAssignment, find_own
from webapp.services.reviews.answer import accept_invitation, decline_invitation

AT_MOST = 20
"""So many at once: each is read, not waved through."""

ACCEPT, DECLINE = "accept", "decline"
Chosen = list[tuple[OwnAssignment, ProposalView]]


class DeclineAllForm(FlaskForm):
    """One reason for all that are declined."""

    reason = CharsField(
        _l("Reason for those you decline"),
        max_chars=COMMENT_AT_MOST,
        rows=3,
        description=_l("Needed where you decline. The secretariat reads it."),
    )


@reviews.post("/reviews/answer")
@opens_to(Action.SEE_REVIEW_QUEUE)
def answer_together() -> str | tuple[str, int] | Response:
    """The selected invitations on one page, and each of its answers made on its own; what is left is shown again."""
    chosen = _chosen()
    form = DeclineAllForm()
    problems: dict[str, str] = {}
    done = 0
    if request.form.get("act") == "answer":
        for own, _read in chosen:
            problem = _answer(own.public_id, form.reason.data)
            if problem is None:
                done += 1
            elif problem:
                problems[own.public_id] = problem
        if not problems:
            chosen = []
    if done:
        flash(ngettext("%(num)s invitation is answered.", "%(num)s invitations are answered.", done), "ok")
    if not chosen:
        return redirect(url_for("reviews.queue"), 303)
    left = [(own, view) for own, view in chosen if own.public_id in problems] if problems else chosen
    page = render_template(
        "reviews/together.html",
        left=left,
        form=form,
        problems=problems,
        errors=[(f"#{public_id}", text) for public_id, text in problems.items()],
        given=request.form,
        now=moment(),
    )
    return (page, 422) if problems else page


def _chosen() -> Chosen:
    """The actor's own invitations among those that were selected, as far as they can be answered."""
    found: Chosen = []
    with wiring().open_reading() as session:
        for public_id in list(dict.fromkeys(request.form.getlist("assignment")))[:AT_MOST]:
            try:
                own = find_own(session, rulebook(), actor(), public_id)
            except NotFound:
                continue
            if own.state == "invited" and own.is_open:
                view = read_proposal(session, rulebook(), own.head, version_id=own.version_id)
                found.append((own, view))
    return found


def _answer(public_id: str, reason: str) -> str | None:
    """Make one answer: None where it is made, nothing where it is left for later, else what stands in its way."""
    word = request.form.get(f"word-{public_id}", "")
    try:
        with wiring().open_work(actor()) as work:
            if word == ACCEPT:
                accept_invitation(work, public_id, no_conflict=bool(request.form.get(f"clear-{public_id}")))
            elif word == DECLINE:
                decline_invitation(work, public_id, reason=reason)
            else:
                return ""
    except Invalid as invalid:
        return " ".join(problem_words(problem) for problem in invalid.problems)
    except Refusal as refusal:
        return refusal_words(refusal)
    return None
