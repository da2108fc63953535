"""The organisations of a partner, and who signs for each before a proposal is submitted (R69)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.partners.forms import SignatoryForm
from webapp.pages.partners.room import partners
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.organisations import list_organisations
from webapp.services.people.organisations import set_signatory


@partners.get("/partners/<code>/organisations")
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
def organisations(code: str) -> str:
    """All organisations of the partner, with the signatory of those that have one."""
    with wiring().open_reading() as session:
        found = list_organisations(session, actor(), code)
    return render_template("partners/organisations.html", code=code, found=found)


@partners.route("/partners/<code>/organisations/<int:organisation_id>", methods=["GET", "POST"])
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
def signatory(code: str, organisation_id: int) -> Any:
    """Name who certifies in the organisation's name, or nobody."""
    with wiring().open_reading() as session:
        lines = list_organisations(session, actor(), code)
    line = next((one for one in lines if one.id == organisation_id), None)
    if line is None:
        raise NotFound
    form = SignatoryForm(data={"name": line.signatory_name, "email": line.signatory_email})
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                set_signatory(work, organisation_id, name=form.name.data, email=form.email.data)
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(words(problem))
        else:
            flash(_("Saved. It counts for every proposal that is not submitted yet."), "ok")
            return redirect(url_for("partners.organisations", code=code), 303)
    page = render_template("partners/signatory.html", code=code, line=line, form=form)
    return page, 422 if form.errors else 200
