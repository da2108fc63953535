"""What each event of the endorsement table does to a case, and what has to be done because of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from webapp.domain.calendars import Stop, due_after
from webapp.domain.endorsements.cases import Case, Effect, Signature
from webapp.domain.endorsements.clock import add_months
from webapp.domain.endorsements.guards import word_of
from webapp.domain.endorsements.table import SIGNED, Row
from webapp.domain.endorsements.turns import Turn, choose_signatory, signatory_to_ask

Outcome = tuple[Case, tuple[Effect, ...]]
Step = Callable[[Turn, Row], Outcome]


def take(turn: Turn, row: Row) -> Outcome:
    """The case after this row, and its effects; the record of the event comes first."""
    case, effects = STEPS.get(row.event, _only_move)(turn, row)
    if case.state != turn.case.state:
        case = replace(case, since=turn.now)
    records = SIGNED if row.event in WORDS and case.state == turn.case.state else row.records
    return case, (_record(turn, case, records), *effects)


def _record(turn: Turn, case: Case, event: str) -> Effect:
    params: dict[str, str | int] = {
        "event": event,
        "partner": case.partner,
        "from": turn.case.state,
        "to": case.state,
        "version": case.version,
    }
    if turn.happened.by is not None:
        params["by"] = turn.happened.by
        if turn.case.signatory not in (None, turn.happened.by):
            params["acting_for"] = turn.case.signatory or 0
    if turn.happened.reason.strip():
        params["reason"] = turn.happened.reason.strip()
    return Effect("record", params)


def _only_move(turn: Turn, row: Row) -> Outcome:
    return replace(turn.case, state=row.to), ()


def _open(turn: Turn, row: Row) -> Outcome:
    """Pin the path and the version, and choose who signs; say at once where nobody can."""
    case = replace(
        turn.case,
        state=row.to,
        rule_version=turn.rule.version,
        version=turn.happened.version or turn.case.version,
        version_hash=turn.happened.version_hash or turn.case.version_hash,
    )
    if row.event == "not_asked":
        return case, ()
    case = replace(case, signatory=choose_signatory(case))
    return case, () if case.signatory is not None else (_vacancy("no_focal_point"),)


def _send(turn: Turn, row: Row) -> Outcome:
    return _with_letter(replace(turn.case, state=row.to, signatory=signatory_to_ask(turn.case)))


def _delivered(turn: Turn, row: Row) -> Outcome:
    return replace(turn.case, state=row.to, asked_at=turn.now), ()


def _bounced(turn: Turn, row: Row) -> Outcome:
    """Tell the deputy, else the partner's office; the vacancy is raised whether or not the clock runs."""
    if row.to != "undeliverable":
        return turn.case, (_vacancy("bounced"),)
    office = turn.case.around.office
    if office.deputy is not None and office.deputy not in (turn.case.signatory, *office.unreachable):
        told: tuple[Effect, ...] = (_tell("endorsement_unreachable", "deputy"),)
    else:
        told = (_tell("endorsement_unreachable", "office"),) if office.has_address else ()
    case = replace(turn.case, state=row.to, asked_at=None, second_asked=False)
    return case, (*told, _vacancy("bounced"))


def _signatory_confirmed(turn: Turn, row: Row) -> Outcome:
    case, effects = _with_letter(replace(turn.case, state=row.to, signatory=turn.happened.signatory))
    return case, (Effect("close_vacancy"), *effects)


def _signatory_replaced(turn: Turn, _row: Row) -> Outcome:
    """Another person signs for the same office; what is asked, and until when, stays."""
    return replace(turn.case, signatory=turn.happened.signatory), (Effect("close_vacancy"),)


def _acknowledge(turn: Turn, row: Row) -> Outcome:
    return _start_clock(replace(turn.case, state=row.to, acknowledged_at=turn.now), turn), ()


def _stop(turn: Turn, row: Row) -> Outcome:
    """The applicant owes an answer or a new version: the clock stands (R30)."""
    stops = (*turn.case.stops, Stop(turn.now))
    fields = tuple(turn.happened.fields)
    return replace(turn.case, state=row.to, back_to=turn.case.state, fields=fields, stops=stops), ()


