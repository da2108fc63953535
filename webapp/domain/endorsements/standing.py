"""What the words of all partners of a proposal come to; derived, never stored by hand (R33)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from webapp.domain.endorsements.cases import POSITIVE
from webapp.domain.workflow import Standing

ASKS = ("every", "lead_and")
ON_OBJECTION = ("stop", "drop", "mediate")

_OUTSIDE = ("not_needed", "acceded_late")
"""Takes part without a word that the proposal waits for."""


class Spoken(Protocol):
    """What counts of one partner: a `Case`, or a row of the same three."""

    @property
    def is_lead(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def cooling_off_ends_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Word:
    """One partner's state, for those who have no whole case at hand."""

    is_lead: bool
    state: str
    cooling_off_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """What a call says suffices: every partner, or the lead and at least `others` more (R33).

    `on_objection`: an objection stops the proposal, drops that partner, or is mediated (which stops it
    too, until the partner's word is another). `least_partners` must stay, the lead among them (R7).
    """

    asks: str = "every"
    others: int = 1
    on_objection: str = "stop"
    least_partners: int = 2

    def __post_init__(self) -> None:
        if self.asks not in ASKS or self.on_objection not in ON_OBJECTION:
            raise ValueError(f"a call cannot ask {self.asks!r} and {self.on_objection!r} on objection")


def read_sufficiency(content: Mapping[str, Any]) -> Sufficiency:
    """What a call says, as it was stored; what is not there has its default."""
    return Sufficiency(**content)


def is_asked(rule: Sufficiency, *, is_lead: bool) -> bool:
    """Whether the call asks this partner for its word: not the others where the lead's alone suffices (row 1)."""
    return is_lead or rule.asks == "every" or rule.others > 0


def is_positive(spoken: Spoken, now: datetime) -> bool:
    """Endorsed, with conditions or not, no objection; tacit once its cooling-off time is over."""
    if spoken.state not in POSITIVE:
        return False
    ends = spoken.cooling_off_ends_at
    return spoken.state != "no_objection_tacit" or (ends is not None and now >= ends)


def standing(words: Iterable[Spoken], rule: Sufficiency, now: datetime) -> Standing:
    """Whether the proposal can go on.

    complete: every partner that is still on its list has a positive word. able: the lead and as many
    others as the call asks have, and no objection stands against it. blocked: that can no longer come
    about unless the secretariat opens a case again. waiting: otherwise, and before any case is opened.
    """
    all_words = tuple(words)
    if not all_words:
        return "waiting"
    on_list = [word for word in all_words if not _has_left(word, rule)]
    asked = [word for word in on_list if word.state not in _OUTSIDE]
    if len(on_list) < rule.least_partners or any(_blocks(word, rule) for word in all_words):
        return "blocked"
    if all(is_positive(word, now) for word in asked):
        enough = rule.asks == "every" or sum(not word.is_lead for word in asked) >= rule.others
        return "complete" if enough else "blocked"
    return "waiting" if rule.asks == "every" else _lead_and(asked, rule, now)


def _lead_and(asked: list[Spoken], rule: Sufficiency, now: datetime) -> Standing:
    lead_is_in = all(is_positive(word, now) for word in asked if word.is_lead)
    others = [word for word in asked if not word.is_lead]
    if len(others) < rule.others:
        return "blocked"
    positive = sum(is_positive(word, now) for word in others)
    return "able" if lead_is_in and positive >= rule.others else "waiting"


def _has_left(word: Spoken, rule: Sufficiency) -> bool:
    """Off the proposal's list: it stands aside, or the call goes on without it."""
    if word.state == "stands_aside":
        return True
    if word.state == "objected":
        return rule.on_objection == "drop"
    return word.state in ("lapsed", "withdrawn") and rule.asks == "lead_and"


def _blocks(word: Spoken, rule: Sufficiency) -> bool:
    """The proposal cannot go on as long as this is this partner's word."""
    if word.is_lead:
        return word.state in ("stands_aside", "objected", "lapsed", "withdrawn")
    if word.state == "objected":
        return rule.on_objection != "drop"
    return word.state in ("lapsed", "withdrawn") and rule.asks == "every"
