"""The secretariat's list of proposals: filters in the address, search, preview."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.policy import Action
from webapp.pages.desk.filters import address, as_filters, chips_in_force, read_asked, saved_views
from webapp.pages.desk.moves import buttons
from webapp.pages.desk.room import desk
from webapp.pages.desk.words import stage_words, turn_words
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.reader import partner_name
from webapp.queries import desk as ask
from webapp.queries.screening import find_desk_proposal


@desk.get("/desk/proposals")
@opens_to(Action.SEE_DESK)
def list_proposals() -> str:
    """Submitted proposals by due time, fifty a page; all that is chosen stands in the address."""
    rules = rulebook()
    asked = read_asked(request.args, rules)
    page = min(max(request.args.get("page", 1, int), 1), ask.PAGES_AT_MOST)
    with wiring().open_reading() as session:
        found = ask.list_proposals(session, actor(), as_filters(asked, rules), moment(), page=page)
    return render_template(
        "desk/list.html",
        asked=asked,
        found=found,
        views=saved_views(asked, rules),
        chips=chips_in_force(asked),
        address=address,
        page=page,
        articles=rules.initiative.articles,
        partners=sorted(
            ((partner_name(entry.code), entry.code) for entry in rules.initiative.partners), key=lambda one: one[0]
        ),
        stage_words=stage_words,
        most=ask.SEARCHED_AT_MOST,
        now=moment(),
    )


@desk.get("/desk/proposals/<reference>/preview")
@opens_to(Action.SEE_DESK)
def preview(reference: str) -> str | Response:
    """What the list shows beside it of one proposal; opened by itself it is the whole page."""
    if "X-Preview" not in request.headers:
        return redirect(url_for("desk.proposal", reference=reference))
    with wiring().open_reading() as session:
        found = find_desk_proposal(session, rulebook(), actor(), reference, now=moment())
    return render_template(
        "desk/preview.html",
        found=found,
        tag_words=stage_words(found.row),
        turn=turn_words(found.stage),
        buttons=buttons(found),
        now=moment(),
    )