def _go_on(turn: Turn, row: Row) -> Outcome:
    last = turn.case.stops[-1]
    stops = (*turn.case.stops[:-1], Stop(last.since, turn.now))
    to = turn.case.back_to if row.event != "new_version" else row.to
    case = replace(turn.case, state=to, back_to="", fields=(), stops=stops)
    if row.event == "new_version" and turn.happened.version is not None:
        version, content_hash = turn.happened.version, turn.happened.version_hash
        case = replace(case, version=version, version_hash=content_hash, signatures=())
    return case, ()


def _sign(turn: Turn, row: Row) -> Outcome:
    """The word stands when as many different people signed the same as the path asks; another word starts anew."""
    person = turn.happened.by or 0  # the guard `speaks_for_partner` let a person through
    outcome, text = word_of(turn)
    others = tuple(
        signed
        for signed in turn.case.signatures
        if signed.by != person and (signed.outcome, signed.text) == (outcome, text)
    )
    case = replace(turn.case, signatures=(*others, Signature(person, outcome, text)))
    if len(case.signatures) < turn.rule.signatures_needed:
        return case, ()
    return _speak(case, turn, row.to, text)


def _answer(turn: Turn, row: Row) -> Outcome:
    """Stand aside or object: one person's word is enough."""
    return _speak(turn.case, turn, row.to, turn.happened.reason.strip())


def _notice(turn: Turn, _row: Row) -> Outcome:
    """To the focal point; from the due day also to the deputy and the others; after it to the secretariat."""
    days = turn.happened.days
    audience = ["signatory"]
    if days >= 0:
        audience += ["deputy", "focal_points"]
    if days >= 1:
        audience += ["secretariat"]
    case = replace(turn.case, notices_sent=(*turn.case.notices_sent, days))
    return case, tuple(_tell("endorsement_due", to, days) for to in audience)


def _extend(turn: Turn, _row: Row) -> Outcome:
    """A new due time, with its own notices."""
    days = turn.case.clock_days + turn.rule.extension_days
    return replace(turn.case, extended=True, clock_days=days, notices_sent=()), ()


def _end(turn: Turn, row: Row) -> Outcome:
    if row.to == "lapsed":
        return _lapse(turn, row)
    case, effects = _speak(turn.case, turn, row.to, "")
    ends = due_after(turn.calendar, turn.now, turn.rule.cooling_off_days)
    return replace(case, cooling_off_ends_at=ends), effects


def _lapse(turn: Turn, row: Row) -> Outcome:
    """Only this partner; no letter is made of silence."""
    case = replace(
        turn.case,
        state=row.to,
        outcome=row.to,
        outcome_text="",
        outcome_version=turn.case.version,
        outcome_at=turn.now,
        outcome_by=None,
        valid_until=None,
        cooling_off_ends_at=None,
    )
    if row.event == "nobody_found":
        return case, ()
    return case, (_vacancy("silent"),) if turn.case.acknowledged_at is None else ()


def _not_acknowledged(turn: Turn, row: Row) -> Outcome:
    """Ask the deputy, else the next who can sign, else the same person once more; then it is over."""
    if row.to == "lapsed":
        return _lapse(turn, row)
    following = choose_signatory(turn.case, after=turn.case.signatory)
    case = replace(turn.case, second_asked=True, asked_at=turn.now, letter=turn.case.letter + 1)
    letter = _letter(case, following if following is not None else turn.case.signatory)
    return case, letter if following is not None else (*letter, _vacancy("silent"))


def _break_silence(turn: Turn, row: Row) -> Outcome:
    """The clock starts anew, and silence counts no more."""
    case = replace(turn.case, state=row.to, silence_broken=True, cooling_off_ends_at=None, valid_until=None)
    return _start_clock(_without_word(case), turn), ()


def _material_change(turn: Turn, row: Row) -> Outcome:
    """The old word stays with its version; the same is asked for the new one."""
    version, content_hash = turn.happened.version, turn.happened.version_hash
    return replace(
        turn.case,
        state=row.to,
        version=version if version is not None else turn.case.version,
        version_hash=content_hash or turn.case.version_hash,
        fields=turn.happened.changed,
        cooling_off_ends_at=None,
    ), ()


def _withdraw(turn: Turn, row: Row) -> Outcome:
    return replace(turn.case, state=row.to, effective_at=turn.happened.effective_at), ()


