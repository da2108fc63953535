"""Whether everything that happens is told, every letter has its data, and every language its words (R23, R53, R57)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateError

from webapp.domain.notices import Notice
from webapp.domain.ports import Renderer
from webapp.domain.rulebook import Rulebook
from webapp.domain.workflow import problems
from webapp.queries.notices.examples import example_words

ZONE = "Africa/Banjul"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the notices: where, in which language (empty: in all), and what."""

    where: str
    language: str
    what: str


def find_faults(
    rules: Rulebook, renderer: Renderer, languages: tuple[str, ...], *, rendering: bool = True
) -> list[Fault]:
    """All that is wrong; an empty list lets the table be used. Without `rendering` the letters are read, not made."""
    told = frozenset(rules.notices.by_event) | frozenset(rules.notices.silent)
    untold = [
        Fault(f"{workflow.id}-{workflow.version}", "", problem)
        for workflow in rules.workflows.values()
        for problem in problems(workflow, told)
    ]
    letters = [
        fault
        for notice in rules.notices.notices()
        for fault in _of_letter(notice, rules, renderer, languages if rendering else ())
    ]
    missing = [Fault("catalogue", language, gap) for language in languages for gap in renderer.untranslated(language)]
    return [*untold, *letters, *missing]


def _of_letter(notice: Notice, rules: Rulebook, renderer: Renderer, languages: tuple[str, ...]) -> Iterator[Fault]:
    try:
        unknown = renderer.variables(notice.template) - example_words(notice, rules).keys()
    except (TemplateError, LookupError) as error:
        yield Fault(notice.id, "", f"its letter cannot be read: {error}")
        return
    yield from (Fault(notice.id, "", f"nobody gives it the variable {name}") for name in sorted(unknown))
    if unknown:
        return
    for language in languages:
        try:
            renderer.letter(notice.template, language, ZONE, example_words(notice, rules, language))
        except (TemplateError, LookupError) as error:
            yield Fault(notice.id, language, str(error))
