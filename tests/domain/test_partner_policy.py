"""Who looks after a partner: its own focal points, for that partner alone (R1)."""

from __future__ import annotations

import pytest

from webapp.domain.people import Actor, Role, Seat
from webapp.domain.policy import Action, Nothing, ProposalFacts, decide, is_on_panel


@pytest.mark.rule("R1")
@pytest.mark.parametrize("action", [Action.MANAGE_PARTNER, Action.CONFIRM_ORGANISATION])
def test_a_focal_point_manages_its_own_partner_and_never_all_of_them(action: Action) -> None:
    actor = Actor(person_id=1, seats=(Seat(Role.FOCAL_POINT, initiative_id=1, partner_id=7),))
    assert decide(actor, action, Nothing(initiative_id=1, partner_id=7)).may
    assert not decide(actor, action, Nothing(initiative_id=1, partner_id=8)).may
    assert not decide(actor, action, Nothing(initiative_id=1)).may


@pytest.mark.rule("R85")
@pytest.mark.parametrize(
    ("state", "is_on"), [("proposed", False), ("invited", False), ("accepted", True), ("submitted", True)]
)
def test_on_the_panel_is_who_took_it_on(state: str, *, is_on: bool) -> None:
    facts = ProposalFacts(owner_id=9, initiative_id=1, call_id=1, reviewers={1: state})
    assert is_on_panel(Actor(person_id=1), facts) is is_on