def _reopen(turn: Turn, row: Row) -> Outcome:
    """Asked anew from the start, once."""
    case = replace(
        _without_word(turn.case),
        state=row.to,
        reopened=True,
        second_asked=False,
        asked_at=None,
        acknowledged_at=None,
        clock_started_at=None,
        stops=(),
        notices_sent=(),
        signatory=signatory_to_ask(turn.case, turn.happened.signatory),
    )
    return _with_letter(case)


def _repeat(turn: Turn, _row: Row) -> Outcome:
    """The word it had, for the version it is about now; what silence said is now said aloud."""
    outcome = "no_objection" if turn.case.outcome == "no_objection_tacit" else turn.case.outcome
    return _speak(replace(turn.case, fields=()), turn, outcome, turn.case.outcome_text)


def _another_answer(turn: Turn, row: Row) -> Outcome:
    # Whoever has objected is not read as consenting by silence afterwards.
    broken = turn.case.silence_broken or turn.case.state == "objected"
    case = replace(
        turn.case, state=row.to, acknowledged_at=turn.now, fields=(), valid_until=None, silence_broken=broken
    )
    return _start_clock(_without_word(case), turn), ()


def _accede(turn: Turn, row: Row) -> Outcome:
    """The partner joins what was decided, by a letter on the version as it stands; nothing is decided anew."""
    version, content_hash = turn.happened.version or turn.case.version, turn.happened.version_hash
    return _speak(replace(turn.case, version=version, version_hash=content_hash), turn, row.to, "")


def _speak(case: Case, turn: Turn, outcome: str, text: str) -> Outcome:
    """The partner's formal word on the version its case is about."""
    endless = outcome in ("stands_aside", "objected", "acceded_late")
    spoken = replace(
        case,
        state=outcome,
        outcome=outcome,
        outcome_text=text,
        outcome_version=case.version,
        outcome_at=turn.now,
        outcome_by=turn.happened.by,
        valid_until=None if endless else add_months(turn.now, turn.rule.validity_months),
        cooling_off_ends_at=None,
        effective_at=None,
    )
    word: dict[str, str | int] = {"outcome": outcome, "version": case.version, "text": text}
    return spoken, (Effect("issue_word", word),)


def _without_word(case: Case) -> Case:
    return replace(
        case,
        outcome="",
        outcome_text="",
        outcome_version=None,
        outcome_at=None,
        outcome_by=None,
        signatures=(),
        valid_until=None,
    )


def _start_clock(case: Case, turn: Turn) -> Case:
    return replace(
        case, clock_started_at=turn.now, clock_days=turn.rule.answer_days, stops=(), notices_sent=(), extended=False
    )


def _with_letter(case: Case) -> Outcome:
    sent = replace(case, letter=case.letter + 1)
    return sent, _letter(sent, sent.signatory)


def _letter(case: Case, to: int | None) -> tuple[Effect, ...]:
    return (Effect("send_letter", {"to": to or 0, "number": case.letter, "version": case.version}),)


def _vacancy(reason: str) -> Effect:
    return Effect("open_vacancy", {"reason": reason})


def _tell(notice: str, to: str, days: int = 0) -> Effect:
    return Effect("tell", {"notice": notice, "to": to, "days": days})


WORDS = ("endorse", "endorse_with_conditions", "no_objection")

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "open": _open,
        "not_asked": _open,
        "send": _send,
        "delivered": _delivered,
        "bounced": _bounced,
        "signatory_confirmed": _signatory_confirmed,
        "signatory_replaced": _signatory_replaced,
        "acknowledge": _acknowledge,
        "ask": _stop,
        "request_adjustments": _stop,
        "answered": _go_on,
        "answer_late": _go_on,
        "new_version": _go_on,
        **dict.fromkeys(WORDS, _sign),
        "stand_aside": _answer,
        "object": _answer,
        "notice": _notice,
        "extend": _extend,
        "end": _end,
        "break_silence": _break_silence,
        "not_acknowledged": _not_acknowledged,
        "nobody_found": _lapse,
        "revalidation_over": _lapse,
        "material_change": _material_change,
        "withdraw": _withdraw,
        "reopen": _reopen,
        "same_answer": _repeat,
        "another_answer": _another_answer,
        "confirm": _repeat,
        "accede": _accede,
    }
)
