"""The words of a letter, by language: change them, see the letter, go back to what was said before (R57)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.ports import Sentence
from webapp.pages.notices.room import notices
from webapp.pages.shared.addresses import row_number
from webapp.pages.shared.context import wiring
from webapp.pages.shared.fields import clean_text
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mails import as_mail
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.notices import wordings as ask
from webapp.services.notices.preview import preview_letter
from webapp.services.notices.wordings import find_letter, names_for, write_wording


@notices.get("/desk/notices/<template>/<language>")
@opens_to(Action.WORD_LETTERS)
def wording(template: str, language: str) -> str:
    """What the letter says, sentence by sentence, and the letter beside it; `?number=` takes up an earlier wording."""
    return _show(template, language, None, {})


@notices.post("/desk/notices/<template>/<language>")
@opens_to(Action.WORD_LETTERS)
def keep_wording(template: str, language: str) -> Response | tuple[str, int]:
    """Keep these words."""
    texts = _typed(template, language)
    try:
        with wiring().open_work(actor()) as work:
            write_wording(work, template, language, texts, request.form.get("number", 0, type=row_number) or 0)
    except Invalid as invalid:
        said = {problem.field: str(problem_words(problem)) for problem in invalid.problems}
        return _show(template, language, texts, said), 422
    flash(_("The letter is written like this from now on."), "ok")
    return redirect(url_for("notices.wording", template=template, language=language), 303)


@notices.route("/desk/notices/<template>/<language>/letter", methods=["GET", "POST"])
@opens_to(Action.WORD_LETTERS)
def wording_letter(template: str, language: str) -> Response | tuple[str, int]:
    """The letter by itself, in words that hold or (posted) in those that are being written; nothing is kept."""
    texts = _typed(template, language) if request.method == "POST" else None
    try:
        with wiring().open_work(actor()) as work:
            return as_mail(preview_letter(work, template, language, texts).html)
    except Invalid as invalid:
        return render_template("notices/unfit.html", said=[problem_words(one) for one in invalid.problems]), 422


def _typed(template: str, language: str) -> dict[str, str]:
    """What was typed, by the sentence's key; fields carry the sentence's place, and its key beside it."""
    keys = request.form.getlist("key")
    return {key: clean_text(text) for key, text in zip(keys, request.form.getlist("text"), strict=False) if text}


def _show(template: str, language: str, typed: Mapping[str, str] | None, said: Mapping[str, str]) -> str:
    with wiring().open_work(actor()) as work:
        find_letter(work, template, language)
        sentences = work.ports.renderer.sentences(template, language)
        names = sorted(names_for(work, template))
        held = ask.find_wording(work.session, template, language)
        earlier = ask.list_wordings(work.session, template, language)
        taken_up = request.args.get("number", type=row_number)
        words = held.words
        if typed is None and taken_up is not None:
            words = ask.find_wording(work.session, template, language, taken_up).words
    rows = [_row(place, one, (typed or words).get(one.key, one.text), said) for place, one in enumerate(sentences)]
    return render_template(
        "notices/wording.html",
        template=template,
        language=language,
        languages=wiring().settings.languages,
        rows=rows,
        names=names,
        number=held.number,
        earlier=earlier,
        errors=[(f"#text-{row['place']}", row["error"]) for row in rows if row["error"]],
    )


def _row(place: int, one: Sentence, text: str, said: Mapping[str, str]) -> dict[str, object]:
    return {
        "place": place,
        "key": one.key,
        "text": text,
        "own": one.text,
        "names": sorted(one.names),
        "is_changed": text != one.text,
        "error": said.get(one.key, ""),
        "lines": 1 + len(text) // 70,
    }
