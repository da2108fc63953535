"""Builders for tests of routing and reviews: reviewers, proposals in review, the steps up to a review that is in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary
from webapp.domain.endorsements import Case, write_case
from webapp.domain.people import SYSTEM, Actor, Role
from webapp.domain.policy import Action
from webapp.domain.versions import content_hash
from webapp.models.calls import Call
from webapp.models.endorsements import Endorsement
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner, PartnerPath
from webapp.models.people import Organisation, Person
from webapp.models.proposals import Proposal, ProposalArticle, ProposalOrganisation, ProposalPartner, ProposalVersion
from webapp.models.routing import Assignment, Expertise, ReviewerProfile, RoutingPlan
from webapp.services.access import hold_proposal_by_id
from webapp.services.reviews.answer import accept_invitation
from webapp.services.reviews.write import save_review, submit_review
from webapp.services.routing.by_hand import release_panel
from webapp.services.routing.route import route_proposal
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork
from webapp.wiring import Wiring

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Panel:
    """A proposal in review with the people around it."""

    wired: Wiring
    call: Call
    owner: Person
    proposal: Proposal
    secretary: Person
    reviewers: tuple[Person, ...]

    def assignments(self, *states: str) -> list[Assignment]:
        """The assignments as stored now, oldest first."""
        with self.wired.open_reading() as session:
            found = select(Assignment).where(Assignment.proposal_id == self.proposal.id).order_by(Assignment.id)
            rows = list(session.scalars(found))
            session.expunge_all()
        return [row for row in rows if not states or row.state in states]

    def now(self) -> Proposal:
        """The proposal as stored now."""
        with self.wired.open_reading() as session:
            row = session.get_one(Proposal, self.proposal.id)
            session.expunge_all()
        return row

    def actor(self, person_id: int) -> Actor:
        """Somebody, as they act."""
        with self.wired.open_reading() as session:
            person = session.get_one(Person, person_id)
            session.expunge_all()
        return actor_of(self.wired, person)

    def plan(self) -> RoutingPlan:
        """The plan that was made last."""
        with self.wired.open_reading() as session:
            found = select(RoutingPlan).where(RoutingPlan.proposal_id == self.proposal.id)
            row = session.scalars(found.order_by(RoutingPlan.id.desc()).limit(1)).one()
            session.expunge_all()
        return row

    @property
    def secretariat(self) -> Actor:
        """The member of the secretariat."""
        return actor_of(self.wired, self.secretary)


def make_organisation(wired: Wiring, partner: str = "KE", kind: str = "agency") -> int:
    """An organisation of the partner; its id."""
    with wired.open_work(SYSTEM) as work:
        row = Organisation(
            partner_id=work.session.scalars(select(Partner.id).where(Partner.code == partner)).one(),
            name=f"Organisation {next(_numbers)}",
            kind=kind,
            claimed_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        return row.id


def make_reviewer(
    wired: Wiring, call: Call, expertise: Mapping[int, int], *, partner: str | None = None, **given: Any
) -> Person:
    """A reviewer of the call who knows these articles; what else is given goes to the profile or the person."""
    profile = {name: given.pop(name) for name in list(given) if name in ReviewerProfile.__table__.columns}
    person = make_person(wired, **given)
    make_seat(wired, person, Role.REVIEWER, call_id=call.id)
    with wired.open_work(SYSTEM) as work:
        if partner:
            profile["partner_id"] = work.session.scalars(select(Partner.id).where(Partner.code == partner)).one()
        work.session.add(ReviewerProfile(**{"person_id": person.id, "languages": ["en"], **profile}))
        for number, level in expertise.items():
            article = work.session.scalars(select(ArticleRow.id).where(ArticleRow.number == number)).one()
            work.session.add(Expertise(person_id=person.id, article_id=article, level=level))
    return person


def make_in_review(
    wired: Wiring,
    call: Call,
    owner: Person,
    *,
    articles: tuple[int, ...] = (5, 1),
    organisations: tuple[tuple[int, str], ...] = (),
    content: Mapping[str, Any] | None = None,
    partners: tuple[str, ...] = ("KE", "CN"),
    **given: Any,
) -> Proposal:
    """A proposal whose version has just entered review, as the workflow's move leaves it."""
    with wired.open_work(SYSTEM) as work:
        now = work.now
    proposal = make_proposal(wired, owner, call, partners, stage="endorsement", submitted_at=now, **given)
    whole = {
        "basics": {"title": proposal.title, "language": "en"},
        "articles": {"primary": articles[0], "secondary": list(articles[1:])},
        **(content or {}),
    }
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, proposal.id)
        for place, number in enumerate(articles):
            article = work.session.scalars(select(ArticleRow.id).where(ArticleRow.number == number)).one()
            mapped = ProposalArticle(proposal_id=row.id, article_id=article, is_primary=place == 0, place=place)
            work.session.add(mapped)
        for organisation, email in organisations:
            work.session.add(
                ProposalOrganisation(proposal_id=row.id, organisation_id=organisation, contact_email=email)
            )
        add_version(work, row, whole)
    enter_review(wired, proposal)
    return proposal


