"""The secretariat's own words in a letter: texts with `{{ variables }}`, in a sandbox that knows nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import structlog
from babel.support import NullTranslations
from flask_babel import get_translations
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from webapp.adapters.catalogues import MessageId, load, messages_of, placeholders_of
from webapp.adapters.formats import FILTERS
from webapp.domain.ports import OwnWords, Sentence, Unfit

log = structlog.get_logger(__name__)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")

# What a wording may do with a variable; each shows it and changes nothing.
ALLOWED_FILTERS = frozenset({"date", "moment", "day", "time_in", "list_words", "number"})


class UnfitWording(ValueError):
    """A wording that cannot be used: a code, and the word in it that is the matter."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.filters = {name: _shown(FILTERS[name]) for name in ALLOWED_FILTERS}
    made.globals = {}
    made.tests = {}
    return made


def _shown(how: Callable[..., object]) -> Callable[[object], object]:
    # A day or a number that is not known reads as nothing, as in the product's own letters.
    return lambda value: "" if value is None or value == "" else how(value)


ENVIRONMENT = _environment()


@lru_cache(maxsize=2000)
def compile_wording(source: str, names: frozenset[str]) -> Template:
    """The wording, ready to be rendered. Raises UnfitWording where it says more than text and known variables."""
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise UnfitWording("wording_syntax", str(error.message)) from error
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise UnfitWording("wording_not_text", type(output).__name__.lower())
        for part in output.nodes:
            if isinstance(part, nodes.TemplateData):
                # What the secretariat types is text, not markup.
                part.data = str(escape(part.data))
            else:
                _check_variable(part, names)
    return Template.from_code(ENVIRONMENT, ENVIRONMENT.compile(tree), {})


def _check_variable(part: nodes.Node, names: frozenset[str]) -> None:
    while isinstance(part, nodes.Filter):
        if part.name not in ALLOWED_FILTERS or part.args or part.kwargs or part.node is None:
            raise UnfitWording("wording_unknown_filter", part.name)
        part = part.node
    said = _dotted(part)
    if said is None:
        raise UnfitWording("wording_not_text")
    if said not in names:
        raise UnfitWording("wording_unknown_variable", said)


def _dotted(part: nodes.Node) -> str | None:
    if isinstance(part, nodes.Name):
        return part.name
    if isinstance(part, nodes.Getattr):
        before = _dotted(part.node)
        return f"{before}.{part.attr}" if before else None
    return None


def judge_wording(sentences: Iterable[Sentence], own: OwnWords) -> Iterator[Unfit]:
    """What of the own words cannot be used: for sentences that are not there, with variables that nobody gives."""
    by_key = {sentence.key: sentence for sentence in sentences}
    for key, source in own.texts.items():
        if key not in by_key:
            yield Unfit(key, "wording_unknown_sentence", key)
            continue
        try:
            compile_wording(source, sayable(own.names, by_key[key].names))
        except UnfitWording as unfit:
            yield Unfit(key, unfit.code, unfit.what)


def sayable(names: frozenset[str], placeholders: Iterable[str]) -> frozenset[str]:
    """What a sentence may say: its own placeholders, and the letter's variables that these do not hide."""
    own = frozenset(placeholders)
    return own | {name for name in names if name.partition(".")[0] not in own}


def sentences_of(domain: str, language: str, path: Path) -> tuple[Sentence, ...]:
    """The sentences of a template in a language, each once; those that count in every form that the language has."""
    found: dict[str, Sentence] = {}
    for message in messages_of(path):
        for key, text in _forms(message, load(domain, language)):
            names = placeholders_of(message if isinstance(message, str) else message[1])
            found.setdefault(key, Sentence(key, _PLACEHOLDER.sub(r"{{ \1 }}", text).replace("%%", "%"), names))
    return tuple(found.values())


def _forms(message: MessageId, words: NullTranslations) -> Iterator[tuple[str, str]]:
    if isinstance(message, str):
        yield message, words.gettext(message)
        return
    seen: dict[int, int] = {}
    for number in range(200):
        seen.setdefault(_form(words, number), number)
    for form, number in sorted(seen.items()):
        yield form_key(message[0], form), words.ngettext(message[0], message[1], number)


def form_key(singular: str, form: int) -> str:
    """The key of one plural form of a sentence that counts."""
    return f"{singular}#{form}"


def _form(words: NullTranslations, number: int) -> int:
    rule = getattr(words, "plural", None)
    return int(rule(number)) if rule else int(number != 1)


def speaking(
    own: Callable[[], OwnWords | None], values: Callable[[], Mapping[str, object]]
) -> dict[str, Callable[..., str]]:
    """`gettext` and `ngettext` for templates: the secretariat's own words where there are, else the catalogue's."""

    def said(key: str, variables: Mapping[str, object]) -> Markup | None:
        words = own()
        if words is None or key not in words.texts:
            return None
        try:
            found = compile_wording(words.texts[key], sayable(words.names, variables.keys()))
            return Markup(found.render({**values(), **variables}))  # noqa: S704 - text and variables are escaped
        except (UnfitWording, UndefinedError):
            # The letter goes out all the same, in the product's words.
            log.warning("wording_unfit", sentence=key)
            return None

    def gettext(message: str, **variables: object) -> str:
        return said(message, variables) or Markup(get_translations().ugettext(message)) % variables  # noqa: S704

    def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
        words, filled = get_translations(), {"num": num, **variables}
        known = Markup(words.ungettext(singular, plural, num))  # noqa: S704 - catalogues are the product's own
        return said(form_key(singular, _form(words, num)), filled) or known % filled

    return {"gettext": gettext, "ngettext": ngettext, "_": gettext}
