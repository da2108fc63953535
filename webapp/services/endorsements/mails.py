"""What the mail system says of a request: it was accepted, or it came back (rows 3 and 25)."""

from __future__ import annotations

from webapp.domain.endorsements import Happened
from webapp.domain.errors import NotNow
from webapp.queries.endorsements.letters import REQUESTS
from webapp.services.endorsements.cases import MAIL, hold_case_by_id, is_in_play
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.steps import take_step
from webapp.services.outbox.hooks import Delivery, on_bounced, on_delivered
from webapp.services.work import UnitOfWork


@on_delivered(*REQUESTS.values())
def hear_delivered(work: UnitOfWork, delivery: Delivery) -> None:
    """The receiving server took the letter: the days to acknowledge begin."""
    _hear(work, delivery, "delivered")


@on_bounced(*REQUESTS.values())
def hear_bounced(work: UnitOfWork, delivery: Delivery) -> None:
    """The letter does not arrive: others are told, the vacancy is raised; a clock that runs goes on."""
    _hear(work, delivery, "bounced")


def _hear(work: UnitOfWork, delivery: Delivery, name: str) -> None:
    case = hold_case_by_id(work, int(delivery.payload["endorsement_id"]))
    if case.leads is None or not is_in_play(work, case.held):
        return
    before = find_standing(work, case.held)
    try:
        take_step(work, case, Happened(name, letter=int(delivery.payload["letter"])), MAIL)
    except NotNow:
        # A letter that another one has replaced since, or one that was delivered before.
        return
    settle(work, case.held, before)
