"""Frozen versions of a proposal: one text and hash for one content, and what changed between two (R10, R11)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any, Literal

from webapp.domain.references import read_reference

ChangeKind = Literal["added", "removed", "changed"]
PieceKind = Literal["same", "added", "removed"]

# A mail program may break the line within the hash.
_HASH = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]\s?){63}[0-9a-f](?![0-9a-z])")
_REFERENCE = re.compile(r"[Pp][Dd][-‐-―−][0-9]{4}[-‐-―−][0-9]{1,9}[-‐-―−][0-9](?![0-9])")
_MOST_COMPARISONS = 4_000_000
"""Above this many pairs of words two texts are shown whole, one struck and one new."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its path with dots ("plan.milestones.2.due_on"), before and after.

    In lists the number is the place in the newer version; for what was removed, in the older one.
    """

    path: str
    kind: ChangeKind
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both texts have, or one of them."""

    kind: PieceKind
    text: str


def canonical_json(content: Any) -> bytes:
    """The one text of a content: keys sorted by code point, no spaces, NFC, UTF-8 (R10).

    TypeError for a float (its text is not the same everywhere; amounts are decimal strings) and for
    what JSON does not know; ValueError for lone surrogates and for keys that are the same in NFC.
    """
    text = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def content_hash(content: Any) -> str:
    """The SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return sha256(canonical_json(content)).hexdigest()


def read_receipt(text: str) -> tuple[str, str] | None:
    """The reference and the hash that a receipt's text names, however it was wrapped; None where one lacks."""
    sha256_match = _HASH.search(_REFERENCE.sub("|", text).lower())
    reference = next((one for match in _REFERENCE.finditer(text) if (one := read_reference(match[0]))), None)
    if sha256_match is None or reference is None:
        return None
    return str(reference), re.sub(r"\s", "", sha256_match[0])


def difference(before: Any, after: Any) -> tuple[Change, ...]:
    """Every field that differs between two contents, field by field, in the order of their paths (R11).

    An empty text and a missing field are one and the same to a reader, and no change.
    """
    return tuple(_differ("", _shown(_plain(before)), _shown(_plain(after))))


def word_difference(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts word by word; scripts that put no space between words, sign by sign.

    The pieces that are not added make up `before`, those that are not removed make up `after`.
    """
    old, new = _words(before), _words(after)
    if len(old) * len(new) > _MOST_COMPARISONS:
        return _pieces([("removed", before), ("added", after)])
    pieces: list[tuple[PieceKind, str]] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(old[old_from:old_to])))
        else:
            pieces.append(("removed", "".join(old[old_from:old_to])))
            pieces.append(("added", "".join(new[new_from:new_to])))
    return _pieces(pieces)


def _plain(value: Any) -> Any:
    """The same content in types that JSON has, texts in NFC."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        plain = {_key(key): _plain(entry) for key, entry in value.items()}
        if len(plain) != len(value):
            raise ValueError("two keys are the same text")
        return plain
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    raise TypeError(f"a version cannot hold {type(value).__name__}: {value!r}")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {type(key).__name__}: {key!r}")
    return unicodedata.normalize("NFC", key)


def _shown(value: Any) -> Any:
    """The content as its reader sees it: what is empty is not there; places in lists stay."""
    if isinstance(value, Mapping):
        kept = {key: shown for key, entry in value.items() if (shown := _shown(entry)) is not None}
        return kept or None
    if isinstance(value, list | tuple):
        return [_shown(entry) for entry in value] or None
    return None if value == "" else value


def _differ(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is None and after is None:
        return
    if isinstance(before, Mapping | None) and isinstance(after, Mapping | None):
        yield from _differ_by_key(path, before or {}, after or {})
    elif isinstance(before, list | None) and isinstance(after, list | None):
        yield from _differ_by_place(path, before or [], after or [])
    elif before is None:
        yield Change(path, "added", None, after)
    elif after is None:
        yield Change(path, "removed", before, None)
    elif canonical_json(before) != canonical_json(after):
        yield Change(path, "changed", before, after)


def _differ_by_key(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in sorted({*before, *after}, key=_by_number):
        yield from _differ(_join(path, key), before.get(key), after.get(key))


def _differ_by_place(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    """Align the entries first, so that one that is put in front does not change all that follow."""
    old, new = [canonical_json(entry) for entry in before], [canonical_json(entry) for entry in after]
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        shared = min(old_to - old_from, new_to - new_from)
        for offset in range(shared):
            place = new_from + offset
            yield from _differ(_join(path, place), before[old_from + offset], after[place])
        for place in range(old_from + shared, old_to):
            yield Change(_join(path, place), "removed", before[place], None)
        for place in range(new_from + shared, new_to):
            yield Change(_join(path, place), "added", None, after[place])


def _join(path: str, key: str | int) -> str:
    return f"{path}.{key}" if path else str(key)


def _by_number(key: str) -> tuple[bool, int, str]:
    is_number = key.isascii() and key.isdigit()
    return (not is_number, int(key) if is_number else 0, key)


def _words(text: str) -> list[str]:
    """Split into words, runs of spaces, and single signs; a mark stays with the letter it stands on."""
    words: list[str] = []
    kind = ""
    for char in text:
        this = _sort(char)
        if words and (this == "mark" or (this == kind and this in ("word", "space"))):
            words[-1] += char
        else:
            words.append(char)
            kind = this
    return words


def _sort(char: str) -> str:
    category = unicodedata.category(char)
    if category.startswith("M") or char in "\u200c\u200d":
        return "mark"
    if char.isspace():
        return "space"
    if category[0] not in "LN" or _stands_alone(char):
        return "sign"
    return "word"


def _stands_alone(char: str) -> bool:
    """Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Chinese, Japanese."""
    code = ord(char)
    return (
        0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or 0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def _pieces(pieces: Sequence[tuple[PieceKind, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in pieces if text)
