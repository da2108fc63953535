"""The secretariat's page of suggestions: a mapping is offered, what reviewers suggest taken or set aside (R20, R71)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.domain.suggestions import TEXT_AT_MOST
from webapp.pages.desk.room import desk
from webapp.pages.desk.tabs import tabs
from webapp.pages.desk.words import stage_words
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mapping_fields import MappingForm, offer_articles, read_choice, say_problems
from webapp.pages.shared.problem_words import words
from webapp.pages.shared.suggestion_words import KINDS, LINKS, STATES
from webapp.queries.reviews import suggestions as ask
from webapp.queries.screening import find_desk_proposal
from webapp.services.reviews import suggestions as verbs

Answer = str | tuple[str, int] | Response


class SetAsideForm(FlaskForm):
    """Why a suggestion is set aside."""

    reason = CharsField(
        _l("Reason"),
        max_chars=TEXT_AT_MOST,
        rows=4,
        required=_l("Enter the reason"),
        description=_l("Who made it reads it."),
    )


@desk.route("/desk/proposals/<reference>/suggestions", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def suggestions(reference: str) -> Answer:
    """What is suggested for a proposal; the form offers another mapping to its applicant."""
    form = MappingForm()
    page = _page(reference, form)
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.offer_mapping(
                    work, reference, mapped=read_choice(form), reason=form.reason.data, form_key=form_key()
                )
            flash(_("The mapping is proposed to the applicant, who accepts it or answers."), "ok")
            return redirect(url_for("desk.suggestions", reference=reference), 303)
        except Invalid as invalid:
            say_problems(form, invalid, "primary")
    shown = render_template("desk/suggestions.html", form=form, **page)
    return (shown, 422) if form.errors else shown


@desk.post("/desk/proposals/<reference>/suggestions/<int:number>/take")
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def take_suggestion(reference: str, number: int) -> Response:
    """Take a reviewer's suggestion by one press."""
    try:
        with wiring().open_work(actor()) as work:
            verbs.take_suggestion(work, reference, number)
        flash(_("The suggestion is taken."), "ok")
    except Invalid as invalid:
        flash(words(invalid.problems[0]), "bad")
    return redirect(url_for("desk.suggestions", reference=reference), 303)


@desk.route("/desk/proposals/<reference>/suggestions/<int:number>/set-aside", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def set_suggestion_aside(reference: str, number: int) -> Answer:
    """Ask for the reason, and set a suggestion aside."""
    form = SetAsideForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            verbs.set_aside(work, reference, number, reason=form.reason.data)
        flash(_("The suggestion is set aside."), "ok")
        return redirect(url_for("desk.suggestions", reference=reference), 303)
    page = _page(reference, None)
    line = next((one for one in page["lines"] if one.id == number), None)
    if line is None:
        raise NotFound
    shown = render_template("desk/set_aside.html", form=form, line=line, **page)
    return (shown, 422) if form.errors else shown


def _page(reference: str, form: MappingForm | None) -> dict[str, Any]:
    rules = rulebook()
    with wiring().open_reading() as session:
        found = find_desk_proposal(session, rules, actor(), reference, now=moment(), to=Action.SCREEN_PROPOSAL)
        lines = ask.list_suggestions(session, found.head)
        if form is not None:
            offer_articles(form, rules.initiative, ask.open_articles(session, found.head.call_id))
        links = ask.list_links(session, actor(), found.head)
        can_offer = ask.is_remappable(session, rules, found.head)
    return {
        "found": found,
        "lines": lines,
        "links": links,
        "can_offer": can_offer and not any(line.state == "offered" for line in lines),
        "tag_words": stage_words(found.row),
        "tabs": tabs(found, "suggestions"),
        "kinds": KINDS,
        "link_kinds": LINKS,
        "states": STATES,
        "once": form_key(),
    }
