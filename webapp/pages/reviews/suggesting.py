"""A reviewer suggests another mapping, a merge or a duplicate (R71)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.suggestions import SUGGESTION_KINDS
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import form_key, rulebook, wiring
from webapp.pages.shared.fields import ChoicesField, CleanStringField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mapping_fields import MappingForm, offer_articles, read_choice, say_problems
from webapp.pages.shared.suggestion_words import KINDS, STATES
from webapp.queries.reviews import find_own
from webapp.queries.reviews.suggestions import list_suggestions, open_articles
from webapp.services.reviews.suggest import suggest as suggest_verb


class SuggestionForm(MappingForm):
    """What is suggested, and for which other proposal."""

    kind = ChoicesField(
        _l("What do you suggest?"),
        choices=[(kind, KINDS[kind]) for kind in SUGGESTION_KINDS],
        required=_l("Choose what you suggest"),
    )
    other_reference = CleanStringField(
        _l("Reference of the other proposal"),
        max_chars=40,
        description=_l("For a merge or a duplicate. It looks like PD-2026-00042-1."),
    )


@reviews.route("/reviews/<public_id>/suggest", methods=["GET", "POST"])
@opens_to(Action.REVIEW, judged_by_verb=True)
def suggest(public_id: str) -> str | tuple[str, int] | Response:
    """What the reviewer suggested so far, and the form for more."""
    form = SuggestionForm()
    with wiring().open_reading() as session:
        own = find_own(session, rulebook(), actor(), public_id)
        offer_articles(form, rulebook().initiative, open_articles(session, own.head.call_id))
        before = list_suggestions(session, own.head, made_by_id=actor().person_id)
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                suggest_verb(
                    work,
                    public_id,
                    kind=form.kind.data or "",
                    reason=form.reason.data,
                    mapped=read_choice(form) if form.kind.data == "mapping" else None,
                    other_reference=form.other_reference.data,
                    form_key=form_key(),
                )
            flash(_("Thank you. The secretariat looks at your suggestion."), "ok")
            return redirect(url_for("reviews.suggest", public_id=public_id), 303)
        except Invalid as invalid:
            say_problems(form, invalid, "kind")
    page = render_template(
        "reviews/suggest.html", own=own, form=form, before=before, kinds=KINDS, states=STATES, once=form_key()
    )
    return (page, 422) if form.errors else page
