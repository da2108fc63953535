"""The applicant's page of a mapping that the secretariat proposes: accept it, or answer (R20)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.mapping import JUSTIFICATION_AT_MOST, Asked, Mapping, ask
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.suggestions import TEXT_AT_MOST, added_articles
from webapp.pages.proposals.articles import (
    CITY_FIELDS,
    filled_answers,
    flat_indicators,
    indicator_fields,
    question_fields,
    read_answers,
    read_indicators,
)
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.context import form_key, rulebook, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.access import find_proposal
from webapp.queries.proposals.around import find_around, find_contents
from webapp.queries.reviews.suggestions import find_offered, version_mapping
from webapp.services.proposals.remap import accept_mapping, answer_mapping


class RemapForm(FlaskForm):
    """The answer; where articles are added, `remap_form` adds what each of them asks."""

    answer = CharsField(_l("Your answer"), max_chars=TEXT_AT_MOST, rows=4)


@proposals.route("/proposals/<reference>/mapping", methods=["GET", "POST"])
@opens_to(Action.SUBMIT_PROPOSAL, judged_by_verb=True)
def remapping(reference: str) -> str | tuple[str, int] | Response:
    """The mapping as it is and as it is proposed; the applicant accepts it, or says why not."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.SUBMIT_PROPOSAL)
        line = find_offered(session, head)
        before = version_mapping(session, head.version_id) if head.version_id else Mapping()
        contents = find_contents(session, head.id)
        around = find_around(session, rules, head.id, head.call_id, contents)
    added = added_articles(line.mapping, before) if line and line.mapping else ()
    asked = ask(Mapping(added[0], added[1:]), rules.initiative) if added else ()
    counted = asked if "results" not in around.sections_off else ()
    form = remap_form(asked, counted)(data=_kept(asked, contents))
    if request.method == "POST" and form.validate():
        try:
            said = _save(reference, form, asked, counted)
            flash(said, "ok")
            return redirect(url_for("proposals.proposal", reference=reference), 303)
        except Invalid as invalid:
            for problem in invalid.problems:
                _field_of(form, problem).say(words(problem))
    page = render_template(
        "proposals/remapping.html",
        head=head,
        line=line,
        before=before,
        form=form,
        asked=asked,
        counted=counted,
        once=form_key(),
    )
    return (page, 422) if form.errors else page


def remap_form(asked: tuple[Asked, ...], counted: tuple[Asked, ...]) -> type[RemapForm]:
    """The form with what each article that is added asks: why it is served, its questions, its indicators."""
    fields = indicator_fields(counted)
    for entry in asked:
        question = _(
            "How does your project serve article %(number)s, %(title)s?",
            number=entry.article.number,
            title=entry.article.short_title,
        )
        fields[f"article_{entry.key}"] = CharsField(question, max_chars=JUSTIFICATION_AT_MOST, rows=4)
        for one in entry.questions:
            fields |= question_fields(entry.key, one)
    return type("RemapForm", (RemapForm,), fields)


def _kept(asked: tuple[Asked, ...], contents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What was answered for these articles before they were unmapped (R16)."""
    articles = contents.get("articles", {})
    data = flat_indicators(contents.get("results", {}))
    for entry in asked:
        data |= filled_answers(entry, (articles.get("aside") or {}).get(entry.key, {}))
        data[f"article_{entry.key}"] = (articles.get("justifications") or {}).get(entry.key, "")
    return data


def _save(reference: str, form: Any, asked: tuple[Asked, ...], counted: tuple[Asked, ...]) -> str:
    accepts = request.form.get("act") == "accept"
    with wiring().open_work(actor()) as work:
        if accepts:
            accept_mapping(
                work,
                reference,
                justifications={entry.article.number: form[f"article_{entry.key}"].data for entry in asked},
                answers={entry.key: read_answers(entry, form) for entry in asked},
                indicators=read_indicators(counted, form),
                form_key=form_key(),
            )
        else:
            answer_mapping(work, reference, answer=form.answer.data, form_key=form_key())
    return _("You accepted the mapping.") if accepts else _("Your answer is with the secretariat.")


def _field_of(form: FlaskForm, problem: Problem) -> Any:
    """The field at which a problem is said; of a pair of cities that is not there at all the first of its fields."""
    kind, _dot, rest = problem.field.partition(".")
    name = problem.field
    if kind == "answers":
        name = "q-" + rest.replace(".", "-")
    if kind == "indicators":
        key, _dot, part = rest.rpartition(".")
        name = f"{key}-{part}"
    return next(form[one] for one in (name, f"{name}-{CITY_FIELDS[0]}", "answer") if one in form)
