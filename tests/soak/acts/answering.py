"""Applicants answer: partners' questions and wishes, clarifications, conditions, another mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tests.soak import content
from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.models.clarifications import Clarification
from webapp.models.endorsements import EndorsementPoint
from webapp.models.proposals import Proposal
from webapp.services.clarifications.answer import answer_question
from webapp.services.decisions.conditions import submit_evidence
from webapp.services.endorsements.replying import answer_questions, send_adjusted
from webapp.services.proposals.remap import accept_mapping, answer_mapping
from webapp.services.proposals.save import save_section
from webapp.services.work import UnitOfWork

WHAT = {"plan.activities": "activities", "safeguards.security": "security", "basics.title": "title"}
JUSTIFICATION = "Every village of the trial gets a link that stays after the project has ended."


@room
def answer_partners(seen: Seen, world: World) -> Iterator[Act]:
    """Answer what a partner asked; send a new version with what partners wanted changed."""
    for proposal in seen.proposals:
        owner = (proposal.owner_id,)
        cases = seen.cases.get(proposal.id, [])
        key = f"reply:{world.turns}:{proposal.id}"
        for case in cases:
            code = seen.partners[case.partner_id].code
            points = [one for one in seen.points.get(case.id, []) if one.state == "open"]
            yield act(
                "answer_questions",
                owner,
                partial(_answer, proposal, code, {one.id: "As the annex says." for one in points}, f"{key}:{code}"),
                now=case.state == "waiting_applicant",
                weight=6,
                about=proposal.id,
                once=True,
            )
        asking = [case.id for case in cases if case.state == "adjustment_requested"]
        points = [one for case in asking for one in seen.points.get(case, []) if one.state == "open"]
        for name, change in (("send_adjusted:answers", False), ("send_adjusted:changes", True)):
            do = partial(_adjust, seen, proposal, points, change, f"{key}:{change}")
            yield act(name, owner, do, now=bool(asking), weight=8, about=proposal.id, once=not change)


def _answer(proposal: Proposal, code: str, answers: Mapping[int, str], key: str, work: UnitOfWork) -> None:
    answer_questions(work, proposal.reference, code, answers, form_key=key)


def _adjust(
    seen: Seen, proposal: Proposal, points: list[EndorsementPoint], change: bool, key: str, work: UnitOfWork
) -> None:
    sections = seen.sections[proposal.id]
    answers = {one.id: "It says so already." for one in points}
    if change:
        for field in {one.field for one in points} & WHAT.keys():
            whole = {name: row.content for name, row in sections.items()}
            section, text = content.changed(WHAT[field], 100 + proposal.revision, whole)
            save_section(work, proposal.reference, section, text, base_version=sections[section].version)
        answers = {one.id: "" if one.field in WHAT else "It says so already." for one in points}
    send_adjusted(work, proposal.reference, answers, form_key=key)


@room
def answer_clarifications(seen: Seen, world: World) -> Iterator[Act]:
    """Answer the secretariat's or the panel's question."""
    for proposal in seen.proposals:
        for question in seen.questions.get(proposal.id, []):
            yield act(
                "answer_clarification",
                (proposal.owner_id,),
                partial(_clarify, proposal, question, f"clarify:{question.id}:{world.turns}"),
                now=question.state == "open",
                about=proposal.id,
                once=True,
            )


def _clarify(proposal: Proposal, question: Clarification, key: str, work: UnitOfWork) -> None:
    answers = {one["field"]: "Three of them." for one in question.fields}
    answer_question(work, proposal.reference, question.id, answer="Thus.", answers=answers, form_key=key)


@room
def show_evidence(seen: Seen, world: World) -> Iterator[Act]:
    """Show how a condition is met."""
    for proposal in seen.proposals:
        newest = [one for one in seen.decisions.get(proposal.id, []) if one.state == "confirmed"][-1:]
        for condition in (one for decision in newest for one in seen.conditions.get(decision.id, [])):
            yield act(
                "submit_evidence",
                (proposal.owner_id,),
                partial(_show, proposal, condition.number),
                now=condition.state in ("open", "evidence_submitted"),
                ripe=condition.state == "open" and proposal.stage == "conditions",
                about=proposal.id,
                weight=10,
            )


def _show(proposal: Proposal, number: int, work: UnitOfWork) -> None:
    submit_evidence(work, proposal.reference, number, evidence="The ministry's letter of this month.")


@room
def answer_mapping_offers(seen: Seen, world: World) -> Iterator[Act]:
    """Take over another mapping, or keep one's own."""
    for proposal in seen.proposals:
        offered = any(one.state == "offered" for one in seen.suggestions.get(proposal.id, []))
        for name, do in (("accept_mapping", _accept), ("answer_mapping", _keep)):
            key = f"{name}:{world.turns}:{proposal.id}"
            acting = partial(do, proposal.reference, key)
            yield act(name, (proposal.owner_id,), acting, now=offered, about=proposal.id, once=True)


def _accept(reference: str, key: str, work: UnitOfWork) -> None:
    accept_mapping(work, reference, justifications=dict.fromkeys((1, 3, 5, 6), JUSTIFICATION), form_key=key)


def _keep(reference: str, key: str, work: UnitOfWork) -> None:
    answer_mapping(work, reference, answer="Our project is about farms.", form_key=key)
