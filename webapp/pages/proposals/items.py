"""The entries of a section's lists, one page each: participants, city pairs, milestones, costs, sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.budgets import MINOR_UNITS
from webapp.domain.completeness.texts import items as entries_of
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.proposals import forms
from webapp.pages.proposals.forms import fill_choices, kept_values, partner_choices
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import load, save, section_url
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.services.people.organisations import claim_organisation


@dataclass(frozen=True, slots=True)
class Kind:
    """A list of a section: where it stands, the form of an entry, its words."""

    section: str
    field: str
    form: type[FlaskForm]
    name: LazyString
    add: LazyString


KINDS = {
    "participants": Kind("partners", "participants", forms.ParticipantForm, _l("Participant"), _l("Add a participant")),
    "city-pairs": Kind("partners", "city_pairs", forms.CityPairForm, _l("City pair"), _l("Add a city pair")),
    "milestones": Kind("plan", "milestones", forms.MilestoneForm, _l("Milestone"), _l("Add a milestone")),
    "lines": Kind("budget", "lines", forms.LineForm, _l("Cost"), _l("Add a cost")),
    "sources": Kind("budget", "sources", forms.SourceForm, _l("Source of funding"), _l("Add a source of funding")),
}


@proposals.route("/proposals/<reference>/lists/<kind>/<int:number>", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def item(reference: str, kind: str, number: int) -> Any:
    """One entry; number 0 is a new one."""
    if kind not in KINDS:
        raise NotFound
    chosen = KINDS[kind]
    head, held, organisations = load(reference, chosen.section)
    entries = entries_of(held.content, chosen.field)
    if number > len(entries):
        raise NotFound
    form = chosen.form(data=dict(entries[number - 1]) if number else None)
    fill_choices(form, organisations)
    if "amount" in form and held.content.get("currency") in MINOR_UNITS:
        form["amount"].use_currency(held.content["currency"])
    status, other = 200, None
    base = held.version
    if request.method == "POST":
        fits = form.validate()
        changed = [*entries]
        changed[number - 1 if number else len(entries) :] = [kept_values(form), *(entries[number:] if number else [])]
        saved = save(reference, chosen.section, {**held.content, chosen.field: changed})
        if saved.conflict is None and fits:
            return redirect(section_url(reference, chosen.section) + f"#{kind}", 303)
        if saved.conflict is None and not number:
            # It is in the list now, as it was typed: mend it there.
            flash(_("Your answers are saved as you typed them. Some need a change."), "warn")
            return redirect(url_for("proposals.item", reference=reference, kind=kind, number=len(changed)), 303)
        status, base = (422, saved.version) if saved.conflict is None else (409, saved.version)
        other = saved.saved_by if saved.conflict is not None else None
    page = render_template(
        "proposals/item.html", head=head, kind=kind, words=chosen, number=number, form=form, base=base, other=other
    )
    return page, status


@proposals.post("/proposals/<reference>/lists/<kind>/<int:number>/remove")
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def remove_item(reference: str, kind: str, number: int) -> Response:
    """Take an entry out of its list."""
    if kind not in KINDS:
        raise NotFound
    chosen = KINDS[kind]
    _head, held, _organisations = load(reference, chosen.section)
    entries = entries_of(held.content, chosen.field)
    if not 1 <= number <= len(entries):
        raise NotFound
    kept = [entry for place, entry in enumerate(entries, 1) if place != number]
    saved = save(reference, chosen.section, {**held.content, chosen.field: kept})
    if saved.conflict is not None:
        flash(_("%(name)s changed this section meanwhile. Look at it, then remove again.", name=saved.saved_by), "warn")
    return redirect(section_url(reference, chosen.section) + f"#{kind}", 303)


@proposals.route("/proposals/<reference>/organisations/new", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def new_organisation(reference: str) -> Any:
    """Name an organisation that is not in the list; its partner confirms it later."""
    head, _held, _organisations = load(reference, "partners")
    form = forms.OrganisationForm()
    form.partner.choices = partner_choices()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                claim_organisation(
                    work,
                    form.partner.data or "",
                    name=form.name.data,
                    kind=form.kind.data or "",
                    website=form.website.data,
                )
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(words(problem))
        else:
            flash(_("%(name)s is in the list now. Choose it.", name=form.name.data), "ok")
            return redirect(section_url(reference, "partners"), 303)
    page = render_template("proposals/organisation.html", head=head, form=form)
    return page, 422 if form.errors else 200
