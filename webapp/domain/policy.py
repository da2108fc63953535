"""The one policy function: may this person do this to that thing, and may they know of it (R1, R2).

Every page, API call and task asks `decide`. A query fills the facts; nothing here looks anything up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.domain.people import Actor, Role


class Action(StrEnum):
    """What a person can do; every route names one."""

    # Anybody
    READ_PUBLIC = "read_public"
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    # Anybody signed in, about themselves
    USE_ACCOUNT = "use_account"
    CREATE_PROPOSAL = "create_proposal"
    CLAIM_ORGANISATION = "claim_organisation"
    # One proposal
    READ_PROPOSAL = "read_proposal"
    READ_OWN_WORK = "read_own_work"
    EDIT_PROPOSAL = "edit_proposal"
    DELETE_PROPOSAL = "delete_proposal"
    SUBMIT_PROPOSAL = "submit_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    SHARE_PROPOSAL = "share_proposal"
    SUBMIT_EVIDENCE = "submit_evidence"
    APPEAL = "appeal"
    READ_REVIEWERS = "read_reviewers"
    READ_REVIEWS = "read_reviews"
    READ_AUDIT = "read_audit"
    SCREEN_PROPOSAL = "screen_proposal"
    ROUTE_PROPOSAL = "route_proposal"
    DELIBERATE = "deliberate"
    DRAFT_DECISION = "draft_decision"
    CONFIRM_DECISION = "confirm_decision"
    SETTLE_CONDITION = "settle_condition"
    REOPEN_PROPOSAL = "reopen_proposal"
    ENDORSE = "endorse"
    MEND_ENDORSEMENT = "mend_endorsement"
    REVIEW = "review"
    ASK_CLARIFICATION = "ask_clarification"
    ANSWER_CLARIFICATION = "answer_clarification"
    # Desks and lists
    SEE_DESK = "see_desk"
    SEE_ENDORSEMENTS = "see_endorsements"
    SEE_REVIEW_QUEUE = "see_review_queue"
    SEE_OUTBOX = "see_outbox"
    MANAGE_WEBHOOKS = "manage_webhooks"
    WORD_LETTERS = "word_letters"
    WRITE_MESSAGE = "write_message"
    SEE_AUDIT = "see_audit"
    # Set-up
    MANAGE_CALLS = "manage_calls"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_PARTNERS = "manage_partners"
    MANAGE_PARTNER = "manage_partner"
    CONFIRM_ORGANISATION = "confirm_organisation"
    # Whoever answers for other people's seats: the verb then judges for which scope.
    SEE_ACCOUNTABLE = "see_accountable"
    # The demonstration
    USE_DEMO = "use_demo"


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it be done; may its existence be known; and, if not, the code of the words that say why."""

    may: bool
    seen: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No particular subject: a desk, a list, the person's own account."""

    initiative_id: int | None = None
    partner_id: int | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the policy needs to know of one proposal.

    `is_editable` says that its stage (or an open change request) lets the applicant change it: where it
    is a change request, `asked_fields` are all that may be changed (R68);
    `reviewers` maps people with an assignment to its state; `conflicted` are people who may see
    nothing of it.
    """

    owner_id: int
    initiative_id: int
    call_id: int
    collaborators: Mapping[int, str] = field(default_factory=dict)
    partner_ids: frozenset[int] = frozenset()
    asked_partner_ids: frozenset[int] = frozenset()
    reviewers: Mapping[int, str] = field(default_factory=dict)
    conflicted: frozenset[int] = frozenset()
    is_draft: bool = True
    is_editable: bool = True
    asked_fields: frozenset[str] = frozenset()
    # Submitted under a sealed call that is not opened yet (R77).
    is_sealed: bool = False
    is_published: bool = False
    is_decided: bool = False
    drafted_by: int | None = None
    # Who drafted or confirmed the decision that the applicant appealed against (R29).
    deciders: frozenset[int] = frozenset()
    partners_read_reviews: bool = False


def decide(actor: Actor, action: Action, subject: Nothing | ProposalFacts) -> Verdict:
    """The verdict on (person, action, subject); what no rule allows is refused (R1)."""
    if isinstance(subject, ProposalFacts):
        seen = _sees(actor, subject)
        rule = _ON_PROPOSALS.get(action)
        code = rule(actor, subject) if rule and seen else "not_yours"
        return Verdict(may=seen and code is None, seen=seen, code=code or "")
    general = _GENERAL.get(action)
    code = general(actor, subject) if general else "not_yours"
    return Verdict(may=code is None, seen=code is None or code != "unseen", code=code or "")


Rule = Callable[[Actor, ProposalFacts], str | None]
GeneralRule = Callable[[Actor, Nothing], str | None]


def _is_owner(actor: Actor, facts: ProposalFacts) -> bool:
    return actor.person_id == facts.owner_id


def _is_own_work(actor: Actor, facts: ProposalFacts) -> bool:
    return _is_owner(actor, facts) or actor.person_id in facts.collaborators


def is_party(actor: Actor, facts: ProposalFacts) -> bool:
    """Whether the person is part of the proposal: such a person never endorses or reviews it."""
    return _is_own_work(actor, facts)


def is_on_panel(actor: Actor, facts: ProposalFacts) -> bool:
    """Whether the person took on to review it: not who was only proposed or asked."""
    return facts.reviewers.get(actor.person_id or 0) in ("accepted", "submitted")


def _is_staff(actor: Actor, facts: ProposalFacts, *roles: Role) -> bool:
    return actor.has(*roles, initiative_id=facts.initiative_id)


def _speaks_for_partner(actor: Actor, facts: ProposalFacts) -> bool:
    return bool(actor.partner_ids() & facts.partner_ids)


def _sees(actor: Actor, facts: ProposalFacts) -> bool:
    if actor.is_system:
        return True
    if actor.person_id is None:
        return facts.is_published
    if _is_own_work(actor, facts):
        return True
    if facts.is_draft or facts.is_sealed:
        return False
    if facts.is_published:
        return True
    if actor.person_id in facts.conflicted:
        # A conflicted person sees nothing of it, whatever seat they hold (R38).
        return False
    return (
        _is_staff(actor, facts, Role.SECRETARIAT, Role.AUDITOR)
        or _speaks_for_partner(actor, facts)
        or facts.reviewers.get(actor.person_id) in ("invited", "accepted", "submitted")
    )


def _conflicted(actor: Actor, facts: ProposalFacts) -> bool:
    return actor.person_id in facts.conflicted


def _reads(actor: Actor, facts: ProposalFacts) -> str | None:
    if actor.is_system or _is_own_work(actor, facts):
        return None
    if _conflicted(actor, facts) or facts.is_sealed or actor.person_id is None:
        return "not_yours"
    inside = (
        _is_staff(actor, facts, Role.SECRETARIAT, Role.AUDITOR)
        or _speaks_for_partner(actor, facts)
        or facts.reviewers.get(actor.person_id) in ("invited", "accepted", "submitted")
    )
    return None if inside else "not_yours"


def _edits(actor: Actor, facts: ProposalFacts) -> str | None:
    editor = facts.collaborators.get(actor.person_id or 0) == "editor"
    if not (_is_owner(actor, facts) or editor):
        return "not_yours"
    return None if facts.is_editable else "not_editable_now"


def _own_work(actor: Actor, facts: ProposalFacts) -> str | None:
    return None if _is_own_work(actor, facts) else "not_yours"


def _owner_only(actor: Actor, facts: ProposalFacts) -> str | None:
    return None if _is_owner(actor, facts) else "owner_only"


def _deletes(actor: Actor, facts: ProposalFacts) -> str | None:
    if not _is_owner(actor, facts):
        return "owner_only"
    return None if facts.is_draft else "drafts_only"


def _secretariat(actor: Actor, facts: ProposalFacts) -> str | None:
    if is_party(actor, facts):
        return "part_of_proposal"
    if _conflicted(actor, facts):
        return "not_yours"
    return None if _is_staff(actor, facts, Role.SECRETARIAT) else "secretariat_only"


def _decides(actor: Actor, facts: ProposalFacts) -> str | None:
    refusal = _secretariat(actor, facts)
    if refusal is None and actor.person_id in facts.deciders:
        return "decided_before"
    return refusal


def _confirms(actor: Actor, facts: ProposalFacts) -> str | None:
    refusal = _decides(actor, facts)
    if refusal is None and actor.person_id == facts.drafted_by:
        return "another_than_drafter"
    return refusal


def _owes_review(actor: Actor, facts: ProposalFacts) -> bool:
    """Asked for a review that is not in: such a person sees no other's, whatever seat they hold (R42)."""
    return facts.reviewers.get(actor.person_id or 0) in ("invited", "accepted")


