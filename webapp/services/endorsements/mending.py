"""The secretariat sends a letter again, names another signatory with four eyes, opens a lapsed case once more."""

from __future__ import annotations

from typing import Any

from webapp.domain.endorsements import Case, Happened
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.audit import EventRow
from webapp.queries.endorsements.desk import NAMED, find_named
from webapp.services.endorsements.cases import SECRETARIAT, HeldCase, hold_case
from webapp.services.endorsements.opening import send_request
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import letter_times, record_on, take_step
from webapp.services.work import UnitOfWork

REPEATED_IN = ("requested", "delivered", "acknowledged", "in_consultation")
TEXT_AT_MOST = 1000


def send_again(work: UnitOfWork, reference: str, code: str) -> Case:
    """Send the request that waits, or the last one once more; no clock changes by it.

    Raises NotNow `no_signatory` where nobody can sign, `letter_not_wanted` where no letter is due.
    """
    held = hold_case(work, reference, code, Action.MEND_ENDORSEMENT)
    before = find_standing(work, held.held)
    if held.case.state == "to_request":
        if not send_request(work, held):
            raise NotNow("no_signatory")
        settle(work, held.held, before)
        return held.case
    if held.case.state not in REPEATED_IN or held.case.signatory is None:
        raise NotNow("letter_not_wanted")
    details: dict[str, Any] = {"person_id": held.case.signatory, "letter": held.case.letter}
    record_on(work, held, "EndorsementLetterRepeated", {**details, **letter_times(held, work.now)})
    return held.case


def name_signatory(work: UnitOfWork, reference: str, code: str, *, person_id: int, designation: str) -> None:
    """Name who signs instead of whom the letter did not reach, by the partner's own paper (row 4).

    Another member of the secretariat confirms it. Raises Invalid, NotNow.
    """
    held = hold_case(work, reference, code, Action.MEND_ENDORSEMENT)
    if held.case.state != "undeliverable":
        raise NotNow("endorsement_not_in_state")
    _check(held, person_id, designation)
    record_on(work, held, NAMED, {"person_id": person_id, "designation": designation.strip()})


def confirm_signatory(work: UnitOfWork, reference: str, code: str, *, event_id: int) -> Case:
    """Confirm whom another member of the secretariat named; the request goes to them.

    Raises NotAllowed `needs_another_person` to who named them, NotNow where nobody is named or it is
    another naming than the one seen.
    """
    held = hold_case(work, reference, code, Action.MEND_ENDORSEMENT)
    named = _find_named(work, held)
    if named is None or named.id != event_id:
        raise NotNow("signatory_not_named")
    _check(held, int(named.payload["person_id"]), str(named.payload["designation"]))
    before = find_standing(work, held.held)
    happened = Happened(
        "signatory_confirmed",
        by=work.actor.person_id,
        second=named.actor_id,
        signatory=int(named.payload["person_id"]),
        designation=str(named.payload["designation"]),
    )
    case = take_step(work, held, happened, SECRETARIAT)
    settle(work, held.held, before)
    return case


def replace_signatory(work: UnitOfWork, reference: str, code: str, *, person_id: int) -> Case:
    """Another person signs for the partner's office; what is asked, and until when, stays (row 24).

    Raises Invalid where the person does not speak for the partner or takes part, NotNow
    `signatory_by_paper` where a letter came back: there two have to confirm who signs (row 4).
    """
    held = hold_case(work, reference, code, Action.MEND_ENDORSEMENT, later=True)
    if held.case.state == "undeliverable":
        raise NotNow("signatory_by_paper")
    _check(held, person_id)
    happened = Happened("signatory_replaced", by=work.actor.person_id, signatory=person_id)
    return take_step(work, held, happened, SECRETARIAT)


def reopen(work: UnitOfWork, reference: str, code: str, *, reason: str) -> Case:
    """Ask a partner that lapsed once more, with a reason (row 27)."""
    if len(reason) > TEXT_AT_MOST:
        raise Invalid([Problem("endorsement", "reason", "too_long", {"most": TEXT_AT_MOST})])
    held = hold_case(work, reference, code, Action.MEND_ENDORSEMENT)
    before = find_standing(work, held.held)
    case = take_step(work, held, Happened("reopen", by=work.actor.person_id, reason=reason), SECRETARIAT)
    settle(work, held.held, before)
    return case


def _find_named(work: UnitOfWork, held: HeldCase) -> EventRow | None:
    found = find_named(work.session, held.row.proposal_id, held.row.id, held.case.since or work.now)
    return found[0] if found else None


def _check(held: HeldCase, person_id: int, designation: str | None = None) -> None:
    """The person speaks for the partner, has no part in the proposal and an address that works."""
    problems: list[Problem] = []
    office = held.case.around.office
    if person_id not in office.people:
        problems.append(Problem("endorsement", "person_id", "signatory_missing"))
    elif person_id in held.case.around.members:
        problems.append(Problem("endorsement", "person_id", "signatory_takes_part"))
    elif person_id in office.unreachable:
        problems.append(Problem("endorsement", "person_id", "signatory_unreachable"))
    if designation is not None and not designation.strip():
        problems.append(Problem("endorsement", "designation", "designation_missing"))
    elif designation is not None and len(designation) > TEXT_AT_MOST:
        problems.append(Problem("endorsement", "designation", "too_long", {"most": TEXT_AT_MOST}))
    if problems:
        raise Invalid(problems)
