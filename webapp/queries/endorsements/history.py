"""What was said and done in a case: its formal words, its events, what a new version changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from webapp.models.audit import EventRow
from webapp.models.base import id_in
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.models.proposals import ProposalPartner, ProposalVersion
from webapp.queries.endorsements.asked import takes_part

# Whom a partner consults is for its own people, who see it on the page of the case.
ADVICE = ("MinistryConsulted", "MinistryAdvised")
# Steps of the machinery that a reader of the page does not miss.
UNSHOWN = ("EndorsementOpened", "EndorsementDelivered", "EndorsementDeputyTold", "EndorsementOfficeTold", *ADVICE)


@dataclass(frozen=True, slots=True)
class Word:
    """A formal word that the partner gave, and for which version."""

    outcome: str
    text: str
    code: str
    version: int
    given_at: datetime
    given_by: str
    acting_as: str
    acting_for: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a case, for its history; `text` is the reason that was given."""

    case_id: int
    name: str
    at: datetime
    who: str
    acting_for: str
    text: str


def list_words(session: Session, case_id: int) -> tuple[Word, ...]:
    """The partner's formal words, oldest first."""
    principal = aliased(Person)
    rows = session.execute(
        select(EndorsementWord, ProposalVersion.number, Person.name, principal.name)
        .join(ProposalVersion, ProposalVersion.id == EndorsementWord.version_id)
        .outerjoin(Person, Person.id == EndorsementWord.given_by_id)
        .outerjoin(principal, principal.id == EndorsementWord.acting_for_id)
        .where(EndorsementWord.endorsement_id == case_id)
        .order_by(EndorsementWord.id)
    )
    return tuple(
        Word(
            outcome=word.outcome,
            text=word.text,
            code=word.code,
            version=number,
            given_at=word.given_at,
            given_by=by or "",
            acting_as=word.acting_as,
            acting_for=for_whom or "",
        )
        for word, number, by, for_whom in rows
    )


@dataclass(frozen=True, slots=True)
class PartnerWord:
    """Where one partner stands on a proposal, for everybody who may read it; with its last word, if it gave one."""

    partner_code: str
    is_lead: bool
    state: str
    due_at: datetime | None
    outcome: str
    text: str
    code: str
    version: int | None
    given_at: datetime | None


def list_partner_words(session: Session, proposal_id: int) -> tuple[PartnerWord, ...]:
    """What each partner has said, the lead partner first; who said it is the partner's own affair."""
    last = (
        select(func.max(EndorsementWord.id))
        .where(EndorsementWord.endorsement_id == Endorsement.id)
        .correlate(Endorsement)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Endorsement, ProposalPartner.is_lead, Partner.code, EndorsementWord, ProposalVersion.number)
        .join(ProposalPartner, takes_part())
        .join(Partner, Partner.id == Endorsement.partner_id)
        .outerjoin(EndorsementWord, EndorsementWord.id == last)
        .outerjoin(ProposalVersion, ProposalVersion.id == EndorsementWord.version_id)
        .where(Endorsement.proposal_id == proposal_id)
        .order_by(ProposalPartner.is_lead.desc(), Partner.code)
    )
    return tuple(
        PartnerWord(
            partner_code=code,
            is_lead=is_lead,
            state=row.state,
            due_at=row.due_at,
            outcome=word.outcome if word else "",
            text=word.text if word else "",
            code=word.code if word else "",
            version=number,
            given_at=word.given_at if word else None,
        )
        for row, is_lead, code, word, number in rows
    )


def list_happenings(session: Session, proposal_id: int, case_id: int | None = None) -> tuple[Happening, ...]:
    """What happened in one case, or in all of the proposal, oldest first; who acted for whom stands with it (R34)."""
    principal = aliased(Person)
    of_case = id_in(EventRow.payload, "endorsement_id")
    rows = session.execute(
        select(EventRow, Person.name, principal.name)
        .outerjoin(Person, Person.id == EventRow.actor_id)
        .outerjoin(principal, principal.id == EventRow.acting_for_id)
        .where(
            EventRow.subject_kind == "proposal",
            EventRow.subject_id == proposal_id,
            EventRow.name.not_in(UNSHOWN),
            of_case.is_not(None) if case_id is None else of_case == case_id,
        )
        .order_by(EventRow.id)
    )
    return tuple(
        Happening(
            case_id=int(event.payload["endorsement_id"]),
            name=event.name,
            at=event.at,
            who=who or "",
            acting_for=for_whom or "",
            text=str(event.payload.get("reason", "")),
        )
        for event, who, for_whom in rows
    )


def find_contents(
    session: Session, proposal_id: int, older: int | None, newer: int
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """The contents of two versions of this proposal, to show what changed; None where one is not its own."""
    rows = session.execute(
        select(ProposalVersion.id, ProposalVersion.content).where(
            ProposalVersion.proposal_id == proposal_id, ProposalVersion.id.in_((older, newer))
        )
    )
    contents: dict[int | None, Mapping[str, Any]] = {row.id: row.content for row in rows}
    if older == newer or older not in contents or newer not in contents:
        return None
    return contents[older], contents[newer]
