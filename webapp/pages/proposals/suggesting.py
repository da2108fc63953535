"""Articles suggested from what is written so far, shown while it is typed; none is chosen by itself (R18)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import render_template, request

from webapp.domain.evidence import Suggested, proposal_text, suggest
from webapp.domain.policy import Action
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.evidence_words import show_suggestions
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.access import find_proposal
from webapp.queries.proposals.around import find_around, find_contents

TEXT_AT_MOST = 6000


@proposals.post("/proposals/<reference>/articles/suggestions")
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def suggestions(reference: str) -> str:
    """A part of a page: the articles that the title and summary in the form speak to. Nothing is saved."""
    with wiring().open_reading() as session:
        head = find_proposal(session, wiring().rules, actor(), reference, Action.EDIT_PROPOSAL)
        open_articles = find_around(session, wiring().rules, head.id, head.call_id, {}).open_articles
        contents = find_contents(session, head.id)
    typed = {name: request.form.get(name, "")[:TEXT_AT_MOST] for name in ("title", "summary")}
    title, rest = proposal_text({**contents, "basics": typed})
    return render_template("proposals/suggestions.html", head=head, linked=True, **_view(title, rest, open_articles))


def suggested_here(contents: dict[str, dict[str, Any]], open_articles: Collection[int]) -> dict[str, Any]:
    """What the picker shows of suggestions, from the sections as they are saved."""
    return _view(*proposal_text(contents), open_articles)


def _view(title: str, rest: str, open_articles: Collection[int]) -> dict[str, Any]:
    found: Suggested = suggest(wiring().matcher, title, rest, open_articles)
    return {
        "suggested": show_suggestions(found.text, found.suggestions, wiring().rules.initiative, rulebook().initiative),
        "text_enough": found.enough,
        "with_encoder": wiring().matcher.with_encoder,
    }
