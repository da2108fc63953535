"""What must hold for a row of the endorsement table: one pure rule for each name the table uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from webapp.domain.calendars import add_working_days, day_begins, local_day
from webapp.domain.deadlines import end_of_next_working_day
from webapp.domain.endorsements.cases import SPEAKERS
from webapp.domain.endorsements.clock import due_at, stands
from webapp.domain.endorsements.standing import is_positive
from webapp.domain.endorsements.turns import Turn, signatory_to_ask
from webapp.domain.errors import Invalid, NotAllowed, NotNow, Refusal, Stale
from webapp.domain.problems import Problem

Guard = Callable[[Turn], Refusal | None]


def speaks_for_partner(turn: Turn) -> Refusal | None:
    """A person of the partner's office who has no part in the proposal; letters bind the office (24)."""
    person = turn.happened.by
    if turn.role not in SPEAKERS or person is None or person not in turn.case.around.office.people:
        return NotAllowed("endorsement_not_yours")
    if person in turn.case.around.members:
        return NotAllowed("signatory_takes_part")
    return None


def takes_part(turn: Turn) -> Refusal | None:
    """The partner is one of those that the proposal names."""
    return None if turn.case.takes_part else NotNow("partner_takes_no_part")


def somebody_can_sign(turn: Turn) -> Refusal | None:
    """Somebody can be asked who can be reached and is not a member of the proposal."""
    return None if signatory_to_ask(turn.case, turn.happened.signatory) is not None else NotNow("no_signatory")


def new_signatory_can_sign(turn: Turn) -> Refusal | None:
    """The person named is not a member of the proposal."""
    if turn.happened.signatory is None:
        return _missing("signatory", "signatory_missing")
    return NotNow("signatory_takes_part") if turn.happened.signatory in turn.case.around.members else None


def designation_on_file(turn: Turn) -> Refusal | None:
    """The partner's own paper that names the new signatory is kept (4)."""
    return None if turn.happened.designation else _missing("designation", "designation_missing")


def four_eyes(turn: Turn) -> Refusal | None:
    """Two different members of the secretariat confirmed it."""
    by, second = turn.happened.by, turn.happened.second
    return None if by is not None and second is not None and by != second else NotAllowed("needs_another_person")


def letter_is_current(turn: Turn) -> Refusal | None:
    """What the mail system says concerns the last letter, not one to somebody who was replaced since."""
    return None if turn.happened.letter in (None, turn.case.letter) else NotNow("letter_superseded")


def version_shown_is_current(turn: Turn) -> Refusal | None:
    """The word is given on the version that the person saw."""
    if turn.happened.version == turn.case.version:
        return None
    return Stale("ProposalVersionFrozen", code="endorsement_version_changed")


def reason_given(turn: Turn) -> Refusal | None:
    """Who turns something down or reopens it says why (R26)."""
    return None if turn.happened.reason.strip() else _missing("reason", "reason_missing")


def conditions_named(turn: Turn) -> Refusal | None:
    """An endorsement with conditions names them."""
    return None if turn.happened.reason.strip() else _missing("reason", "conditions_missing")


def somebody_consulted(turn: Turn) -> Refusal | None:
    """At least one ministry is asked (6)."""
    return None if turn.happened.fields else _missing("ministries", "ministries_missing")


def call_mediates(turn: Turn) -> Refusal | None:
    """The call has an objection mediated: the partner may come to another word (13)."""
    return None if turn.case.around.mediates else NotNow("objection_not_mediated")


def version_named(turn: Turn) -> Refusal | None:
    """Who joins later joins the version as it stands (23)."""
    return (
        None
        if turn.happened.version is not None
        else Stale("ProposalVersionFrozen", code="endorsement_version_changed")
    )


def questions_named(turn: Turn) -> Refusal | None:
    """At least one question, each at its field."""
    return None if _every_text(turn.happened.fields) else _missing("fields", "questions_missing")


def fields_and_reasons_named(turn: Turn) -> Refusal | None:
    """At least one field, each with the reason why it should change (R68)."""
    return None if _every_text(turn.happened.fields) else _missing("fields", "fields_and_reasons_missing")


def every_field_dealt_with(turn: Turn) -> Refusal | None:
    """Each field that was asked for was changed or answered in a newer version (10)."""
    done = set(turn.happened.changed) | {name for name, text in turn.happened.fields.items() if text.strip()}
    left = [name for name in turn.case.fields if name not in done]
    if left:
        return Invalid([Problem("endorsement", name, "adjustment_not_answered") for name in left])
    if turn.happened.version in (None, turn.case.version):
        return NotNow("no_new_version")
    return None


def not_signed_before(turn: Turn) -> Refusal | None:
    """Several signatures are those of several people."""
    same = any(
        signed.by == turn.happened.by and (signed.outcome, signed.text) == _word(turn)
        for signed in turn.case.signatures
    )
    return NotNow("signed_before") if same else None


def notice_is_due(turn: Turn) -> Refusal | None:
    """The morning of the notice has come, and it was not sent for this due time."""
    due, days = due_at(turn.case, turn.rule, turn.calendar), turn.happened.days
    if due is None or days not in turn.rule.notice_days or days in turn.case.notices_sent:
        return NotNow("notice_not_due")
    day = add_working_days(turn.calendar, local_day(turn.calendar, due), days)
    return _come(day_begins(turn.calendar, day), turn.now)


def not_extended(turn: Turn) -> Refusal | None:
    """A partner extends its time once (15)."""
    return NotNow("extended_before") if turn.case.extended else None


def before_due(turn: Turn) -> Refusal | None:
    """The due time has not come."""
    due = due_at(turn.case, turn.rule, turn.calendar)
    is_before = stands(turn.case) if due is None else turn.now < due
    return None if is_before else NotNow("due_time_over")


