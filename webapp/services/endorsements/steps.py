"""Takes a step of a case: the machine decides, and its effects are written in the same unit of work (R24, R30)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.domain.calendars import due_after
from webapp.domain.endorsements import Case, Effect, Happened, apply, due_at, write_case
from webapp.domain.events import Event
from webapp.domain.letters import make_code
from webapp.models.endorsements import EndorsementWord
from webapp.queries.endorsements.letters import count_delivered_notices
from webapp.services.endorsements.cases import HeldCase
from webapp.services.endorsements.clocks import set_case_timers
from webapp.services.partners.vacancies import close_vacancy, raise_vacancy
from webapp.services.work import UnitOfWork

# The deputy, or the partner's office, of a letter that came back: one event for each of them.
UNREACHABLE = {"deputy": "EndorsementDeputyTold", "office": "EndorsementOfficeTold"}
# A notice by whom it reaches: from the due day on more people, after it the secretariat (row 14).
NOTICED = {"signatory": "EndorsementNoticeSent", "deputy": "EndorsementDueToday", "secretariat": "EndorsementOverdue"}


def take_step(work: UnitOfWork, held: HeldCase, happened: Happened, role: str) -> Case:
    """The case after what happened, stored with its events, letters, timers and vacancies.

    Raises what `domain.endorsements.apply` raises; then nothing has changed. The standing of the whole
    proposal is settled by the caller, once for all the steps it takes (`settle`).
    """
    before = _informed(work, held, happened)
    after, effects = apply(before, happened, role, work.now, held.rule, held.calendar)
    held.case = after
    write_row(work, held)
    word_id = None
    for effect in effects:
        if effect.do == "issue_word":
            word_id = _issue_word(work, held, happened, role, effect)
    details = _details(held, happened, role, effects, work.now) | ({"word_id": word_id} if word_id else {})
    for effect in effects:
        _carry_out(work, held, effect, details, effects)
    set_case_timers(work, held)
    return after


def write_row(work: UnitOfWork, held: HeldCase) -> None:
    """Store the case, and beside it what lists and constraints need of it."""
    case, row = held.case, held.row
    row.content = write_case(case)
    row.version_id = case.version
    row.state, row.signatory_id = case.state, case.signatory
    row.due_at = due_at(case, held.rule, held.calendar)
    row.cooling_off_ends_at = case.cooling_off_ends_at
    row.revision = (row.revision or 0) + 1
    row.changed_at = work.now
    work.session.flush()


def _informed(work: UnitOfWork, held: HeldCase, happened: Happened) -> Case:
    """The case with what is costly to know, where this step can ask for it: silence counts notices (R32)."""
    if happened.name != "end" or not held.rule.silence_is_consent:
        return held.case
    delivered = count_delivered_notices(work.session, held.row.id, held.row.proposal_id, held.case.signatory)
    return replace(held.case, around=replace(held.case.around, notices_delivered=delivered))


def _details(held: HeldCase, happened: Happened, role: str, effects: Iterable[Effect], now: datetime) -> dict[str, Any]:
    """What every event of this step says: whose case, what happened, from which the case can be recomputed."""
    details: dict[str, Any] = {
        "endorsement_id": held.row.id,
        "partner_id": held.partner.id,
        "role": role,
        "happened": happened.name,
        "signatory": held.case.signatory,
        "due_at": held.row.due_at.isoformat() if held.row.due_at else None,
    }
    for name in ("letter", "days", "designation", "second"):
        if value := getattr(happened, name):
            details[name] = value
    if happened.changed:
        details["changed"] = list(happened.changed)
    if happened.fields:
        # Whom a partner consults is its own affair: only how many they are.
        details |= {"asked": len(happened.fields)} if happened.name == "consult" else {"fields": list(happened.fields)}
    if happened.effective_at:
        details["effective_at"] = happened.effective_at.isoformat()
    if happened.name == "signatory_replaced":
        details["person_id"] = happened.signatory
    for effect in effects:
        if effect.do == "send_letter":
            details |= {"person_id": effect.params["to"], "letter": effect.params["number"], **letter_times(held, now)}
    return details


def letter_times(held: HeldCase, now: datetime) -> dict[str, str]:
    """By when a letter sent now asks to acknowledge and to answer.

    The day of answering is the one that is in time whenever the partner acknowledges; where its clock
    runs already, its due time.
    """
    due = held.row.due_at if held.case.acknowledged_at else None
    answer = due or due_after(held.calendar, now, held.rule.answer_days)
    times = {"answer_by": answer.isoformat()}
    if held.case.acknowledged_at is None:
        times["acknowledge_by"] = due_after(held.calendar, now, held.rule.acknowledge_days).isoformat()
    return times


def _carry_out(
    work: UnitOfWork, held: HeldCase, effect: Effect, details: Mapping[str, Any], effects: tuple[Effect, ...]
) -> None:
    match effect.do:
        case "record":
            _record(work, held, effect, details, effects)
        case "tell" if effect.params["to"] in UNREACHABLE:
            told = str(effect.params["to"])
            person = {"person_id": held.case.around.office.deputy} if told == "deputy" else {}
            record_on(work, held, UNREACHABLE[told], {**details, **person})
        case "open_vacancy":
            raise_vacancy(work, held.partner.id, str(effect.params["reason"]))
        case "close_vacancy":
            close_vacancy(work, held.partner.id)


def _record(
    work: UnitOfWork, held: HeldCase, effect: Effect, details: Mapping[str, Any], effects: tuple[Effect, ...]
) -> None:
    name = str(effect.params["event"])
    told = [str(one.params["to"]) for one in effects if one.do == "tell"]
    if name == NOTICED["signatory"]:
        name = next(event for to, event in reversed(NOTICED.items()) if to in told)
    happened = "acknowledge" if name == "EndorsementAcknowledged" else details["happened"]
    params = {key: value for key, value in effect.params.items() if key not in ("event", "by", "acting_for")}
    acting_for = int(effect.params.get("acting_for", 0)) or None
    record_on(
        work,
        held,
        name,
        {**details, **params, "happened": happened},
        acting_for=acting_for,
    )


def record_on(
    work: UnitOfWork, held: HeldCase, name: str, details: Mapping[str, Any], *, acting_for: int | None = None
) -> int:
    """Record an event of the case, on its proposal's chain."""
    case = held.case
    kept = {
        "endorsement_id": held.row.id,
        "partner": held.partner.code,
        "partner_id": held.partner.id,
        **{key: value for key, value in details.items() if value is not None},
    }
    return work.record(
        Event(name, "proposal", held.row.proposal_id, kept, version_id=case.version, acting_for_id=acting_for)
    )


def _issue_word(work: UnitOfWork, held: HeldCase, happened: Happened, role: str, effect: Effect) -> int:
    """Keep the partner's formal word for good, with its code (R73)."""
    version = int(effect.params["version"])
    before = work.session.scalar(
        select(func.count())
        .select_from(EndorsementWord)
        .where(EndorsementWord.endorsement_id == held.row.id, EndorsementWord.version_id == version)
    )
    for_whom = held.case.signatory if happened.by not in (None, held.case.signatory) else None
    word = EndorsementWord(
        endorsement_id=held.row.id,
        version_id=version,
        number=(before or 0) + 1,
        outcome=str(effect.params["outcome"]),
        text=str(effect.params["text"]),
        code=make_code(secrets.token_bytes(16)),
        given_by_id=happened.by,
        acting_as=role if happened.by is not None else "",
        acting_for_id=for_whom,
        given_at=work.now,
    )
    work.session.add(word)
    work.session.flush()
    return word.id