def add_version(work: UnitOfWork, row: Proposal, content: Mapping[str, Any]) -> None:
    """Freeze a version as the proposal's current one."""
    number = len(work.session.scalars(select(ProposalVersion.id).where(ProposalVersion.proposal_id == row.id)).all())
    version = ProposalVersion(
        proposal_id=row.id,
        number=number + 1,
        content=dict(content),
        sha256=content_hash(content),
        submitted_by_id=row.owner_id,
        submitted_at=work.now,
    )
    work.session.add(version)
    work.session.flush()
    row.current_version_id = version.id


def enter_review(wired: Wiring, proposal: Proposal) -> None:
    """Make the system's move into review, every partner having endorsed."""
    with wired.open_work(SYSTEM) as work:
        row = work.session.get_one(Proposal, proposal.id)
        partners = work.session.scalars(select(ProposalPartner).where(ProposalPartner.proposal_id == row.id)).all()
        for partner in partners:
            code = work.session.get_one(Partner, partner.partner_id).code
            case = Case(code, is_lead=partner.is_lead, state="endorsed", rule_version=1, outcome="endorsed")
            case = replace(case, since=work.now, version=row.current_version_id or 0)
            work.session.add(
                Endorsement(
                    proposal_id=row.id,
                    partner_id=partner.partner_id,
                    version_id=row.current_version_id,
                    path_id=_path(work, partner.partner_id),
                    is_lead=partner.is_lead,
                    state="endorsed",
                    content=write_case(case),
                    opened_at=work.now,
                    changed_at=work.now,
                )
            )
        work.session.flush()
        make_move(work, hold_proposal_by_id(work, row.id, Action.READ_PROPOSAL), "endorsement_sufficient")


def _path(work: UnitOfWork, partner_id: int) -> int:
    found = work.session.scalars(select(PartnerPath.id).where(PartnerPath.partner_id == partner_id)).first()
    if found is None:
        path = PartnerPath(partner_id=partner_id, version=1, rule={}, created_at=work.now)
        work.session.add(path)
        work.session.flush()
        return path.id
    return found


def make_panel(
    wired: Wiring,
    *,
    reviewers: int = 5,
    levels: Mapping[int, int] | None = None,
    content: Mapping[str, Any] | None = None,
    **call_given: Any,
) -> Panel:
    """A call with reviewers who all know the articles, and a proposal that has just entered review."""
    call = make_call(wired, **{"routing": {"release": "at_once"}, **call_given})
    people = tuple(make_reviewer(wired, call, levels or {5: 2, 1: 1}) for _ in range(reviewers))
    owner = make_person(wired)
    proposal = make_in_review(wired, call, owner, content=content)
    return Panel(wired, call, owner, proposal, make_secretary(wired), people)


def route(wired: Wiring, proposal: Proposal) -> None:
    """Do the routing as the worker does."""
    with wired.open_work(SYSTEM) as work:
        route_proposal(work, {"proposal_id": proposal.id})


def release(panel: Panel) -> None:
    """Release what is proposed, as the secretariat."""
    with panel.wired.open_work(panel.secretariat) as work:
        release_panel(work, panel.proposal.reference, revision=panel.now().revision)


def accept(panel: Panel, assignment: Assignment) -> None:
    """Accept an invitation as its reviewer."""
    with panel.wired.open_work(panel.actor(assignment.reviewer_id)) as work:
        accept_invitation(work, assignment.public_id, no_conflict=True)


def opinion(**given: Any) -> dict[str, Any]:
    """A whole review of a proposal on articles 5 and 1, without a rubric of the call."""
    return {
        "scores": {"5.livelihood": 4, "5.capacity": 4, "1.reach": 3, "1.lasting_service": 3},
        "alignment": {"5": "strong", "1": "partial"},
        "recommendation": "approve",
        "for_applicant": "A sound plan with a clear benefit.",
        "for_secretariat": "Watch the budget.",
        **given,
    }


def review(panel: Panel, assignment: Assignment, raw: Mapping[str, Any] | None = None) -> None:
    """Write and send a whole review as its reviewer."""
    actor = panel.actor(assignment.reviewer_id)
    with panel.wired.open_work(actor) as work:
        save_review(work, assignment.public_id, raw or opinion(), base_version=0)
    with panel.wired.open_work(actor) as work:
        submit_review(work, assignment.public_id)
