"""One partner's case on one proposal: its states, what it remembers, what happens to it (`endorsement.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from webapp.domain.calendars import Stop

UNOPENED = "unopened"
"""Before row 1: a case in this state is never stored."""

OUTCOMES = (
    "endorsed",
    "endorsed_with_conditions",
    "no_objection",
    "no_objection_tacit",
    "stands_aside",
    "objected",
    "lapsed",
)
STATES = (
    "not_needed",
    "to_request",
    "requested",
    "delivered",
    "undeliverable",
    "acknowledged",
    "in_consultation",
    "waiting_applicant",
    "adjustment_requested",
    *OUTCOMES,
    "revalidation_needed",
    "withdrawal_notified",
    "withdrawn",
    "expired",
    "acceded_late",
)
POSITIVE = ("endorsed", "endorsed_with_conditions", "no_objection", "no_objection_tacit")
"""Tacit consent is positive once its cooling-off time is over; ask `is_positive`."""
ANSWERING = ("acknowledged", "in_consultation")
"""The clock runs and the partner owes its word."""

LETTERS = (*OUTCOMES, "acceded_late")
"""What a formal letter of a partner can say."""

POINT_KINDS = ("question", "adjustment")
POINT_STATES = ("open", "answered", "changed", "late")
"""What a partner asks at a field, and how that ended."""

AT_REST = (*OUTCOMES, "not_needed", "withdrawn", "expired", "acceded_late")
"""Nobody owes anything: the partner has spoken, or is not asked."""

APPLICANT, SECRETARIAT, FOCAL_POINT, DEPUTY = "applicant", "secretariat", "focal_point", "deputy"
TIMER, MAIL = "timer", "mail"
ROLES = (APPLICANT, SECRETARIAT, FOCAL_POINT, DEPUTY, TIMER, MAIL)
SPEAKERS = (FOCAL_POINT, DEPUTY)


@dataclass(frozen=True, slots=True)
class Office:
    """Who can speak for the partner now, by person id (R34).

    `deputy` is named only between the dates given. `unreachable` are people whose address bounced.
    """

    focal_point: int | None = None
    away: bool = False
    deputy: int | None = None
    others: tuple[int, ...] = ()
    unreachable: frozenset[int] = frozenset()
    has_address: bool = False

    @property
    def people(self) -> tuple[int, ...]:
        """All who can speak for it: the focal point, then the deputy, then its other focal points.

        A focal point who is away comes last: the others are asked first, but the word stays theirs.
        """
        first = () if self.focal_point is None else (self.focal_point,)
        second = () if self.deputy is None else (self.deputy,)
        order = (*second, *self.others, *first) if self.away else (*first, *second, *self.others)
        return tuple(dict.fromkeys(order))


@dataclass(frozen=True, slots=True)
class Around:
    """What the rest of the product knows at this moment; loaded anew for every step, never stored with a case.

    `members` take part in the proposal. `notices_delivered` are those of this case that were accepted
    and did not bounce. `started`: the project runs. `accession_open`: the decision lets partners join.
    `mediates`: the call lets an objection be mediated. `standstills` are the times in which the applicant
    owed an answer to a question of the secretariat or the panel (R85).
    """

    members: frozenset[int] = frozenset()
    office: Office = Office()
    notices_delivered: int = 0
    started: bool = False
    accession_open: bool = False
    mediates: bool = False
    standstills: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """One of several signatures that a partner's path asks for."""

    by: int
    outcome: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What one partner was asked on one proposal, and what came of it. All moments are UTC.

    `version` is the version the case is about; `outcome_version` the one that the word was given on.
    The clock is `clock_days` working days from `clock_started_at`, less `stops` and standstills; its due time is never
    stored here but computed (`due_at`). `asked_at` is when the last request was delivered.
    """

    partner: str
    is_lead: bool = False
    takes_part: bool = True
    state: str = UNOPENED
    since: datetime | None = None
    version: int = 0
    version_hash: str = ""
    rule_version: int = 0
    signatory: int | None = None
    letter: int = 0
    asked_at: datetime | None = None
    acknowledged_at: datetime | None = None
    clock_started_at: datetime | None = None
    clock_days: int = 0
    stops: tuple[Stop, ...] = ()
    notices_sent: tuple[int, ...] = ()
    back_to: str = ""
    fields: tuple[str, ...] = ()
    second_asked: bool = False
    extended: bool = False
    reopened: bool = False
    silence_broken: bool = False
    signatures: tuple[Signature, ...] = ()
    outcome: str = ""
    outcome_text: str = ""
    outcome_version: int | None = None
    outcome_at: datetime | None = None
    outcome_by: int | None = None
    cooling_off_ends_at: datetime | None = None
    valid_until: datetime | None = None
    effective_at: datetime | None = None
    around: Around = field(default=Around(), compare=False)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that somebody did or that happened to a case; `name` is an event of the table.

    `by` did it (None: the product itself), `second` is the other pair of eyes. `version` and
    `version_hash` are the version shown or made. `fields` are those asked about, changed, or answered,
    with the reason or answer; in a consultation whom it asks, with what. `letter` is the number of the
    letter that was delivered or bounced.
    """

    name: str
    by: int | None = None
    second: int | None = None
    reason: str = ""
    version: int | None = None
    version_hash: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    changed: tuple[str, ...] = ()
    signatory: int | None = None
    designation: str = ""
    letter: int | None = None
    days: int = 0
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What the service has to do besides storing the case, in the same unit of work.

    record        an event of the case for the audit trail and the notices table: `event`, and details
    send_letter   the request for endorsement: `to` (person), `number`, `version`
    tell          a notice: `notice` (endorsement_due, endorsement_unreachable), `to` (signatory, deputy,
                  focal_points, office, secretariat), `days` from the due day
    issue_word    the partner's formal word, to be kept for good with its code: `outcome`, `version`, `text`
    open_vacancy  nobody can sign for the partner: `reason` (no_focal_point, bounced, silent)
    close_vacancy somebody can
    """

    do: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)


_MOMENTS = frozenset(
    {
        "since",
        "asked_at",
        "acknowledged_at",
        "clock_started_at",
        "outcome_at",
        "cooling_off_ends_at",
        "valid_until",
        "effective_at",
    }
)


def write_case(case: Case) -> dict[str, Any]:
    """Everything that a case remembers, as JSON knows it."""
    content: dict[str, Any] = {}
    for entry in fields(Case):
        value = getattr(case, entry.name)
        if entry.name == "around":
            continue
        if entry.name in _MOMENTS:
            value = _text(value)
        elif entry.name == "stops":
            value = [[_text(stop.since), _text(stop.until)] for stop in value]
        elif entry.name == "signatures":
            value = [[signed.by, signed.outcome, signed.text] for signed in value]
        elif isinstance(value, tuple):
            value = list(value)
        content[entry.name] = value
    return content


def read_case(content: Mapping[str, Any], around: Around) -> Case:
    """A case as it was stored, with what is known around it now."""
    values: dict[str, Any] = {
        name: _moment(value) if name in _MOMENTS else tuple(value) if isinstance(value, list) else value
        for name, value in content.items()
    }
    values["stops"] = tuple(Stop(_known(since), _moment(until)) for since, until in content["stops"])
    values["signatures"] = tuple(Signature(*signed) for signed in content["signatures"])
    return Case(**values, around=around)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _moment(text: str | None) -> datetime | None:
    return _known(text) if text else None


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)
