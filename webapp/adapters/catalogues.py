"""Translations: each language's catalogue is its `.po` file, read when it is first needed; nothing is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "translations"
MAILS, PAGES = "mails", "pages"
SOURCE_LANGUAGE = "en"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "_l", "lazy_gettext", "say")),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2)),
}

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_HEADERS = {
    MAILS: "# The words of the mails in this language. `desk notices catalogues` adds what a template says anew.",
    PAGES: "# The words of the pages in this language. `desk translations renew` adds what they say anew.",
}

# Lines of a catalogue's head that say when and by whom: the history of the file knows that.
_CHANGING = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Last-Translator', b'"Report-Msgid', b'"Language-Team')

MessageId = str | tuple[str, ...]
Wanted = Mapping[MessageId, Sequence[str]]
"""Messages, each with the files that say it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A message that a catalogue lacks, has only as a guess, or has with other placeholders than the original."""

    language: str
    message: str
    why: str


class Catalogues(Domain):  # type: ignore[misc]  # the library brings no types
    """One domain of messages in all languages, from `translations/<language>/LC_MESSAGES/<domain>.po`."""

    def get_translations(self) -> NullTranslations:
        """The translations of the reader's language; those of none where there is no catalogue."""
        return load(self.domain[0], str(get_locale() or SOURCE_LANGUAGE))


@cache
def load(domain: str, language: str) -> NullTranslations:
    """A language's catalogue, ready to translate; guesses ("fuzzy") do not count."""
    catalogue = read(domain, language)
    if catalogue is None:
        return NullTranslations()
    packed = BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return Translations(packed, domain)


def read(domain: str, language: str) -> Catalog | None:
    """The catalogue as it stands in its file; None where there is none."""
    path = path_of(domain, language)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def path_of(domain: str, language: str) -> Path:
    """Where a language's catalogue stands."""
    return FOLDER / language.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"


@cache
def mail_messages() -> dict[MessageId, list[str]]:
    """Every message of the mails, with the files that say it, in the order of the files."""
    found: dict[MessageId, list[str]] = {}
    for path in [*sorted((ROOT / "templates" / "email").glob("*.html")), ROOT / "adapters" / "formats.py"]:
        for message in messages_of(path):
            places = found.setdefault(message, [])
            if path.name not in places:
                places.append(path.name)
    return found


def messages_of(path: Path) -> Iterator[MessageId]:
    """The messages that one template or module says."""
    how = "python" if path.suffix == ".py" else "jinja2"
    for _line, message, _comments, _context in extract_from_file(how, path, keywords=KEYWORDS):
        yield tuple(message) if isinstance(message, tuple) else message


def find_gaps(language: str, wanted: Wanted, domain: str = MAILS) -> list[Gap]:
    """What the catalogue of this language lacks: missing, guessed, other placeholders, said no more."""
    catalogue = read(domain, language)
    if catalogue is None:
        return [Gap(language, "", "no catalogue")]
    faults = [(str(message), _fault(message, catalogue)) for message in wanted]
    unused = [(str(entry.id), "unused") for entry in catalogue if entry.id and entry.id not in wanted]
    return [Gap(language, message, why) for message, why in [*faults, *unused] if why]


def _fault(message: MessageId, catalogue: Catalog) -> str:
    entry = catalogue.get(message if isinstance(message, str) else message[0])
    if entry is None:
        return "missing"
    forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    if not forms or not all(forms) or (not isinstance(message, str) and len(forms) != catalogue.num_plurals):
        return "missing"
    if entry.fuzzy:
        return "fuzzy"
    wanted = placeholders_of(message if isinstance(message, str) else message[1])
    # A form for one, two or none may say the number as a word.
    spoken = {"num"} if not isinstance(message, str) else set()
    return "" if all(wanted - spoken <= placeholders_of(form) <= wanted for form in forms) else "placeholders"


def placeholders_of(text: str) -> frozenset[str]:
    """The names that a message is filled in with."""
    return frozenset(_PLACEHOLDER.findall(text))


def renew(language: str, wanted: Wanted, domain: str = MAILS) -> int:
    """Bring the catalogue of this language up to what is said, keeping what is translated; new ones empty.

    Returns how much is left to translate.
    """
    was = read(domain, language)
    made = Catalog(locale=language.replace("-", "_"), domain=domain, header_comment=_HEADERS[domain], fuzzy=False)
    for message, places in wanted.items():
        entry = was.get(message if isinstance(message, str) else message[0]) if was is not None else None
        made.add(message, entry.string if entry else None, locations=[(place, 0) for place in places])
    save(made, language, domain)
    return len(find_gaps(language, wanted, domain))


def save(catalogue: Catalog, language: str, domain: str = MAILS) -> None:
    """Write the catalogue of this language: the same content gives the same bytes."""
    path = path_of(domain, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = BytesIO()
    write_po(written, catalogue, width=118, include_lineno=False)
    kept = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_CHANGING)]
    path.write_bytes(b"".join(kept))
