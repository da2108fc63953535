"""What must hold before a move: one pure rule for each name that a workflow's table can use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from webapp.domain.errors import Invalid, NotNow, Refusal
from webapp.domain.problems import Problem

Standing = Literal["waiting", "able", "complete", "blocked"]
"""Of the whole proposal, what its partners' words come to; see `endorsements.standing`."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards may know of one proposal at one moment; times in UTC.

    A fact that nobody filled in refuses: every default is the value that lets nothing pass.
    `reviews_awaited` are live assignments whose review is not in yet; `quorum_lost` says that fewer are in than
    a decision needs. `due_at` is the due time of
    the stage (for a settled stage the end of the embargo). `open_until` is the last moment of a
    closed stage's dated moves. `drafted` is the decision that waits to be confirmed.
    """

    now: datetime
    problems: tuple[Problem, ...] | None = None
    call_open: bool = False
    due_at: datetime | None = None
    open_until: datetime | None = None
    appealed: bool = True
    standing: Standing = "waiting"
    reviews_in: int = 0
    reviews_awaited: int = 0
    quorum: int = 3
    quorum_lost: bool = False
    drafted: str = ""
    conditions_open: int | None = None


Guard = Callable[[Facts], Refusal | None]
"""None lets the move pass; otherwise the refusal, with its code and the values of its words."""


def complete(facts: Facts) -> Refusal | None:
    """The whole proposal has no problem; otherwise all of them are listed (R9)."""
    if facts.problems is None:
        return NotNow("not_checked")
    return Invalid(facts.problems) if facts.problems else None


def complete_and_call_open(facts: Facts) -> Refusal | None:
    """The call takes proposals at this moment, its grace time included (R12), and nothing is missing (R9)."""
    return complete(facts) if facts.call_open else NotNow("call_closed")


def endorsement_sufficient(facts: Facts) -> Refusal | None:
    """The partners' words are what the call says suffices (R33)."""
    if facts.standing in ("able", "complete"):
        return None
    return NotNow("endorsement_blocked" if facts.standing == "blocked" else "endorsement_waiting")


def endorsement_blocked(facts: Facts) -> Refusal | None:
    """A partner without whom the proposal cannot go on has lapsed or objected."""
    return None if facts.standing == "blocked" else NotNow("endorsement_not_blocked")


def quorum_met(facts: Facts) -> Refusal | None:
    """As many reviews are in as a decision needs (R44)."""
    missing = facts.quorum - facts.reviews_in
    if missing <= 0:
        return None
    return NotNow("quorum_not_met", {"missing": missing, "quorum": facts.quorum})


def quorum_lost(facts: Facts) -> Refusal | None:
    """Fewer reviews are in than a decision needs: a reviewer has left after the round closed (R41, R44)."""
    return None if facts.quorum_lost else NotNow("quorum_in")


def round_over(facts: Facts) -> Refusal | None:
    """The quorum is in, and nothing more is awaited or the due time has come (R44).

    All live assignments being in is not enough below the quorum: a decision could not be taken.
    """
    short = quorum_met(facts)
    if short is not None:
        return short
    if facts.reviews_awaited == 0 or _has_come(facts.due_at, facts.now):
        return None
    return NotNow("reviews_awaited", {"awaited": facts.reviews_awaited})


def quorum_met_and_partners_answered(facts: Facts) -> Refusal | None:
    """Where review and endorsement run side by side: both are done."""
    return endorsement_sufficient(facts) or round_over(facts)


def quorum_met_and_partners_suffice(facts: Facts) -> Refusal | None:
    """The same, closed early by the secretariat: a decision could be taken (R44)."""
    return endorsement_sufficient(facts) or quorum_met(facts)


def no_condition_open(facts: Facts) -> Refusal | None:
    """Every condition is met or waived (R48)."""
    if facts.conditions_open is None:
        return NotNow("not_checked")
    if facts.conditions_open:
        return NotNow("conditions_open", {"open": facts.conditions_open})
    return None


def time_over(facts: Facts) -> Refusal | None:
    """The due time of the stage has come; for a settled stage, its embargo is over (R49)."""
    return None if _has_come(facts.due_at, facts.now) else NotNow("not_due_yet")


def within_open_time(facts: Facts) -> Refusal | None:
    """The closed stage can still be left (R28); after that it is final."""
    if facts.open_until is not None and facts.now <= facts.open_until:
        return None
    return NotNow("open_time_over")


def first_appeal_in_time(facts: Facts) -> Refusal | None:
    """No appeal was made before, and the time for one has not passed (R29)."""
    return NotNow("appealed_before") if facts.appealed else within_open_time(facts)


def _drafted(decision: str) -> Guard:
    def drafted(facts: Facts) -> Refusal | None:
        """This is what was drafted, and the quorum of reviews still stands behind it."""
        if facts.drafted == decision:
            return quorum_met(facts)
        return NotNow("decision_drafted_differently" if facts.drafted else "decision_not_drafted")

    return drafted


def _has_come(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now >= moment


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "complete": complete,
        "complete_and_call_open": complete_and_call_open,
        "endorsement_sufficient": endorsement_sufficient,
        "endorsement_blocked": endorsement_blocked,
        "quorum_met": quorum_met,
        "quorum_lost": quorum_lost,
        "round_over": round_over,
        "quorum_met_and_partners_answered": quorum_met_and_partners_answered,
        "quorum_met_and_partners_suffice": quorum_met_and_partners_suffice,
        "drafted_approved": _drafted("approved"),
        "drafted_approved_with_conditions": _drafted("approved_with_conditions"),
        "drafted_revise": _drafted("revise"),
        "drafted_declined": _drafted("declined"),
        "no_condition_open": no_condition_open,
        "time_over": time_over,
        "within_open_time": within_open_time,
        "first_appeal_in_time": first_appeal_in_time,
    }
)

DATED_GUARDS = frozenset({"within_open_time", "first_appeal_in_time"})
"""The guards that end with the open time of a closed stage."""