def day_after_is_over(turn: Turn) -> Refusal | None:
    """The working day after the due day has ended (16, 17)."""
    due = due_at(turn.case, turn.rule, turn.calendar)
    return NotNow("not_due_yet") if due is None else _come(end_of_next_working_day(due, turn.calendar), turn.now)


def silence_is_consent(turn: Turn) -> Refusal | None:
    """The partner declared it, the request was acknowledged, two notices came, and it has not said otherwise (R32)."""
    case = turn.case
    if not turn.rule.silence_is_consent or case.silence_broken:
        return NotNow("silence_is_no_consent")
    if case.acknowledged_at is None or case.around.notices_delivered < 2:
        return NotNow("silence_not_noticed")
    return None


def silence_is_no_consent(turn: Turn) -> Refusal | None:
    """Not all that it takes to read silence as consent came together (16)."""
    return None if silence_is_consent(turn) else NotNow("silence_is_consent")


def within_cooling_off(turn: Turn) -> Refusal | None:
    """Silence that was taken as consent can still be broken (18)."""
    ends = turn.case.cooling_off_ends_at
    return None if ends is not None and turn.now < ends else NotNow("cooling_off_over")


def due_time_over(turn: Turn) -> Refusal | None:
    """What the case waits for in this state is late (8, 19, 26, 28)."""
    return _come(due_at(turn.case, turn.rule, turn.calendar), turn.now)


def second_not_asked(turn: Turn) -> Refusal | None:
    """Only one letter has gone unacknowledged (19)."""
    return NotNow("second_letter_sent") if turn.case.second_asked else None


def second_asked(turn: Turn) -> Refusal | None:
    """A second letter has gone unacknowledged too (19)."""
    return None if turn.case.second_asked else NotNow("second_letter_not_sent")


def change_is_material(turn: Turn) -> Refusal | None:
    """Something in the partner's material set changed; `changed` are names of that set (20)."""
    return None if set(turn.happened.changed) & set(turn.rule.material) else NotNow("nothing_material_changed")


def request_was_delivered(turn: Turn) -> Refusal | None:
    """A letter reached the partner and did not bounce since; without one there is nothing to give a new word on."""
    case = turn.case
    return None if case.asked_at or case.acknowledged_at else NotNow("request_never_delivered")


def word_is_positive(turn: Turn) -> Refusal | None:
    """The partner's word counts for the proposal, its cooling-off time over."""
    return None if is_positive(turn.case, turn.now) else NotNow("endorsement_not_positive")


def effective_date_named(turn: Turn) -> Refusal | None:
    """A withdrawal says from when on it holds, and not for the past (21)."""
    effective = turn.happened.effective_at
    if effective is None:
        return _missing("effective_at", "effective_date_missing")
    return None if effective >= turn.now else _missing("effective_at", "effective_date_past")


def effective_date_come(turn: Turn) -> Refusal | None:
    """The day has come from which the withdrawal holds."""
    return _come(turn.case.effective_at, turn.now)


def validity_is_over(turn: Turn) -> Refusal | None:
    """The word is older than the partner's path lets it be (22)."""
    return _come(turn.case.valid_until, turn.now)


def project_not_started(turn: Turn) -> Refusal | None:
    """A word does not run out under a project that runs (22)."""
    return NotNow("project_started") if turn.case.around.started else None


def accession_open(turn: Turn) -> Refusal | None:
    """The decision lets a partner join that stood aside, lapsed, or was not asked (23)."""
    return None if turn.case.around.accession_open else NotNow("accession_not_open")


def not_reopened(turn: Turn) -> Refusal | None:
    """The secretariat reopens a case once (27)."""
    return NotNow("reopened_before") if turn.case.reopened else None


def answer_to_repeat(turn: Turn) -> Refusal | None:
    """There is a word to repeat: a partner that lapsed gave none (28)."""
    return None if turn.case.outcome not in ("", "lapsed") else NotNow("no_answer_to_repeat")


def word_of(turn: Turn) -> tuple[str, str]:
    """The outcome that a signature is for, and its text."""
    return _word(turn)


_OUTCOME_OF = {
    "endorse": "endorsed",
    "endorse_with_conditions": "endorsed_with_conditions",
    "no_objection": "no_objection",
}


def _word(turn: Turn) -> tuple[str, str]:
    return _OUTCOME_OF[turn.happened.name], turn.happened.reason.strip()


def _missing(name: str, code: str) -> Invalid:
    return Invalid([Problem("endorsement", name, code)])


def _every_text(texts: Mapping[str, str]) -> bool:
    return bool(texts) and all(text.strip() for text in texts.values())


def _come(moment: datetime | None, now: datetime) -> Refusal | None:
    return None if moment is not None and now >= moment else NotNow("not_due_yet")


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        guard.__name__: guard
        for guard in (
            speaks_for_partner,
            takes_part,
            somebody_can_sign,
            new_signatory_can_sign,
            designation_on_file,
            four_eyes,
            letter_is_current,
            version_shown_is_current,
            reason_given,
            conditions_named,
            somebody_consulted,
            call_mediates,
            version_named,
            questions_named,
            fields_and_reasons_named,
            every_field_dealt_with,
            not_signed_before,
            notice_is_due,
            not_extended,
            before_due,
            day_after_is_over,
            silence_is_consent,
            silence_is_no_consent,
            within_cooling_off,
            due_time_over,
            second_not_asked,
            second_asked,
            change_is_material,
            request_was_delivered,
            word_is_positive,
            effective_date_named,
            effective_date_come,
            validity_is_over,
            project_not_started,
            accession_open,
            not_reopened,
            answer_to_repeat,
        )
    }
)
