"""A focal point acknowledges, and answers: a page that asks before each word that reaches others."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, NotNow, Stale
from webapp.domain.policy import Action
from webapp.pages.endorsements.forms import AnswerForm, answer_form
from webapp.pages.endorsements.reading import load_case, show_case
from webapp.pages.endorsements.room import endorsements
from webapp.pages.endorsements.words import ANSWERS, TOLD, TOLD_DESK, UNDO, UNDONE_LATER
from webapp.pages.shared.context import form_key, wiring
from webapp.pages.shared.endorsement_words import state_tag
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.reader import partner_name
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries.endorsements.case import CasePage
from webapp.services.endorsements import answering as verbs

Answer = str | tuple[str, int] | Response


@endorsements.post("/endorsements/<reference>/<code>/acknowledge")
@opens_to(Action.ENDORSE, judged_by_verb=True)
def acknowledge(reference: str, code: str) -> Answer:
    """Acknowledge the request; the partner's time to answer starts."""
    try:
        with wiring().open_work(actor()) as work:
            verbs.acknowledge(work, reference, code)
    except NotNow as refusal:
        if refusal.code != "endorsement_not_in_state":
            raise
        # Another focal point did it first; the page says so.
    else:
        flash(_("Acknowledged. Your time to answer has started."), "ok")
    return _back(reference, code)


@endorsements.route("/endorsements/<reference>/<code>/answer/<word>", methods=["GET", "POST"])
@opens_to(Action.ENDORSE, judged_by_verb=True)
def answer(reference: str, code: str, word: str) -> Answer:
    """Ask before a word is given, and give it on the version that was shown."""
    found = load_case(reference, code)
    if word not in ANSWERS:
        raise NotFound
    form = answer_form(ANSWERS[word], found.version_id)
    if request.method == "POST" and form.validate():
        try:
            return _give(form, found, word)
        except Invalid as refusal:
            for problem in refusal.problems:
                (form.text if "text" in form else form.version).errors = (problem_words(problem),)
        except Stale as refusal:
            seen = form.seen_version() if refusal.code == "endorsement_version_changed" else 0
            return show_case(load_case(reference, code), told=_told(refusal), seen_version=seen), 409
    elif word not in found.steps:
        return _back(reference, code)
    page = render_template(
        "endorsements/answer.html",
        form=form,
        found=found,
        word=word,
        words=ANSWERS[word],
        told=_told_of(word),
        undo="" if word in UNDONE_LATER else UNDO,
        once=form_key(),
        state_tag=state_tag,
    )
    return (page, 422) if form.errors else page


def _told_of(word: str) -> str:
    if word in UNDONE_LATER:
        return "" if word == "another_answer" else str(TOLD_DESK)
    return str(TOLD_DESK if word in ("object", "stand_aside", "accede") else TOLD)


def _give(form: AnswerForm, found: CasePage, word: str) -> Answer:
    reference, code = found.head.reference, found.partner_code
    with wiring().open_work(actor()) as work:
        text = form.text.data if "text" in form else ""
        verbs.answer(work, reference, code, word, form.seen_version(), text, form_key())
    flash(_("Your answer for %(partner)s is kept, and those concerned are told.", partner=partner_name(code)), "ok")
    return _back(reference, code)


def _told(refusal: Stale) -> str:
    """Who answered first and what, or that there is another version."""
    if refusal.code != "endorsement_answered" or refusal.at is None:
        return refusal_words(refusal)
    values = {"answer": state_tag(refusal.event)[0], "at": format_datetime(refusal.at, "long")}
    if not refusal.by:
        return _("It was answered meanwhile: %(answer)s, %(at)s. Your answer was not sent.", **values)
    return _(
        "%(person)s answered meanwhile: %(answer)s, %(at)s. Your answer was not sent.", person=refusal.by, **values
    )


def _back(reference: str, code: str) -> Response:
    return redirect(url_for("endorsements.case", reference=reference, code=code), 303)
