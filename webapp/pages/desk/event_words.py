"""What happened, in words: one sentence for each event of the record."""

from __future__ import annotations

import re

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

WORDS: dict[str, LazyString] = {
    # The life of a proposal.
    "ProposalCreated": _l("The draft was begun"),
    "ProposalSubmitted": _l("The proposal was submitted"),
    "ProposalResubmitted": _l("The changed proposal was submitted"),
    "ProposalWithdrawn": _l("The applicant withdrew the proposal"),
    "ProposalReturned": _l("The secretariat returned it for changes"),
    "ProposalFoundIneligible": _l("The secretariat found it not eligible"),
    "ProposalLapsed": _l("It lapsed: the time for the changes was over"),
    "ProposalReopened": _l("The secretariat reopened it"),
    "ProposalCompleted": _l("It was marked as completed"),
    "ProposalPublished": _l("It was published in the register"),
    "ScreeningPassed": _l("It passed screening"),
    "StageDueSoon": _l("A reminder went out before the due time"),
    "StageOverdue": _l("The due time passed, and the secretariat was told"),
    "CollaboratorInvited": _l("Somebody was invited to work on it"),
    "CollaboratorJoined": _l("Somebody joined to work on it"),
    "CollaboratorRemoved": _l("Somebody works on it no more"),
    "DocumentAdded": _l("A document was added"),
    "DocumentAccepted": _l("A document was checked and accepted"),
    "DocumentRefused": _l("A document was refused"),
    "DocumentRemoved": _l("A document was removed"),
    # Endorsement.
    "EndorsementOpened": _l("A partner’s word was asked for"),
    "EndorsementNotNeeded": _l("A partner’s word is not needed"),
    "EndorsementRequested": _l("The request went out to a partner"),
    "EndorsementDelivered": _l("The request reached the partner’s mail server"),
    "EndorsementUndeliverable": _l("The request could not be delivered"),
    "EndorsementSignatoryConfirmed": _l("Who signs for the partner was confirmed"),
    "EndorsementAcknowledged": _l("The focal point acknowledged the request"),
    "EndorsementConsultationStarted": _l("The focal point began to consult"),
    "EndorsementQuestionAsked": _l("The focal point asked the applicant a question"),
    "EndorsementQuestionAnswered": _l("The applicant answered the focal point"),
    "EndorsementAnswerLate": _l("The applicant’s answer is late"),
    "EndorsementAdjustmentRequested": _l("The focal point asked for changes at named fields"),
    "EndorsementAdjustmentMade": _l("The applicant changed the named fields"),
    "PartnerEndorsed": _l("A partner endorsed it"),
    "PartnerEndorsedWithConditions": _l("A partner endorsed it with conditions"),
    "PartnerSaidNoObjection": _l("A partner has no objection"),
    "PartnerStoodAside": _l("A partner stands aside"),
    "PartnerObjected": _l("A partner objected"),
    "PartnerSilenceTaken": _l("A partner’s silence counts as consent"),
    "PartnerSilenceBroken": _l("A partner broke its silence"),
    "PartnerAcceded": _l("A partner acceded later"),
    "EndorsementNoticeSent": _l("A reminder went to the partner"),
    "EndorsementExtended": _l("The partner’s time was extended"),
    "EndorsementLapsed": _l("A partner gave no answer in its time"),
    "EndorsementSecondLetterSent": _l("A second letter went to the partner"),
    "EndorsementAskedAgain": _l("A partner was asked again, for a new version"),
    "EndorsementWithdrawalNotified": _l("A partner announced that it withdraws its word"),
    "EndorsementWithdrawn": _l("A partner withdrew its word"),
    "EndorsementExpired": _l("A partner’s word is no longer valid"),
    "EndorsementSignatoryReplaced": _l("Somebody else signs for the partner"),
    "EndorsementSignatoryLost": _l("Nobody can sign for the partner"),
    "EndorsementReopened": _l("A partner’s case was opened again"),
    "EndorsementRepeated": _l("A partner repeated its word for the new version"),
    "EndorsementReconsidered": _l("A partner reconsidered its word"),
    "EndorsementConfirmed": _l("A partner confirmed its word"),
    "EndorsementSigned": _l("One of the partner’s signatories signed"),
    "EndorsementSufficed": _l("The partners’ words suffice, and it goes to review"),
    "EndorsementFailed": _l("It was closed: the endorsements do not suffice"),
    # Review.
    "ConflictsFound": _l("Conflicts of interest were found"),
    "ConflictNoted": _l("The secretariat noted a conflict of interest"),
    "ConflictDeclared": _l("A reviewer declared a conflict of interest"),
    "PanelProposed": _l("A panel of reviewers was proposed"),
    "PanelMade": _l("A panel of reviewers was made, and the invitations went out"),
    "PanelReleased": _l("The invitations to review went out"),
    "RoutingFellShort": _l("Too few reviewers were found"),
    "ReviewerAdded": _l("The secretariat put a reviewer on the panel"),
    "ReviewerInvited": _l("A reviewer was invited"),
    "ReviewerAccepted": _l("A reviewer accepted"),
    "ReviewerDeclined": _l("A reviewer declined"),
    "ReviewerRecused": _l("A reviewer stepped back"),
    "ReviewerRemoved": _l("A reviewer was taken off the panel"),
    "AssignmentExpired": _l("A reviewer gave no answer in time"),
    "ReviewReminder": _l("A reminder went to a reviewer"),
    "ReviewSubmitted": _l("A review was submitted"),
    "ReviewAmended": _l("A review was changed"),
    "RoundExtended": _l("Too few reviews were in at the due time, and the round goes on"),
    "PanelMessageWritten": _l("Somebody wrote to the panel"),
    "ReviewRoundClosed": _l("The review round closed"),
    "ReviewRoundClosedEarly": _l("The secretariat closed the review round early"),
    # Decision.
    "DecisionDrafted": _l("A decision was drafted"),
    "DecisionDiscarded": _l("The drafted decision was discarded"),
    "ProposalApproved": _l("It was approved"),
    "ProposalApprovedWithConditions": _l("It was approved with conditions"),
    "RevisionAsked": _l("It was decided to ask for a revision"),
    "ProposalDeclined": _l("It was decided to decline it"),
    "DecisionAppealed": _l("The applicant appealed against the decision"),
    "EvidenceSubmitted": _l("The applicant showed how a condition is met"),
    "ConditionMet": _l("A condition was found to be met"),
    "ConditionWaived": _l("A condition was waived"),
    "ConditionsMet": _l("All conditions are met, and it is approved"),
}


def event_words(name: str) -> str:
    """The sentence for an event; one that has none is shown by its name, taken apart into words."""
    if name in WORDS:
        return str(WORDS[name])
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
