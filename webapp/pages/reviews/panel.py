"""The secretariat's page of a panel: who is on it and why, who could be, what is missing (R36–R40)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm

from webapp.domain.errors import NotNow
from webapp.domain.policy import Action
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.routing import Asked, Choice, PanelView, compare, find_panel

SHOWN_AT_MOST = 50


@reviews.get("/desk/proposals/<reference>/panel")
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def panel(reference: str) -> str:
    """The panel of the current version; searching by `q` among those who could be added."""
    found = load_panel(reference)
    words = request.args.get("q", "").strip().lower()
    return render_template(
        "reviews/panel.html",
        found=found,
        eligible=_shown(found.eligible, words),
        hindered=_shown(found.hindered, words),
        words=request.args.get("q", "").strip(),
        most=SHOWN_AT_MOST,
        now=moment(),
    )


@reviews.get("/desk/proposals/<reference>/panel/why/<int:person_id>")
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def why_not(reference: str, person_id: int) -> str:
    """Why somebody is not on the panel, and what choosing them would cost (R39)."""
    with wiring().open_reading() as session:
        asked = Asked(person_id, moment(), wiring().ports.solver)
        found = compare(session, wiring().rules, actor(), reference, asked)
    return render_template("reviews/why_not.html", found=found)


def load_panel(reference: str) -> PanelView:
    """The panel, judged; NotNow while nothing was submitted."""
    with wiring().open_reading() as session:
        found = find_panel(session, rulebook(), actor(), reference, moment())
    if found is None:
        raise NotNow("not_in_review")
    return found


def ask_page(template: str, form: FlaskForm, found: PanelView, **more: Any) -> str | tuple[str, int]:
    """A page that asks before an act on the panel."""
    page = render_template(
        template,
        form=form,
        found=found,
        revision=request.form.get("revision", 0, type=int) or found.head.revision,
        once=form_key(),
        **more,
    )
    return (page, 422) if form.errors else page


def _shown(choices: tuple[Choice, ...], words: str) -> tuple[Choice, ...]:
    fitting = (one for one in choices if not words or words in f"{one.name} {one.organisation}".lower())
    return tuple(one for _place, one in zip(range(SHOWN_AT_MOST), fitting, strict=False))