def _reads_reviewers(actor: Actor, facts: ProposalFacts) -> str | None:
    if is_party(actor, facts) or _conflicted(actor, facts):
        return "not_yours"
    if _owes_review(actor, facts):
        return "after_own_review"
    if _is_staff(actor, facts, Role.SECRETARIAT, Role.AUDITOR):
        return None
    own = facts.reviewers.get(actor.person_id or 0)
    return None if own == "submitted" else "after_own_review"


def _reads_reviews(actor: Actor, facts: ProposalFacts) -> str | None:
    if _is_own_work(actor, facts):
        return None if facts.is_decided else "after_decision"
    if _conflicted(actor, facts):
        return "not_yours"
    if _owes_review(actor, facts):
        return "after_own_review"
    if _is_staff(actor, facts, Role.SECRETARIAT, Role.AUDITOR):
        return None
    if facts.reviewers.get(actor.person_id or 0) == "submitted":
        return None
    if _speaks_for_partner(actor, facts) and facts.partners_read_reviews:
        return None
    return "after_own_review"


def _reads_audit(actor: Actor, facts: ProposalFacts) -> str | None:
    """The whole trail names reviewers: those who are part of the proposal read its public steps instead."""
    staff = (Role.SECRETARIAT, Role.AUDITOR, Role.ADMINISTRATOR)
    if is_party(actor, facts):
        return "part_of_proposal"
    if _conflicted(actor, facts):
        return "not_yours"
    if _owes_review(actor, facts):
        return "after_own_review"
    inside = _is_staff(actor, facts, *staff) or _speaks_for_partner(actor, facts)
    return None if inside else "not_yours"


