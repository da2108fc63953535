"""What a changed path would do to a case that is open, if it held for it; it never does (R32)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from webapp.domain.calendars import Calendar
from webapp.domain.endorsements.cases import ANSWERING, Case
from webapp.domain.endorsements.clock import expected_at
from webapp.domain.endorsements.paths import PartnerRule


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One open case under its own path and under the changed one.

    `expected` are the last moments at which the partner's word can be expected, in UTC; `silent` what
    comes of silence (lapsed, no_objection_tacit); `signatures` how many people sign, of whom
    `signed` have.
    """

    expected: tuple[datetime | None, datetime | None]
    silent: tuple[str, str]
    signatures: tuple[int, int]
    signed: int
    is_over: bool

    @property
    def differs(self) -> bool:
        """Whether the case would go another way."""
        pairs: tuple[tuple[object, object], ...] = (self.expected, self.silent, self.signatures)
        return any(before != after for before, after in pairs)


def rehearse(
    case: Case, now: datetime, paths: tuple[PartnerRule, PartnerRule], calendars: tuple[Calendar, Calendar]
) -> Rehearsed:
    """The case under the path it runs under and under a changed one; nothing is kept of it."""
    before, after = paths
    days = after.answer_days + (after.extension_days if case.extended else 0)
    changed = replace(case, rule_version=after.version, clock_days=days)
    expected = (expected_at(case, before, calendars[0]), expected_at(changed, after, calendars[1]))
    return Rehearsed(
        expected=expected,
        silent=(_silent(case, before), _silent(case, after)),
        signatures=(before.signatures_needed, after.signatures_needed),
        signed=len(case.signatures),
        is_over=case.state in ANSWERING and expected[1] is not None and expected[1] <= now,
    )


def _silent(case: Case, rule: PartnerRule) -> str:
    """What comes of silence, if it is acknowledged and the notices arrive."""
    return "no_objection_tacit" if rule.silence_is_consent and not case.silence_broken else "lapsed"
