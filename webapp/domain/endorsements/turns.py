"""One step that is tried on a case: everything that its guards and its working out may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.calendars import Calendar
from webapp.domain.endorsements.cases import Case, Happened
from webapp.domain.endorsements.paths import PartnerRule


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens to a case, who did it in which role, when, under which path and calendar."""

    case: Case
    happened: Happened
    role: str
    now: datetime
    rule: PartnerRule
    calendar: Calendar


def choose_signatory(case: Case, *, after: int | None = None) -> int | None:
    """Who is asked to sign: the first who can be reached and has no part in the proposal (R34).

    With `after` the first other than that person.
    """
    return next(
        (person for person in case.around.office.people if person != after and can_be_asked(case, person)), None
    )


def signatory_to_ask(case: Case, named: int | None = None) -> int | None:
    """Whom a request goes to: the person named, else the case's signatory, else the next who can sign."""
    if named is not None:
        return named if named not in case.around.members else None
    if case.signatory is not None and can_be_asked(case, case.signatory):
        return case.signatory
    return choose_signatory(case)


def can_be_asked(case: Case, person: int) -> bool:
    """Whether the person has no part in the proposal and an address that works."""
    return person not in case.around.members and person not in case.around.office.unreachable
