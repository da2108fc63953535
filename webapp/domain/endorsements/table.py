"""The endorsement table: the 29 rows of `endorsement.md`, as data (R30–R34).

A row of the document with several events, or several outcomes of one event, takes several lines here.
Where the document left something open, the line that settles it carries a comment.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.endorsements.cases import (
    ANSWERING,
    APPLICANT,
    MAIL,
    OUTCOMES,
    POSITIVE,
    SECRETARIAT,
    SPEAKERS,
    STATES,
    TIMER,
    UNOPENED,
)

SAME, BACK, OUTCOME = "@same", "@back", "@outcome"
"""Targets that the case decides: where it is, where it was before it waited, the word it had."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: in one of `sources`, when `event` comes from one of `who` and all `guards` hold, to `to`.

    `records` is the event for the audit trail and the notices table.
    """

    number: int
    sources: tuple[str, ...]
    event: str
    who: tuple[str, ...]
    guards: tuple[str, ...]
    to: str
    records: str


_NEW, _SENT, _ANY = (UNOPENED,), ("requested",), STATES
_OWED = ("waiting_applicant", "adjustment_requested")
_LATER = (*ANSWERING, *_OWED)
_F, _S, _T, _X, _P = SPEAKERS, (SECRETARIAT,), (TIMER,), (MAIL,), (APPLICANT,)
_SPEAKS, _SEEN = "speaks_for_partner", "version_shown_is_current"
_WORD = (_SPEAKS, _SEEN, "not_signed_before")

TABLE: tuple[Row, ...] = (
    Row(1, _NEW, "open", (*_S, *_T), ("takes_part",), "to_request", "EndorsementOpened"),
    # A partner that the call's rule does not ask; the document names the state but no row.
    Row(1, _NEW, "not_asked", (*_S, *_T), ("takes_part",), "not_needed", "EndorsementNotNeeded"),
    Row(2, ("to_request",), "send", _T, ("somebody_can_sign",), "requested", "EndorsementRequested"),
    Row(3, _SENT, "delivered", _X, ("letter_is_current",), "delivered", "EndorsementDelivered"),
    Row(3, _SENT, "bounced", _X, ("letter_is_current",), "undeliverable", "EndorsementUndeliverable"),
    Row(
        4,
        ("undeliverable",),
        "signatory_confirmed",
        _S,
        ("designation_on_file", "four_eyes", "new_signatory_can_sign"),
        "requested",
        "EndorsementSignatoryConfirmed",
    ),
    Row(5, ("delivered",), "acknowledge", _F, (_SPEAKS,), "acknowledged", "EndorsementAcknowledged"),
    Row(
        6,
        ("acknowledged",),
        "consult",
        _F,
        (_SPEAKS, "somebody_consulted"),
        "in_consultation",
        "EndorsementConsultationStarted",
    ),
    Row(7, ANSWERING, "ask", _F, (_SPEAKS, "questions_named"), "waiting_applicant", "EndorsementQuestionAsked"),
    Row(8, ("waiting_applicant",), "answered", _P, (), BACK, "EndorsementQuestionAnswered"),
    # Also where a new version was asked for and none came: a clock must not stand for ever.
    Row(8, _OWED, "answer_late", _T, ("due_time_over",), BACK, "EndorsementAnswerLate"),
    Row(
        9,
        ANSWERING,
        "request_adjustments",
        _F,
        (_SPEAKS, "fields_and_reasons_named"),
        "adjustment_requested",
        "EndorsementAdjustmentRequested",
    ),
    Row(
        10,
        ("adjustment_requested",),
        "new_version",
        _P,
        ("every_field_dealt_with",),
        "acknowledged",
        "EndorsementAdjustmentMade",
    ),
    Row(11, ANSWERING, "endorse", _F, _WORD, "endorsed", "PartnerEndorsed"),
    Row(
        11,
        ANSWERING,
        "endorse_with_conditions",
        _F,
        (*_WORD, "conditions_named"),
        "endorsed_with_conditions",
        "PartnerEndorsedWithConditions",
    ),
    Row(11, ANSWERING, "no_objection", _F, _WORD, "no_objection", "PartnerSaidNoObjection"),
    Row(12, ANSWERING, "stand_aside", _F, (_SPEAKS, _SEEN), "stands_aside", "PartnerStoodAside"),
    Row(13, ANSWERING, "object", _F, (_SPEAKS, _SEEN, "reason_given"), "objected", "PartnerObjected"),
    # Where the call has an objection mediated, its end is that the partner answers anew.
    Row(
        13,
        ("objected",),
        "another_answer",
        _F,
        (_SPEAKS, "call_mediates"),
        "acknowledged",
        "PartnerObjectionReconsidered",
    ),
    Row(14, ANSWERING, "notice", _T, ("notice_is_due",), SAME, "EndorsementNoticeSent"),
    Row(15, ANSWERING, "extend", _F, (_SPEAKS, "not_extended", "before_due"), SAME, "EndorsementExtended"),
    # Also where silence is declared as consent but not all that it takes came together.
    Row(16, ANSWERING, "end", _T, ("day_after_is_over", "silence_is_no_consent"), "lapsed", "EndorsementLapsed"),
    Row(
        17,
        ANSWERING,
        "end",
        _T,
        ("day_after_is_over", "silence_is_consent"),
        "no_objection_tacit",
        "PartnerSilenceTaken",
    ),
    Row(
        18,
        ("no_objection_tacit",),
        "break_silence",
        _F,
        (_SPEAKS, "within_cooling_off"),
        "acknowledged",
        "PartnerSilenceBroken",
    ),
    Row(
        18,
        ("no_objection_tacit",),
        "object",
        _F,
        (_SPEAKS, _SEEN, "within_cooling_off", "reason_given"),
        "objected",
        "PartnerObjected",
    ),
    Row(
        19,
        ("delivered",),
        "not_acknowledged",
        _T,
        ("due_time_over", "second_not_asked"),
        SAME,
        "EndorsementSecondLetterSent",
    ),
    Row(
        19,
        ("delivered",),
        "not_acknowledged",
        _T,
        ("due_time_over", "second_asked"),
        "lapsed",
        "EndorsementLapsed",
    ),
    # Not a partner that no letter reached: it lapsed unasked, and the secretariat may reopen it (27).
    Row(
        20,
        OUTCOMES,
        "material_change",
        _T,
        ("change_is_material", "request_was_delivered"),
        "revalidation_needed",
        "EndorsementAskedAgain",
    ),
    Row(
        21,
        POSITIVE,
        "withdraw",
        _F,
        (_SPEAKS, "word_is_positive", "reason_given", "effective_date_named"),
        "withdrawal_notified",
        "EndorsementWithdrawalNotified",
    ),
    Row(
        21,
        ("withdrawal_notified",),
        "withdrawal_effective",
        _T,
        ("effective_date_come",),
        "withdrawn",
        "EndorsementWithdrawn",
    ),
    Row(
        22,
        POSITIVE,
        "validity_over",
        _T,
        ("word_is_positive", "validity_is_over", "project_not_started"),
        "expired",
        "EndorsementExpired",
    ),
    Row(
        23,
        ("stands_aside", "lapsed", "not_needed"),
        "accede",
        _F,
        (_SPEAKS, "accession_open", "version_named"),
        "acceded_late",
        "PartnerAcceded",
    ),
    # By itself where the seat of who signs has ended: no letter goes to somebody who left.
    Row(24, _ANY, "signatory_replaced", (*_S, *_T), ("new_signatory_can_sign",), SAME, "EndorsementSignatoryReplaced"),
    Row(25, ("delivered",), "bounced", _X, ("letter_is_current",), "undeliverable", "EndorsementUndeliverable"),
    Row(25, _LATER, "bounced", _X, (), SAME, "EndorsementSignatoryLost"),
    Row(26, ("undeliverable",), "nobody_found", _T, ("due_time_over",), "lapsed", "EndorsementLapsed"),
    Row(
        27,
        ("lapsed",),
        "reopen",
        _S,
        ("reason_given", "not_reopened", "somebody_can_sign"),
        "requested",
        "EndorsementReopened",
    ),
    Row(
        28,
        ("revalidation_needed",),
        "same_answer",
        _F,
        (_SPEAKS, _SEEN, "answer_to_repeat"),
        OUTCOME,
        "EndorsementRepeated",
    ),
    Row(28, ("revalidation_needed",), "another_answer", _F, (_SPEAKS,), "acknowledged", "EndorsementReconsidered"),
    Row(28, ("revalidation_needed",), "revalidation_over", _T, ("due_time_over",), "lapsed", "EndorsementLapsed"),
    Row(29, ("expired",), "confirm", _F, (_SPEAKS, _SEEN), OUTCOME, "EndorsementConfirmed"),
)

SIGNED = "EndorsementSigned"
"""Recorded instead of the word's own event while the path asks for further signatures (11)."""

EVENTS: tuple[str, ...] = tuple(dict.fromkeys((*(row.records for row in TABLE), SIGNED)))
"""Every event that a case can record, for the notices table."""
