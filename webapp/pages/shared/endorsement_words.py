"""The words of endorsement, wherever it is shown: states of a case, answers, what happened (product.md §1)."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[LazyString, str]] = {
    "": (_l("Not asked yet"), "mute"),
    "not_needed": (_l("Not needed"), "mute"),
    "to_request": (_l("To be asked"), "warn"),
    "requested": (_l("Letter on its way"), "info"),
    "delivered": (_l("Asked"), "warn"),
    "undeliverable": (_l("Letter came back"), "bad"),
    "acknowledged": (_l("Acknowledged"), "info"),
    "in_consultation": (_l("Consulting"), "info"),
    "waiting_applicant": (_l("Waits for the applicant"), "info"),
    "adjustment_requested": (_l("Changes asked"), "warn"),
    "endorsed": (_l("Endorsed"), "ok"),
    "endorsed_with_conditions": (_l("Endorsed with conditions"), "ok"),
    "no_objection": (_l("No objection"), "ok"),
    "no_objection_tacit": (_l("No objection, by silence"), "ok"),
    "stands_aside": (_l("Stands aside"), "mute"),
    "objected": (_l("Objected"), "bad"),
    "lapsed": (_l("No answer"), "bad"),
    "revalidation_needed": (_l("Asked for the new version"), "warn"),
    "withdrawal_notified": (_l("Withdrawal announced"), "warn"),
    "withdrawn": (_l("Withdrawn"), "mute"),
    "expired": (_l("No longer valid"), "mute"),
    "acceded_late": (_l("Joined later"), "ok"),
}
"""Each state of a case: its word, and its tone."""

HAPPENED: dict[str, LazyString] = {
    "EndorsementRequested": _l("The letter was sent"),
    "EndorsementUndeliverable": _l("The letter came back"),
    "EndorsementSignatoryNamed": _l("Another signatory was named"),
    "EndorsementSignatoryConfirmed": _l("The other signatory was confirmed, and the letter sent"),
    "EndorsementSignatoryLost": _l("A later letter came back"),
    "EndorsementLetterRepeated": _l("The letter was sent again"),
    "EndorsementAcknowledged": _l("The request was acknowledged"),
    "EndorsementSigned": _l("One signature was given"),
    "PartnerEndorsed": _l("The partner endorsed"),
    "PartnerEndorsedWithConditions": _l("The partner endorsed with conditions"),
    "PartnerSaidNoObjection": _l("The partner said that it has no objection"),
    "PartnerStoodAside": _l("The partner stood aside"),
    "PartnerObjected": _l("The partner objected"),
    "PartnerSilenceTaken": _l("Silence was taken as no objection"),
    "EndorsementNoticeSent": _l("A reminder was sent"),
    "EndorsementDueToday": _l("A reminder was sent on the due day"),
    "EndorsementOverdue": _l("A last reminder was sent"),
    "EndorsementSecondLetterSent": _l("A second letter was sent"),
    "EndorsementLapsed": _l("No answer came in time"),
    "EndorsementReopened": _l("The secretariat asked once more"),
    "EndorsementAskedAgain": _l("The partner was asked for the new version"),
    "EndorsementRepeated": _l("The same answer was given for the new version"),
    "EndorsementReconsidered": _l("The partner answers anew"),
    "EndorsementConsultationStarted": _l("The partner consults"),
    "EndorsementQuestionAsked": _l("The partner asked the applicant"),
    "EndorsementQuestionAnswered": _l("The applicant answered"),
    "EndorsementAnswerLate": _l("The applicant did not reply in time"),
    "EndorsementAdjustmentRequested": _l("The partner asked for changes"),
    "EndorsementAdjustmentMade": _l("The applicant sent a new version"),
    "EndorsementExtended": _l("The partner took more time"),
    "PartnerSilenceBroken": _l("The silence was broken"),
    "PartnerObjectionReconsidered": _l("The partner looks at its objection again"),
    "EndorsementWithdrawalNotified": _l("The withdrawal of the word was announced"),
    "EndorsementWithdrawn": _l("The word was withdrawn"),
    "EndorsementExpired": _l("The word reached the end of its validity"),
    "EndorsementConfirmed": _l("The word was confirmed"),
    "PartnerAcceded": _l("The partner joined"),
    "EndorsementSignatoryReplaced": _l("Another person signs for the partner"),
}
"""Each event of a case that its readers are shown."""

MATERIAL: dict[str, LazyString] = {
    "title": _l("the title"),
    "amount": _l("the budget"),
    "sites": _l("the city pairs"),
    "lead": _l("the lead partner or organisation"),
    "data_abroad": _l("the personal data handled"),
    "articles": _l("the articles"),
}
"""What can be material to a partner."""

VACANCIES: dict[str, LazyString] = {
    "no_focal_point": _l("It has no focal point who can be asked"),
    "bounced": _l("A letter to its focal point came back"),
    "silent": _l("It has not acknowledged our letters"),
}
"""Why nobody can sign for a partner."""


def state_tag(state: str) -> tuple[str, str]:
    """A state's word and tone, for the tag macro."""
    words, tone = STATES.get(state, (state, "mute"))
    return str(words), tone


def happened(name: str) -> str:
    """What happened, in words."""
    return str(HAPPENED.get(name, name))
