"""What the panel said of a proposal, for those who may read it, and the panel's thread (R42, R45)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import form_key, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.access import find_proposal, may
from webapp.queries.reviews import list_messages, panel_summary, readable_versions
from webapp.services.reviews.thread import write_message

Answer = str | tuple[str, int] | Response


@reviews.get("/proposals/<reference>/reviews")
@opens_to(Action.READ_REVIEWS, judged_by_verb=True)
def read_reviews(reference: str) -> Answer:
    """The reviews of the last version that the reader may read; names only for those who may know them."""
    return _show(reference)


@reviews.post("/proposals/<reference>/reviews")
@opens_to(Action.READ_REVIEWS, judged_by_verb=True)
def write(reference: str) -> Answer:
    """Write to the panel."""
    try:
        with wiring().open_work(actor()) as work:
            write_message(work, reference, request.form.get("text", ""), form_key=form_key())
    except Invalid as invalid:
        return _show(reference, [("#text", problem_words(problem)) for problem in invalid.problems]), 422
    flash(_("Your message is in the thread."), "ok")
    return redirect(url_for("reviews.read_reviews", reference=reference, _anchor="thread"), 303)


def _show(reference: str, errors: list[tuple[str, str]] | None = None) -> str:
    rules, who = rulebook(), actor()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, who, reference, Action.READ_REVIEWS)
        knows_names = may(who, Action.READ_REVIEWERS, head.facts)
        versions = readable_versions(session, who, head)
        summary = (
            panel_summary(session, rules, head.id, versions[0], named=knows_names, reader_id=who.person_id)
            if versions
            else None
        )
        is_staff = may(who, Action.DELIBERATE, head.facts)
        thread = list_messages(session, who, head) if knows_names else None
    return render_template(
        "reviews/reading.html",
        head=head,
        summary=summary,
        thread=thread,
        is_staff=is_staff,
        can_write=is_staff or who.person_id in head.facts.reviewers,
        errors=errors or [],
        typed=request.form.get("text", ""),
        once=form_key(),
    )
