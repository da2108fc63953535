"""A reviewer's queue: what to do next, by due time, with a preview beside it (R42)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.policy import Action
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.proposals.reading import read_proposal
from webapp.queries.reviews import PAGE, VIEWS, Queue, find_own, find_queue

PAGES_AT_MOST = 200


@reviews.get("/reviews")
@opens_to(Action.SEE_REVIEW_QUEUE)
def queue() -> str:
    """The reviewer's own assignments in one of the views."""
    view = request.args.get("view", "todo")
    page = min(max(request.args.get("page", 1, int), 1), PAGES_AT_MOST)
    with wiring().open_reading() as session:
        found = find_queue(session, rulebook(), actor(), view, offset=(page - 1) * PAGE)
    return render_template(
        "reviews/queue.html", found=found, page=page, views=_views(found), titles=_titles(), now=moment()
    )


@reviews.get("/reviews/<public_id>/preview")
@opens_to(Action.REVIEW, judged_by_verb=True)
def preview(public_id: str) -> str | Response:
    """What the queue shows beside it; opened by itself it is the whole page."""
    if "X-Preview" not in request.headers:
        return redirect(url_for("reviews.assignment", public_id=public_id))
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
        view = read_proposal(session, rulebook(), own.head, version_id=own.version_id)
    return render_template("reviews/preview.html", own=own, view=view, now=moment())


def _titles() -> dict[str, str]:
    return {
        "todo": _("To do"),
        "to_answer": _("Invitations to answer"),
        "to_review": _("To review"),
        "done": _("Reviews you sent"),
    }


def _views(found: Queue) -> list[tuple[str, list[tuple[str, str, int, bool]]]]:
    titles = _titles()
    lines = [
        (titles[name], url_for("reviews.queue", view=name), found.counts[name], name == found.view) for name in VIEWS
    ]
    return [(_("My reviews"), lines)]
