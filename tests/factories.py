"""Builders of people, calls and proposals for tests: over the real verbs where they exist, rows otherwise."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select

from webapp.domain.people import SYSTEM, Actor, Role
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow, InitiativeRow
from webapp.models.partners import Partner
from webapp.models.people import Person, SeatRow
from webapp.models.proposals import Proposal, ProposalPartner, ProposalVersion
from webapp.queries.people import find_actor
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

_numbers = itertools.count(1)


def make_person(wired: Wiring, **given: Any) -> Person:
    """A person whose address is confirmed."""
    number = next(_numbers)
    with wired.open_work(SYSTEM) as work:
        values = {"email": f"person.{number}@demo.example", "name": f"Person {number}", "language": "en"}
        person = Person(**{**values, "created_at": work.now, "confirmed_at": work.now, **given})
        work.session.add(person)
        work.session.flush()
    return person


def make_seat(wired: Wiring, person: Person, role: Role, **given: Any) -> SeatRow:
    """A seat: `partner="KE"` for focal points and deputies, `call_id` for reviewers; the rest in the one initiative."""
    with wired.open_work(SYSTEM) as work:
        initiative = _initiative(work)
        code = given.pop("partner", None)
        partner_id = work.session.scalars(select(Partner.id).where(Partner.code == code)).one() if code else None
        scope: dict[str, Any] = {"initiative_id": initiative, "partner_id": partner_id}
        seat = SeatRow(**{"person_id": person.id, "role": role, "granted_at": work.now, **scope, **given})
        work.session.add(seat)
        work.session.flush()
    return seat


def make_call(wired: Wiring, **given: Any) -> Call:
    """A rolling call that is open, for all articles unless `articles` names their numbers."""
    with wired.open_work(SYSTEM) as work:
        values = {
            "initiative_id": _initiative(work),
            "code": f"call-{next(_numbers)}",
            "title": "Open call",
            "summary": "For all articles.",
            "opens_at": work.later(days=-1),
            "time_zone": "UTC",
            "created_at": work.now,
        }
        numbers = given.pop("articles", None)
        call = Call(**{**values, **given})
        work.session.add(call)
        work.session.flush()
        articles = select(ArticleRow.id).where(ArticleRow.initiative_id == call.initiative_id)
        if numbers is not None:
            articles = articles.where(ArticleRow.number.in_(numbers))
        work.session.add_all(CallArticle(call_id=call.id, article_id=one) for one in work.session.scalars(articles))
    return call


def make_proposal(wired: Wiring, owner: Person, call: Call, partners: tuple[str, ...] = (), **given: Any) -> Proposal:
    """A proposal's row, a draft unless said otherwise; the first of its partners leads."""
    with wired.open_work(SYSTEM) as work:
        values = {
            "reference": f"PD-2026-{next(_numbers):05}-0",
            "call_id": call.id,
            "owner_id": owner.id,
            "workflow": "standard",
            "workflow_version": 1,
            "stage_since": work.now,
            "created_at": work.now,
            "title": "A telemedicine link for river communities",
        }
        proposal = Proposal(**{**values, **given})
        work.session.add(proposal)
        work.session.flush()
        for place, code in enumerate(partners):
            partner = work.session.scalars(select(Partner).where(Partner.code == code)).one()
            work.session.add(ProposalPartner(proposal_id=proposal.id, partner_id=partner.id, is_lead=place == 0))
    return proposal


def make_version(wired: Wiring, proposal: Proposal, content: dict[str, Any] | None = None) -> ProposalVersion:
    """A frozen version of the proposal with this content, which becomes its current one."""
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, proposal.id)
        number = len(work.session.scalars(select(ProposalVersion.id).filter_by(proposal_id=row.id)).all()) + 1
        values = {"content": content or {}, "sha256": f"{number:064}", "submitted_at": work.now}
        version = ProposalVersion(proposal_id=row.id, number=number, submitted_by_id=row.owner_id, **values)
        work.session.add(version)
        work.session.flush()
        row.current_version_id = version.id
    return version


def actor_of(wired: Wiring, person: Person) -> Actor:
    """The person as they act today, with the seats they hold."""
    with wired.open_work(SYSTEM) as work:
        found = find_actor(work.session, person.id, work.now)
    assert found is not None
    return found


def make_secretary(wired: Wiring) -> Person:
    """A member of the secretariat."""
    person = make_person(wired)
    make_seat(wired, person, Role.SECRETARIAT)
    return person


def _initiative(work: UnitOfWork) -> int:
    return work.session.scalars(select(InitiativeRow.id)).one()
