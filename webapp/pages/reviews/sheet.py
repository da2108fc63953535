"""The review: proposal and score sheet side by side, saved as typed, sent from a page that asks first (R42, R43)."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.adapters.formats import clock_time
from webapp.domain.errors import Stale
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.reviews import is_started, problems
from webapp.pages.reviews.forms import (
    alignment_name,
    claim_article_name,
    claim_name,
    comment_name,
    field_of,
    read_form,
    score_form,
    score_name,
)
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.proposals.reading import read_proposal
from webapp.queries.reviews import OwnAssignment, find_own
from webapp.services.reviews.write import save_review, submit_review

Answer = str | tuple[str, int] | Response


@reviews.post("/reviews/<public_id>/sheet")
@opens_to(Action.REVIEW, judged_by_verb=True)
def save(public_id: str) -> Answer:
    """Keep what is typed; the script does so by itself, the buttons go on from there."""
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
    form = score_form(own.sheet)
    silent = bool(request.headers.get("X-Autosave"))
    try:
        with wiring().open_work(actor()) as work:
            base = request.form.get("base_version", 0, type=int)
            saved = save_review(work, public_id, read_form(form, own.sheet), base_version=base)
    except Stale:
        if silent:
            answer = jsonify(version=own.version, message=_("Not saved: your review was changed in another window."))
            answer.status_code = 409
            return answer
        return show_sheet(own, form=form), 409
    if silent:
        return jsonify(version=saved.version, message=_("Saved at %(time)s", time=clock_time(saved.saved_at)))
    if request.form.get("then") == "send":
        return redirect(url_for("reviews.send", public_id=public_id), 303)
    flash(_("Saved. Nobody else sees your review until you send it."), "ok")
    return redirect(url_for("reviews.assignment", public_id=public_id), 303)


@reviews.route("/reviews/<public_id>/send", methods=["GET", "POST"])
@opens_to(Action.REVIEW, judged_by_verb=True)
def send(public_id: str) -> Answer:
    """Ask before the review is sent, and send it; with answers missing, the sheet that says which."""
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
    found = problems(own.opinion, own.sheet)
    if found and own.can_write:
        return show_sheet(own, missing=found), 422
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            submit_review(work, public_id)
        flash(_("Your review is in. Thank you. You can change it until the decision."), "ok")
        return redirect(url_for("reviews.assignment", public_id=public_id), 303)
    if not own.can_write:
        return redirect(url_for("reviews.assignment", public_id=public_id), 303)
    return render_template("reviews/send.html", own=own)


def show_sheet(own: OwnAssignment, *, form: Any = None, missing: tuple[Problem, ...] = ()) -> str:
    """The page of a review. With `form` another window saved meanwhile: both texts are shown."""
    is_stale = form is not None
    form = form or score_form(own.sheet, own.opinion)
    for problem in missing:
        form[field_of(problem.field)].say(problem_words(problem))
    with wiring().open_reading() as session:
        view = read_proposal(session, rulebook(), own.head, version_id=own.version_id)
    return render_template(
        "reviews/sheet.html",
        own=own,
        view=view,
        form=form,
        is_stale=is_stale,
        is_started=is_started(own.opinion),
        criteria=[(asked, form[score_name(asked.key)], form[comment_name(asked.key)]) for asked in own.sheet.criteria],
        claims=[(one, form[claim_name(one.key)], form[claim_article_name(one.key)]) for one in own.sheet.claims],
        alignment=[(article, form[alignment_name(article)]) for article in own.sheet.articles],
        now=moment(),
    )
