"""Text fields: composed characters, no control characters, lengths counted in characters."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from wtforms import widgets

from webapp.pages.shared.fields.kept import KeptField
from webapp.pages.shared.filters import number

MARK = "\ufffd"
"""Stands where a character was that cannot be kept; itself refused, so that nobody saves it by mistake."""

_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufffd\ufffe\uffff]")


def clean_text(raw: str, *, lines: bool = False) -> str:
    """Composed (NFC), trimmed text; what cannot be kept is marked U+FFFD.

    With `lines` line ends stay, as line feeds; without, they and tabs become spaces. Refused are control
    characters, halves of pairs, codes that are no characters, and the two overrides of writing direction.
    """
    text = _NEWLINES.sub("\n", raw)
    if not lines:
        text = re.sub(r" *[\n\t][ \n\t]*", " ", text)
    text = _REFUSED.sub(MARK, text)
    return unicodedata.normalize("NFC", text).strip()


class CleanStringField(KeptField):
    """One line of text. `data` is always a string; at least `min_chars` are asked only of a required one."""

    widget = widgets.TextInput()
    lines = False

    def __init__(self, label: Any = None, *, max_chars: int = 200, min_chars: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_chars, self.min_chars = max_chars, min_chars
        self.render_kw = {"dir": "auto", **(self.render_kw or {})}

    def process_data(self, value: Any) -> None:
        self.data = self.typed = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            raw = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.data = self.typed = clean_text(raw, lines=self.lines)

    def complaint(self) -> str:
        now = len(self.data)
        if MARK in self.data:
            return gettext(
                "Delete the characters marked %(mark)s in “%(label)s”. They cannot be stored.",
                mark=MARK,
                label=self.words,
            )
        if now > self.max_chars:
            return gettext(
                "Shorten “%(label)s” to %(most)s characters. It has %(now)s now.",
                label=self.words,
                most=number(self.max_chars),
                now=number(now),
            )
        if self.required and now < self.min_chars:
            return gettext(
                "Write at least %(least)s characters in “%(label)s”. It has %(now)s now.",
                label=self.words,
                least=number(self.min_chars),
                now=number(now),
            )
        return ""


class CharsField(CleanStringField):
    """Long text with a limit, counted as the page's script counts: code points, a line end is one."""

    kind = "chars"
    widget = widgets.TextArea()
    lines = True

    def __init__(self, label: Any = None, *, max_chars: int = 2500, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(label, max_chars=max_chars, **kwargs)
        self.rows = rows


class EmailField(CleanStringField):
    """One mail address, checked for its form only; the domain part comes back in lower case."""

    widget = widgets.EmailInput()

    def __init__(self, label: Any = None, *, max_chars: int = 254, **kwargs: Any) -> None:
        super().__init__(label, max_chars=max_chars, **kwargs)
        self.render_kw = {"autocomplete": "email", "spellcheck": "false", **(self.render_kw or {})}
        self.render_kw["dir"] = "ltr"

    def complaint(self) -> str:
        found = super().complaint()
        if found:
            return found
        try:
            address = validate_email(self.data, check_deliverability=False)
        except EmailNotValidError:
            return gettext(
                "Enter an email address in “%(label)s”, such as name@organisation.org",
                label=self.words,
            )
        self.data = address.normalized
        return ""


class PasswordField(KeptField):
    """A password: taken as it is, never trimmed, never shown again."""

    widget = widgets.PasswordInput(hide_value=True)

    def __init__(self, label: Any = None, *, min_chars: int = 0, max_chars: int = 200, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.min_chars, self.max_chars = min_chars, max_chars
        self.render_kw = {"autocomplete": "current-password", **(self.render_kw or {})}

    def process_data(self, value: Any) -> None:
        self.data = self.typed = ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        raw = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.data = self.typed = raw

    def is_empty(self) -> bool:
        return not self.data

    def complaint(self) -> str:
        if len(self.data) > self.max_chars:
            return gettext("Use a password of at most %(most)s characters", most=number(self.max_chars))
        if len(self.data) < self.min_chars:
            return gettext("Use a password of at least %(least)s characters", least=number(self.min_chars))
        return ""

    @property
    def kept(self) -> str:
        """Never kept in a draft."""
        return ""
