"""The choice of articles: one list to tick, and which of those ticked is the primary one (R14)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.mapping import ARTICLES_AT_MOST, Mapping, choose, read_mapping
from webapp.domain.policy import Action
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import answer_to_save, load, save
from webapp.pages.proposals.suggesting import suggested_here
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import opens_to
from webapp.queries.proposals.around import find_around, find_contents

FIND_AT_MOST = 60
FIND = "find"


@proposals.route("/proposals/<reference>/articles", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def picker(reference: str) -> Any:
    """Tick one to five articles, and say which of them is the primary one."""
    head, held, _organisations = load(reference, "articles")
    with wiring().open_reading() as session:
        open_articles = find_around(session, rulebook(), head.id, head.call_id, {}).open_articles
        contents = find_contents(session, head.id)
    chosen, saved = read_mapping(held.content), None
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        chosen = choose(_numbers("articles"), next(iter(_numbers("primary")), None))
        content = {**held.content, "primary": chosen.primary, "secondary": list(chosen.secondary)}
        errors = _errors(chosen, open_articles, goes_on=request.form.get("then") not in ("list", FIND))
        saved = save(reference, "articles", content)
        if saved.conflict is None and request.form.get("then") == FIND:
            word = request.form.get("word", "").strip()[:FIND_AT_MOST]
            return redirect(url_for("proposals.picker", reference=reference, find=word or None), 303)
        answer = answer_to_save(reference, "articles", saved, fits=not errors)
        if answer is not None:
            return answer
    word = request.args.get(FIND, "").strip()[:FIND_AT_MOST]
    page = render_template(
        "proposals/picker.html",
        head=head,
        base=saved.version if saved else held.version,
        chosen=chosen,
        listed=open_articles | set(chosen.articles),
        matching=_matching(word, open_articles),
        word=word,
        most=ARTICLES_AT_MOST,
        errors=errors,
        theirs=read_mapping(saved.conflict) if saved and saved.conflict is not None else None,
        other_by=saved.saved_by if saved else "",
        **suggested_here(contents, open_articles),
    )
    return page, 200 if saved is None else 422 if saved.conflict is None else 409


def _numbers(name: str) -> list[int]:
    """The articles that the form names; what is no number is left out."""
    return [
        int(value) for value in request.form.getlist(name) if value.isascii() and value.isdigit() and len(value) < 4
    ]


def _errors(chosen: Mapping, open_articles: Collection[int], *, goes_on: bool) -> list[tuple[str, str]]:
    """What is wrong with the choice, each at its place; what is only missing when the person goes on (R5)."""
    found: list[tuple[str, str]] = []
    count = len(chosen.articles)
    if count > ARTICLES_AT_MOST:
        text = _(
            "You chose %(count)s articles. Keep %(most)s or fewer, those you can show results for.",
            count=count,
            most=ARTICLES_AT_MOST,
        )
        found.append(("#article-list", text))
    found += [
        (f"#article-{number}", _("Article %(article)s is not open under this call. Remove it.", article=number))
        for number in chosen.articles
        if number not in open_articles
    ]
    if goes_on and not count:
        found.append(("#article-list", _("Choose one to five articles.")))
    elif goes_on and chosen.primary is None:
        found.append(("#primary", _("Choose which of your articles is the primary one.")))
    return found


def _matching(word: str, open_articles: frozenset[int]) -> frozenset[int]:
    """The articles in whose words the word stands; all where none is asked for."""
    wanted = word.casefold()
    return frozenset(
        article.number
        for article in rulebook().initiative.articles
        if article.number in open_articles
        and wanted in f"{article.short_title} {article.profile.summary} {article.text}".casefold()
    )
