"""The page behind a ministry's mailed link: the proposal, the question, the advice (row 6, R32, R35)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid, NotFound
from webapp.pages.endorsements.forms import AdviceForm
from webapp.pages.endorsements.room import endorsements
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import actor, public
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.access import find_head_by_id
from webapp.queries.proposals.reading import read_proposal
from webapp.services.endorsements import consulting as verbs


@endorsements.route("/consultations/<token>", methods=["GET", "POST"])
@public("the token is the right; opening the page changes nothing")
def consultation(token: str) -> Any:
    """The proposal in the version that is asked about, and the advice, as long as the partner has not answered."""
    with wiring().open_work(actor()) as work:
        asked = verbs.see_consultation(work, token)
    form = AdviceForm(data={"text": asked.advice, "name": asked.advised_by})
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.advise(work, token, text=form.text.data, name=form.name.data)
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(problem_words(problem))
        else:
            flash(
                _("Thank you. Your advice is with the focal point; you can better it until the answer is given."), "ok"
            )
            return redirect(url_for("endorsements.consultation", token=token), 303)
    with wiring().open_reading() as session:
        head = find_head_by_id(session, rulebook(), asked.proposal_id)
        if head is None:
            raise NotFound
        view = read_proposal(session, rulebook(), head, version_id=asked.version_id)
    page = render_template("endorsements/consultation.html", asked=asked, head_=head, view=view, form=form)
    return (page, 422) if form.errors else page
