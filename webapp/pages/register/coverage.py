"""Which sentences of the initiative have no project yet, for all partners or one (R67)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request

from webapp.domain.claims import TITLE, key_of
from webapp.domain.initiative import Article, Sentence
from webapp.pages.register.entries import PUBLIC
from webapp.pages.register.room import register
from webapp.pages.register.whole import find_coverage
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import public
from webapp.queries.coverage import Coverage, Serving

SHOWN = 3
"""How many projects are named at a sentence; the others are in the register, under the article."""


@dataclass(frozen=True, slots=True)
class Covered:
    """One article, and each of its sentences with the projects that serve it."""

    article: Article
    sentences: tuple[tuple[Sentence, tuple[Serving, ...]], ...]

    @property
    def served(self) -> int:
        """How many of its sentences have a project."""
        return sum(1 for _sentence, projects in self.sentences if projects)


@register.get("/register/coverage")
@public(PUBLIC)
def coverage() -> str:
    """Each sentence with the published projects that serve it; `open` leaves out those that have one."""
    initiative = rulebook().initiative
    partner = next((one.code for one in initiative.partners if one.code == request.args.get("partner")), "")
    with wiring().open_reading() as session:
        found = find_coverage(session, rulebook())
    covered = [_covered(article, found, partner) for article in initiative.articles]
    return render_template(
        "register/coverage.html",
        covered=covered,
        partner=partner,
        open_only=request.args.get("open") == "1",
        served=sum(one.served for one in covered),
        total=sum(len(one.sentences) for one in covered),
        shown=SHOWN,
    )


def _covered(article: Article, found: Coverage, partner: str) -> Covered:
    sentences = (one for one in article.sentences if key_of(one) != TITLE)
    return Covered(article, tuple((one, _projects(found.get(one.anchor, ()), partner)) for one in sentences))


def _projects(projects: tuple[Serving, ...], partner: str) -> tuple[Serving, ...]:
    return tuple(one for one in projects if not partner or partner in one.partners)
