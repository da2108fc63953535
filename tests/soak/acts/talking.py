"""Questions to the applicant, and other mappings: asked, withdrawn, offered, taken, set aside."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.acts.reviewing import OTHER_MAPPING
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.clarifications import Ask, FieldQuestion
from webapp.domain.mapping import Mapping
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.clarifications.withdraw import withdraw_question
from webapp.services.reviews.suggestions import offer_mapping, set_aside, take_suggestion
from webapp.services.work import UnitOfWork

QUESTION = Ask("How many villages?", (FieldQuestion("plan.activities", "Which of them first?"),), days=4)
MORE = Mapping(3, (6, 1))


@room
def clarify(seen: Seen, world: World) -> Iterator[Act]:
    """Ask, and take the question back."""
    for proposal in seen.proposals:
        about, desk = proposal.id, seen.desk(proposal)
        panel = [row.reviewer_id for row in seen.panel.get(proposal.id, []) if row.state in ("accepted", "submitted")]
        now = seen.stage(proposal).is_live and proposal.submitted_at is not None
        questions = seen.questions.get(proposal.id, [])
        key = f"question:{proposal.id}:{world.turns}"
        few = sum(one.state == "open" for one in questions) < 2
        asking = partial(_ask, proposal.reference, key)
        yield act("ask_applicant", (*desk, *panel), asking, now=now, ripe=few, weight=1, about=about, once=True)
        for question in questions:
            back = partial(_withdraw, proposal.reference, question.id)
            may = (*desk, question.asked_by_id)
            yield act("withdraw_question", may, back, now=question.state == "open", weight=1, about=about)


def _ask(reference: str, key: str, work: UnitOfWork) -> None:
    ask_applicant(work, reference, QUESTION, form_key=key)


def _withdraw(reference: str, question_id: int, work: UnitOfWork) -> None:
    withdraw_question(work, reference, question_id)


@room
def remap(seen: Seen, world: World) -> Iterator[Act]:
    """Offer another mapping, take a reviewer's suggestion, set one aside."""
    for proposal in seen.proposals:
        about, desk = proposal.id, seen.desk(proposal)
        suggestions = seen.suggestions.get(proposal.id, [])
        few = len(suggestions) < 4
        now = proposal.submitted_at is not None
        for mapped in (OTHER_MAPPING, MORE):
            key = f"offer:{proposal.id}:{mapped.primary}:{world.turns}"
            offering = partial(_offer, proposal.reference, mapped, key)
            ripe = few and seen.stage(proposal).is_live
            yield act("offer_mapping", desk, offering, now=now, ripe=ripe, weight=1, about=about, once=True)
        for one in suggestions:
            taking = partial(_take, proposal.reference, one.id)
            yield act("take_suggestion", desk, taking, now=one.state == "open", weight=3, about=about)
            aside = partial(_set_aside, proposal.reference, one.id)
            yield act("set_aside", desk, aside, now=one.state in ("open", "offered"), weight=1, about=about)


def _offer(reference: str, mapped: Mapping, key: str, work: UnitOfWork) -> None:
    offer_mapping(work, reference, mapped=mapped, reason="It serves the second article more.", form_key=key)


def _take(reference: str, suggestion_id: int, work: UnitOfWork) -> None:
    take_suggestion(work, reference, suggestion_id)


def _set_aside(reference: str, suggestion_id: int, work: UnitOfWork) -> None:
    set_aside(work, reference, suggestion_id, reason="Both articles are served already.")
