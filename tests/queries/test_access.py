"""Lists show what the policy lets a person read, and nothing else: the condition in SQL and the rule agree."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat
from webapp.domain.people import PUBLIC, SYSTEM, Actor, Role
from webapp.domain.policy import Action, decide
from webapp.domain.reviews import ASSIGNMENT_STATES
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalVersion
from webapp.models.routing import Assignment, Conflict
from webapp.queries.access import find_head_by_id, visible_to
from webapp.wiring import Wiring

SEATS = {
    "secretary": (Role.SECRETARIAT, {}),
    "auditor": (Role.AUDITOR, {}),
    "administrator": (Role.ADMINISTRATOR, {}),
    "focal point": (Role.FOCAL_POINT, {"partner": "KE"}),
    "deputy": (Role.DEPUTY, {"partner": "KE"}),
    "other focal point": (Role.FOCAL_POINT, {"partner": "MM"}),
}


def people(wired: Wiring, call_id: int) -> dict[str, Person]:
    """One person for each way of being near a proposal, and a twin of each who is in conflict with all of them."""
    found = {name: make_person(wired) for name in ("owner", "editor", "stranger", *SEATS, *ASSIGNMENT_STATES)}
    twins = {f"{name} in conflict": make_person(wired) for name in found}
    for name, person in {**found, **twins}.items():
        plain = name.removesuffix(" in conflict")
        if plain in SEATS:
            role, scope = SEATS[plain]
            make_seat(wired, person, role, **scope)
        if plain in ASSIGNMENT_STATES:
            make_seat(wired, person, Role.REVIEWER, call_id=call_id)
    return {**found, **twins}


def join(wired: Wiring, proposal: Proposal, persons: dict[str, Person]) -> None:
    with wired.open_work(SYSTEM) as work:
        version = ProposalVersion(proposal_id=proposal.id, number=1, content={}, sha256="0" * 64, submitted_at=work.now)
        work.session.add(version)
        work.session.flush()
        for name, person in persons.items():
            plain = name.removesuffix(" in conflict")
            ids = {"proposal_id": proposal.id}
            if plain == "editor":
                work.session.add(Collaborator(**ids, person_id=person.id, role="editor", added_at=work.now))
            if plain in ASSIGNMENT_STATES:
                public_id = f"{proposal.id}-{person.id}"
                task = Assignment(**ids, public_id=public_id, version_id=version.id, reviewer_id=person.id)
                task.state = plain
                work.session.add(task)
            if name != plain:
                conflict = {"kind": "declared", "evidence": "So.", "recorded_at": work.now}
                work.session.add(Conflict(**ids, person_id=person.id, **conflict))


@pytest.mark.rule("R1", "R2", "R38", "R70")
def test_the_condition_is_the_policy(wired: Wiring) -> None:
    call = make_call(wired)
    persons = people(wired, call.id)
    states = {
        "draft": {},
        "withdrawn draft": {"stage": "withdrawn"},
        "screening": {"stage": "screening", "submitted_at": call.opens_at},
        "published": {
            "stage": "published",
            "submitted_at": call.opens_at,
            "published_at": call.opens_at + timedelta(days=1),
        },
    }
    proposals = {
        name: make_proposal(wired, persons["owner"], call, ("CN", "KE"), **given) for name, given in states.items()
    }
    for proposal in proposals.values():
        join(wired, proposal, persons)
    actors: dict[str, Actor] = {name: actor_of(wired, person) for name, person in persons.items()}
    actors |= {"the public": PUBLIC, "the system": SYSTEM}
    with wired.open_reading() as session:
        heads = {name: find_head_by_id(session, wired.rules, one.id) for name, one in proposals.items()}
        for (who, actor), (what, head) in product(actors.items(), heads.items()):
            assert head is not None
            listed = session.scalar(select(Proposal.id).where(Proposal.id == head.id, visible_to(actor))) is not None
            assert listed == decide(actor, Action.READ_PROPOSAL, head.facts).may, (who, what)
        seen = {
            who
            for who, actor in actors.items()
            if session.scalars(select(Proposal.id).where(visible_to(actor))).first()
        }
    assert seen == {
        "the system",
        "owner",
        "editor",
        "editor in conflict",
        "secretary",
        "auditor",
        "focal point",
        "deputy",
        "invited",
        "accepted",
        "submitted",
    }
