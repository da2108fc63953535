"""Makes the words of notices from their templates, in a person's language and zone; styles end up at the elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import css_inline
from babel import Locale, UnknownLocaleError
from flask import Flask, g
from flask_babel import Babel
from jinja2 import StrictUndefined, Template, meta
from markupsafe import Markup

from webapp.adapters.catalogues import MAILS, SOURCE_LANGUAGE, Catalogues, find_gaps, mail_messages
from webapp.adapters.formats import FILTERS
from webapp.adapters.plain_text import plain_text
from webapp.adapters.wordings import judge_wording, sentences_of, speaking
from webapp.domain.ports import Letter, OwnWords, Sentence, Unfit

ROOT = Path(__file__).parents[1]
BLOCKS = frozenset({"subject", "body", "why"})
# What every template has besides its variables: translating, and the parts of mails.
AT_HAND = frozenset({"_", "gettext", "ngettext", "facts", "action", "strip", "quote"})
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class MailRenderer:
    """The `Renderer` port: a small application of its own, with templates and catalogues and nothing else.

    It needs no request and, inside one, takes no notice of it: a mail is in its reader's language.
    """

    def __init__(self, languages: tuple[str, ...], default_language: str) -> None:
        self._languages = languages
        self._default = default_language
        self._app = Flask("webapp", root_path=str(ROOT))
        self._app.jinja_env.undefined = StrictUndefined
        self._app.jinja_env.filters.update(FILTERS)
        babel = Babel(self._app, locale_selector=lambda: g.mail_locale, timezone_selector=lambda: g.mail_zone)
        babel.domain_instance = Catalogues(domain=MAILS)
        self._app.jinja_env.globals.update(speaking(lambda: g.own_words, lambda: g.mail_values))
        self._inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that letters are written in."""
        return self._languages

    def sentence(
        self, template: str, language: str, zone: str, values: Mapping[str, object], own: OwnWords | None = None
    ) -> str:
        """The block `subject` alone, as one line of text. Raises LookupError where a template has none."""
        with self._as_read_by(language, zone, own, values):
            return _subject(self._find(template), values)

    def letter(
        self, template: str, language: str, zone: str, values: Mapping[str, object], own: OwnWords | None = None
    ) -> Letter:
        """Subject, text and HTML; the text is made from the HTML, so that both say the same."""
        with self._as_read_by(language, zone, own, values):
            found = self._find(template)
            subject = _subject(found, values)
            frame = {"lang": g.mail_locale.replace("_", "-"), "dir": g.mail_direction, "subject": subject}
            html = found.render({"settings_url": "", **values, **frame})
        return Letter(subject, plain_text(html), self._inliner.inline(html))

    def sentences(self, template: str, language: str) -> tuple[Sentence, ...]:
        """What the template says, sentence by sentence; a sentence that counts, in each form of the language."""
        return sentences_of(MAILS, self._known(language), ROOT / "templates" / "email" / f"{template}.html")

    def judge(self, template: str, language: str, own: OwnWords) -> tuple[Unfit, ...]:
        """Which of the words cannot be used in this template."""
        return tuple(judge_wording(self.sentences(template, language), own))

    def variables(self, template: str) -> frozenset[str]:
        """The variables that a template says in any of its branches. Raises LookupError where a block lacks."""
        environment = self._app.jinja_env
        assert environment.loader is not None  # noqa: S101 - the application's own
        name = f"email/{template}.html"
        if lacking := BLOCKS - environment.get_template(name).blocks.keys():
            raise LookupError(f"{name} has no block named {', '.join(sorted(lacking))}")
        source, _, _ = environment.loader.get_source(environment, name)
        return frozenset(meta.find_undeclared_variables(environment.parse(source))) - AT_HAND

    def untranslated(self, language: str) -> tuple[str, ...]:
        """What the language's catalogue lacks; nothing in the language that the templates are written in."""
        if language == SOURCE_LANGUAGE:
            return ()
        return tuple(f"{gap.why}: {gap.message}" for gap in find_gaps(language, mail_messages()))

    def _find(self, template: str) -> Template:
        return self._app.jinja_env.get_template(f"email/{template}.html")

    @contextmanager
    def _as_read_by(
        self, language: str, zone: str, own: OwnWords | None, values: Mapping[str, object]
    ) -> Iterator[None]:
        with self._app.app_context():
            g.own_words, g.mail_values = own, values
            g.mail_locale = self._known(language)
            g.mail_direction = "rtl" if g.mail_locale.split("_")[0] in RIGHT_TO_LEFT else "ltr"
            g.mail_zone = zone or "UTC"
            yield

    def _known(self, language: str) -> str:
        if language not in self._languages:
            return self._default
        try:
            return str(Locale.parse(language, sep="-"))
        except (ValueError, UnknownLocaleError):
            return self._default


def _subject(template: Template, values: Mapping[str, object]) -> str:
    block = template.blocks.get("subject")
    if block is None:
        raise LookupError(f"{template.name} has no block named subject")
    said = "".join(block(template.new_context(dict(values))))
    return " ".join(Markup(said).unescape().split())  # noqa: S704 - what is made is plain text, not markup
