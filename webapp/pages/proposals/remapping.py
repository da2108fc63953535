"""The applicant's page of a mapping that the secretariat proposes: accept it, or answer (R20)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.mapping import JUSTIFICATION_AT_MOST, Mapping
from webapp.domain.policy import Action
from webapp.domain.suggestions import TEXT_AT_MOST, added_articles
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import form_key, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mapping_fields import say_problems
from webapp.queries.access import find_proposal
from webapp.queries.reviews.suggestions import find_offered, version_mapping
from webapp.services.proposals.remap import accept_mapping, answer_mapping


class RemapForm(FlaskForm):
    """The answer; where articles are added, `with_justifications` adds a text for each."""

    answer = CharsField(_l("Your answer"), max_chars=TEXT_AT_MOST, rows=4)


@proposals.route("/proposals/<reference>/mapping", methods=["GET", "POST"])
@opens_to(Action.SUBMIT_PROPOSAL, judged_by_verb=True)
def remapping(reference: str) -> str | tuple[str, int] | Response:
    """The mapping as it is and as it is proposed; the applicant accepts it, or says why not."""
    with wiring().open_reading() as session:
        head = find_proposal(session, wiring().rules, actor(), reference, Action.SUBMIT_PROPOSAL)
        line = find_offered(session, head)
        before = version_mapping(session, head.version_id) if head.version_id else Mapping()
    added = added_articles(line.mapping, before) if line and line.mapping else ()
    form = with_justifications(added)()
    if request.method == "POST" and form.validate():
        try:
            said = _save(reference, form, added)
            flash(said, "ok")
            return redirect(url_for("proposals.proposal", reference=reference), 303)
        except Invalid as invalid:
            say_problems(form, invalid, "answer")
    page = render_template(
        "proposals/remapping.html",
        head=head,
        line=line,
        before=before,
        form=form,
        texts=[form[f"article_{number}"] for number in added],
        once=form_key(),
    )
    return (page, 422) if form.errors else page


def with_justifications(added: tuple[int, ...]) -> type[RemapForm]:
    """The form with one text for each article that is added."""
    article = wiring().rules.initiative.article
    fields = {
        f"article_{number}": CharsField(
            _(
                "How does your project serve article %(number)s, %(title)s?",
                number=number,
                title=getattr(article(number), "short_title", ""),
            ),
            max_chars=JUSTIFICATION_AT_MOST,
            rows=4,
        )
        for number in added
    }
    return type("RemapForm", (RemapForm,), fields)


def _save(reference: str, form: Any, added: tuple[int, ...]) -> str:
    accepts = request.form.get("act") == "accept"
    with wiring().open_work(actor()) as work:
        if accepts:
            texts = {number: form[f"article_{number}"].data for number in added}
            accept_mapping(work, reference, justifications=texts, form_key=form_key())
        else:
            answer_mapping(work, reference, answer=form.answer.data, form_key=form_key())
    return _("You accepted the mapping.") if accepts else _("Your answer is with the secretariat.")
