"""The entries of a section's lists, one page each: participants, city pairs, milestones, costs, sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.budgets import MINOR_UNITS
from webapp.domain.completeness.texts import items as entries_of
from webapp.domain.drafts import find_entry, fingerprint
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.proposals import forms
from webapp.pages.proposals.entries import ENTRY, Kind, Put, put_entry, stand_entry
from webapp.pages.proposals.forms import fill_choices, kept_values, partner_choices
from webapp.pages.proposals.merging import Standing, shown, take_theirs
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import load, save, section_url
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.access import ProposalHead
from webapp.services.people.organisations import claim_organisation

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
    chosen = _kind(kind)
    head, held, organisations = load(reference, chosen.section)
    entries = entries_of(held.content, chosen.field)
    if request.method == "GET" and number > len(entries):
        raise NotFound

    def fill(values: Mapping[str, Any] | None, *, typed: bool = False) -> FlaskForm:
        form = chosen.form(data=values) if typed else chosen.form(formdata=None, data=values)
        fill_choices(form, organisations)
        if "amount" in form and held.content.get("currency") in MINOR_UNITS:
            form["amount"].use_currency(held.content["currency"])
        return form

    entry = dict(entries[number - 1]) if 0 < number <= len(entries) else {}
    if request.method == "GET":
        standing = Standing.first(held.version)
        return _item_page(head, kind, number, fill(entry), standing=standing, entry=fingerprint(entry))
    form = fill(entry, typed=True)
    take_theirs(form, entry, held.version)
    fits = form.validate()
    put = put_entry(reference, chosen, held, kept_values(form), number)
    if put.conflict_by is None and fits:
        return redirect(section_url(reference, chosen.section) + f"#{kind}", 303)
    if put.conflict_by is None and not number:
        # It is in the list now, as it was typed: mend it there.
        flash(_("Your answers are saved as you typed them. Some need a change."), "warn")
        return redirect(url_for("proposals.item", reference=reference, kind=kind, number=put.number), 303)
    standing = stand_entry(form, fill, put)
    page = _item_page(
        head, kind, put.number, form, standing=standing, entry=fingerprint(put.entry or kept_values(form)), put=put
    )
    return page, 422 if put.conflict_by is None else 409


@proposals.route("/proposals/<reference>/lists/<kind>/<int:number>/remove", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def remove_item(reference: str, kind: str, number: int) -> Any:
    """Take an entry out of its list, after a confirm page that shows it."""
    chosen = _kind(kind)
    head, held, organisations = load(reference, chosen.section)
    entries = entries_of(held.content, chosen.field)
    place: int | None = number - 1
    if request.method == "POST":
        place = find_entry(entries, request.form.get(ENTRY, ""), number - 1)
        if place is not None:
            kept = [*entries[:place], *entries[place + 1 :]]
            saved = save(reference, chosen.section, {**held.content, chosen.field: kept}, base=held.version)
            place = None if saved.conflict is not None else place
        if place is None:
            flash(_("Somebody changed this list meanwhile. Look at it, then remove again."), "warn")
        return redirect(section_url(reference, chosen.section) + f"#{kind}", 303)
    if not 1 <= number <= len(entries):
        raise NotFound
    form = chosen.form(formdata=None, data=dict(entries[number - 1]))
    fill_choices(form, organisations)
    return render_template(
        "proposals/remove_item.html",
        head=head,
        kind=kind,
        words=chosen,
        number=number,
        facts=[(one.label.text, shown(one)) for one in form if one.short_name != "csrf_token"],
        entry=fingerprint(dict(entries[number - 1])),
        entry_field=ENTRY,
    )


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise NotFound
    return KINDS[kind]


def _item_page(
    head: ProposalHead,
    kind: str,
    number: int,
    form: FlaskForm,
    *,
    standing: Standing,
    entry: str,
    put: Put | None = None,
) -> str:
    return render_template(
        "proposals/item.html",
        head=head,
        kind=kind,
        words=KINDS[kind],
        number=number,
        form=form,
        standing=standing,
        entry=entry,
        entry_field=ENTRY,
        gone_by=put.conflict_by if put and put.entry is None else "",
    )


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