def _endorses(actor: Actor, facts: ProposalFacts) -> str | None:
    if is_party(actor, facts):
        return "part_of_proposal"
    if not actor.partner_ids() & facts.partner_ids:
        return "focal_points_only"
    return None if actor.partner_ids() & facts.asked_partner_ids else "not_asked"


def _reviews(actor: Actor, facts: ProposalFacts) -> str | None:
    if is_party(actor, facts) or _conflicted(actor, facts):
        return "not_yours"
    state = facts.reviewers.get(actor.person_id or 0)
    return None if state in ("invited", "accepted", "submitted") else "reviewers_only"


def _asks(actor: Actor, facts: ProposalFacts) -> str | None:
    """The secretariat, or somebody on the panel who took the task (R85)."""
    if is_party(actor, facts):
        return "part_of_proposal"
    if _conflicted(actor, facts):
        return "not_yours"
    return None if is_on_panel(actor, facts) or _is_staff(actor, facts, Role.SECRETARIAT) else "asking_panel_only"


_ON_PROPOSALS: Mapping[Action, Rule] = {
    Action.READ_PROPOSAL: _reads,
    Action.READ_OWN_WORK: _own_work,
    Action.EDIT_PROPOSAL: _edits,
    Action.DELETE_PROPOSAL: _deletes,
    Action.SUBMIT_PROPOSAL: _owner_only,
    Action.WITHDRAW_PROPOSAL: _owner_only,
    Action.SHARE_PROPOSAL: _owner_only,
    Action.SUBMIT_EVIDENCE: _owner_only,
    Action.APPEAL: _owner_only,
    Action.READ_REVIEWERS: _reads_reviewers,
    Action.READ_REVIEWS: _reads_reviews,
    Action.READ_AUDIT: _reads_audit,
    Action.SCREEN_PROPOSAL: _secretariat,
    Action.ROUTE_PROPOSAL: _secretariat,
    Action.DELIBERATE: _secretariat,
    Action.DRAFT_DECISION: _decides,
    Action.CONFIRM_DECISION: _confirms,
    Action.SETTLE_CONDITION: _secretariat,
    Action.REOPEN_PROPOSAL: _secretariat,
    Action.MEND_ENDORSEMENT: _secretariat,
    Action.ENDORSE: _endorses,
    Action.REVIEW: _reviews,
    Action.ASK_CLARIFICATION: _asks,
    Action.ANSWER_CLARIFICATION: _owner_only,
}


