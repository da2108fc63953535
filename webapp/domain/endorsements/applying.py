"""Apply what happened to a case: find the row, ask its guards, take its step; pure, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from webapp.domain.calendars import Calendar
from webapp.domain.endorsements.cases import SPEAKERS, UNOPENED, Case, Effect, Happened
from webapp.domain.endorsements.guards import GUARDS
from webapp.domain.endorsements.paths import PartnerRule
from webapp.domain.endorsements.steps import take
from webapp.domain.endorsements.table import TABLE, Row
from webapp.domain.endorsements.turns import Turn
from webapp.domain.errors import NotAllowed, NotFound, NotNow, Refusal

_BEFORE_A_WORD = (
    "to_request",
    "requested",
    "delivered",
    "undeliverable",
    "acknowledged",
    "in_consultation",
    "waiting_applicant",
    "revalidation_needed",
)


def apply(  # noqa: PLR0917 – the six things that a step is judged by
    case: Case, happened: Happened, role: str, now: datetime, rule: PartnerRule, calendar: Calendar
) -> tuple[Case, tuple[Effect, ...]]:
    """The case after what happened, and what has to be done because of it.

    `role` is one of `ROLES`: what whoever did it is to this case. `rule` is the path of the version that
    the case has pinned (ValueError otherwise). Raises NotFound for an event the table does not know,
    NotAllowed where it is not theirs, NotNow where the case is not there or a guard does not hold,
    Invalid where something was left out, Stale where another version was shown. Then nothing changed.
    """
    if case.state != UNOPENED and rule.version != case.rule_version:
        raise ValueError(f"the case runs under path {case.rule_version}, not {rule.version}")
    if _acknowledges(case, happened, role):
        # Any action of the focal point acknowledges the request (row 5).
        acknowledged, first = _apply(Turn(case, Happened("acknowledge", happened.by), role, now, rule, calendar))
        after, then = _apply(Turn(acknowledged, happened, role, now, rule, calendar))
        return after, (*first, *then)
    return _apply(Turn(case, happened, role, now, rule, calendar))


def steps_for(  # noqa: PLR0917 – as `apply`
    case: Case, role: str, by: int | None, now: datetime, rule: PartnerRule, calendar: Calendar
) -> tuple[str, ...]:
    """The events that a person could make happen to this case now, for the buttons of a page.

    What only has to be filled in (a reason, fields, a version) does not stand against an event.
    """
    found: list[str] = []
    for event in dict.fromkeys(row.event for row in TABLE if role in row.who):
        try:
            apply(case, Happened(event, by, version=case.version), role, now, rule, calendar)
        except (NotFound, NotAllowed, NotNow):
            continue
        except Refusal:
            pass
        found.append(event)
    return tuple(found)


def follow_version(case: Case, version: int, version_hash: str) -> Case:
    """The case about a newer version of the proposal, where its partner owes a word that it has not given yet.

    A partner that has spoken keeps its word for the version it saw; a material change asks it again
    (row 20). A partner that asked for adjustments gets the new version by its own row (10).
    """
    if case.state not in _BEFORE_A_WORD:
        return case
    return replace(case, version=version, version_hash=version_hash, signatures=())


def _apply(turn: Turn) -> tuple[Case, tuple[Effect, ...]]:
    event, state = turn.happened.name, turn.case.state
    rows = [row for row in TABLE if row.event == event]
    if not rows:
        raise NotFound("endorsement_event_unknown", {"event": event})
    if not any(turn.role in row.who for row in rows):
        raise NotAllowed("endorsement_not_yours", {"event": event})
    here = [row for row in rows if state in row.sources]
    if not here:
        raise NotNow("endorsement_not_in_state", {"event": event, "state": state})
    return take(turn, _choose(turn, here))


def _choose(turn: Turn, rows: Sequence[Row]) -> Row:
    """The row whose guards hold; where none does, why the first does not."""
    refusals: list[Refusal] = []
    for row in rows:
        refusal = _refusal(turn, row)
        if refusal is None:
            return row
        refusals.append(refusal)
    raise refusals[0]


def _refusal(turn: Turn, row: Row) -> Refusal | None:
    return next((refusal for name in row.guards if (refusal := GUARDS[name](turn)) is not None), None)


def _acknowledges(case: Case, happened: Happened, role: str) -> bool:
    if case.state != "delivered" or role not in SPEAKERS:
        return False
    rows = [row for row in TABLE if row.event == happened.name]
    return any("acknowledged" in row.sources for row in rows) and not any("delivered" in row.sources for row in rows)
