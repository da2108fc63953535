"""The pages of the sections that are one form each, and what all saves have in common (R5, R6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain import budgets
from webapp.domain.endorsements import editable_parts
from webapp.domain.errors import NotFound, NotNow
from webapp.domain.policy import Action
from webapp.domain.proposals import SECTIONS
from webapp.pages.proposals.forms import SECTION_FORMS, fill_choices, kept_values
from webapp.pages.proposals.merging import stand, take_theirs, write_seen
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.proposals import lists
from webapp.queries.proposals.lists import SectionText
from webapp.services.proposals.save import SavedSection, save_section

SUGGEST = "suggest"
PAGES = (*SECTION_FORMS, "articles", "results", "documents")


@proposals.route("/proposals/<reference>/sections/<section>", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def section(reference: str, section: str) -> Any:
    """One section, saved as it is typed."""
    if section not in SECTION_FORMS:
        raise NotFound
    head, held, organisations = load(reference, section)
    form = SECTION_FORMS[section](data=held.content)
    show_only_asked(form, head, section)
    fill_choices(form, organisations)
    if request.method == "POST":
        take_theirs(form, held.content, held.version)
        fits = form.validate()
        saved = save(reference, section, {**held.content, **kept_values(form)})
        answer = answer_to_save(reference, section, saved, fits=fits, seen=write_seen(form, kept_values(form)))
        if answer is not None:
            return answer
        return show(head, section, form, held, saved), 409 if saved.conflict is not None else 422
    return show(head, section, form, held)


def load(reference: str, section: str) -> tuple[ProposalHead, SectionText, list[tuple[str, str]]]:
    """The proposal that may be edited, its section, and organisations to choose from."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.EDIT_PROPOSAL)
        held = lists.find_section(session, head.id, section)
        organisations = lists.organisation_choices(session) if section == "partners" else []
    if head.facts.asked_fields and not editable_parts(head.facts.asked_fields, section):
        raise NotNow("field_not_asked")
    return head, held, organisations


def show_only_asked(form: FlaskForm, head: ProposalHead, section: str) -> None:
    """Where partners asked for changes of named fields, the form has just these (R68)."""
    if head.facts.asked_fields:
        parts = editable_parts(head.facts.asked_fields, section)
        for name in [field.short_name for field in form if field.short_name not in (*parts, "csrf_token")]:
            del form[name]


def save(reference: str, section: str, content: Mapping[str, Any], base: int | None = None) -> SavedSection:
    """Save over the version that the form was made from, or over `base`."""
    with wiring().open_work(actor()) as work:
        seen = request.form.get("base_version", 0, int) if base is None else base
        return save_section(work, reference, section, content, base_version=seen)


def answer_to_save(reference: str, section: str, saved: SavedSection, *, fits: bool, seen: str = "") -> Response | None:
    """Where a save leads; None where the page has something to show: errors, or another's text.

    The script that saves by itself is told what its page has seen now.
    """
    if request.headers.get("X-Autosave"):
        message = _("Not saved: %(name)s changed this section.", name=saved.saved_by)
        if saved.conflict is None:
            message = _("All answers saved")
        answer = jsonify(version=saved.version, message=message, seen=seen)
        answer.status_code = 200 if saved.conflict is None else 409
        return answer
    if saved.conflict is not None or not fits:
        return None
    return redirect(after(reference, section), 303)


def after(reference: str, section: str) -> str:
    """The list of sections, or the next section."""
    if section == "articles" and request.form.get("then") != "list":
        return url_for("proposals.answers", reference=reference)
    if request.form.get("then") == "list":
        return url_for("proposals.proposal", reference=reference)
    if request.form.get("then") == SUGGEST:
        return url_for("proposals.picker", reference=reference, _anchor="suggested")
    place = SECTIONS.index(section) + 1
    if place >= len(SECTIONS):
        return url_for("proposals.check", reference=reference)
    return section_url(reference, SECTIONS[place])


def section_url(reference: str, section: str) -> str:
    """The page of a section."""
    places = {"articles": "proposals.picker", "results": "proposals.results", "documents": "proposals.documents"}
    if section in places:
        return url_for(places[section], reference=reference)
    return url_for("proposals.section", reference=reference, section=section)


def show(
    head: ProposalHead, section: str, form: FlaskForm, held: SectionText, saved: SavedSection | None = None
) -> str:
    """The section's page, with another's text beside it where both saved."""

    def fill(values: Mapping[str, Any]) -> FlaskForm:
        theirs = type(form)(formdata=None, data=values)
        fill_choices(theirs, next((one.choices for one in form if one.short_name == "lead_organisation"), []))
        return theirs

    budget = budgets.read_budget(held.content) if section == "budget" else None
    return render_template(
        "proposals/section.html",
        head=head,
        section=section,
        name=SECTION_NAMES[section],
        form=form,
        held=held,
        standing=stand(form, fill, held, saved),
        budget=budget,
        read_amount=budgets.read_amount,
        shares=budgets.shares(budget) if budget else (),
    )