def _anybody(actor: Actor, subject: Nothing) -> str | None:
    return None


def _signed_in(actor: Actor, subject: Nothing) -> str | None:
    return "sign_in" if actor.person_id is None else None


def _confirmed(actor: Actor, subject: Nothing) -> str | None:
    if actor.person_id is None:
        return "sign_in"
    return None if actor.confirmed else "confirm_address"


def _seat(*roles: Role) -> GeneralRule:
    def rule(actor: Actor, subject: Nothing) -> str | None:
        if actor.person_id is None:
            return "sign_in"
        held = actor.has(*roles, initiative_id=subject.initiative_id, partner_id=subject.partner_id)
        return None if held else "not_yours"

    return rule


def _manages_partner(actor: Actor, subject: Nothing) -> str | None:
    """A partner's own focal points, the secretariat of its initiative, an administrator."""
    if actor.person_id is None:
        return "sign_in"
    if actor.has(Role.ADMINISTRATOR) or actor.has(Role.SECRETARIAT, initiative_id=subject.initiative_id):
        return None
    own = subject.partner_id is not None and actor.has(Role.FOCAL_POINT, partner_id=subject.partner_id)
    return None if own else "not_yours"


def _in_demo(actor: Actor, subject: Nothing) -> str | None:
    return None if subject.demo else "unseen"


_GENERAL: Mapping[Action, GeneralRule] = {
    Action.READ_PUBLIC: _anybody,
    Action.SIGN_UP: _anybody,
    Action.SIGN_IN: _anybody,
    Action.USE_ACCOUNT: _signed_in,
    Action.CREATE_PROPOSAL: _confirmed,
    Action.CLAIM_ORGANISATION: _confirmed,
    Action.SEE_DESK: _seat(Role.SECRETARIAT, Role.AUDITOR),
    Action.SEE_OUTBOX: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR),
    Action.MANAGE_WEBHOOKS: _seat(Role.ADMINISTRATOR),
    Action.WORD_LETTERS: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR),
    Action.WRITE_MESSAGE: _seat(Role.SECRETARIAT),
    Action.SEE_AUDIT: _seat(Role.SECRETARIAT, Role.AUDITOR, Role.ADMINISTRATOR),
    Action.SEE_ENDORSEMENTS: _seat(Role.FOCAL_POINT, Role.DEPUTY),
    Action.SEE_REVIEW_QUEUE: _seat(Role.REVIEWER),
    Action.MANAGE_CALLS: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR),
    Action.MANAGE_PEOPLE: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR),
    Action.MANAGE_PARTNERS: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR),
    Action.MANAGE_PARTNER: _manages_partner,
    Action.CONFIRM_ORGANISATION: _manages_partner,
    Action.SEE_ACCOUNTABLE: _seat(Role.SECRETARIAT, Role.ADMINISTRATOR, Role.FOCAL_POINT),
    Action.USE_DEMO: _in_demo,
}
