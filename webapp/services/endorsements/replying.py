"""The applicant answers what a partner asked, or sends a new version with what it wanted changed (rows 8 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.domain.completeness import find_problems
from webapp.domain.completeness.whole import partner_codes
from webapp.domain.endorsements import Case, Happened, material_changes, overlay
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.endorsements import EndorsementPoint
from webapp.models.proposals import ProposalVersion
from webapp.queries.proposals.around import find_around, find_contents, frozen_contents
from webapp.services.access import Held, hold_proposal
from webapp.services.endorsements.cases import APPLICANT, HeldCase, hold_case, hold_cases, require_in_play
from webapp.services.endorsements.opening import take_up
from webapp.services.endorsements.points import TEXT_AT_MOST, open_points, settle_points
from webapp.services.endorsements.settle import find_standing, settle
from webapp.services.endorsements.speaking import REPEATED
from webapp.services.endorsements.steps import take_step
from webapp.services.proposals.derived import write_derived
from webapp.services.proposals.submit import write_version
from webapp.services.work import UnitOfWork

Answers = Mapping[int, str]
"""Texts by the id of the point they answer."""


def answer_questions(
    work: UnitOfWork, reference: str, code: str, answers: Answers, *, form_key: str = ""
) -> Case | None:
    """Answer everything that a partner asked; its clock goes on (row 8).

    None where this form was sent before. Raises Invalid with each question that has no answer.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_case(work, reference, code, Action.SUBMIT_PROPOSAL)
    if held.case.state != "waiting_applicant":
        raise NotNow("endorsement_not_in_state")
    points = open_points(work, held)
    _check(points, answers, required=True)
    before = find_standing(work, held.held)
    given = {point.field: answers[point.id].strip() for point in points}
    case = take_step(work, held, Happened("answered", by=work.actor.person_id, fields=given), APPLICANT)
    settle_points(work, points, answers)
    settle(work, held.held, before)
    work.remember_answer(form_key, REPEATED)
    return case


def send_adjusted(work: UnitOfWork, reference: str, answers: Answers, *, form_key: str = "") -> ProposalVersion | None:
    """Send a new version in which just the fields that partners named are changed (row 10, R31, R68).

    It settles what all of them asked: each field changed, or answered. Partners that have spoken keep
    their word, unless a field changed that is material to them. None where this form was sent before.
    Raises Invalid with every problem of the named fields, and every point neither changed nor answered.
    """
    if work.first_answer(form_key) is not None:
        return None
    held = hold_proposal(work, reference, Action.SUBMIT_PROPOSAL)
    require_in_play(work, held)
    cases = hold_cases(work, held)
    asking = [case for case in cases if case.case.state == "adjustment_requested"]
    if not asking:
        raise NotNow("no_adjustment_asked")
    before = find_standing(work, held)
    points = {case.row.id: open_points(work, case) for case in asking}
    named = dict.fromkeys(point.field for found in points.values() for point in found)
    current = work.session.get_one(ProposalVersion, held.row.current_version_id)
    _check([point for found in points.values() for point in found], answers, required=False)
    content = _adjusted(work, held, current, tuple(named))
    write_derived(work, held.row, content)
    version = write_version(work, held.row, content, work.now)
    held.row.current_version_id = version.id
    held.row.revision += 1
    details = {"version": version.number, "sha256": version.sha256}
    work.record(Event("ProposalAdjusted", "proposal", held.row.id, details, version_id=version.id))
    for case in cases:
        if case in asking:
            _hand_over(work, case, version, points[case.row.id], current, answers)
        else:
            take_up(work, case, version)
    settle(work, held, before)
    work.remember_answer(form_key, REPEATED)
    return version


def _hand_over(  # noqa: PLR0917 – one version, seen by one partner
    work: UnitOfWork,
    case: HeldCase,
    version: ProposalVersion,
    points: Sequence[EndorsementPoint],
    current: ProposalVersion,
    answers: Answers,
) -> None:
    changed = material_changes(current.content, version.content, [point.field for point in points])
    happened = Happened(
        "new_version",
        by=work.actor.person_id,
        version=version.id,
        version_hash=version.sha256,
        changed=changed,
        fields={point.field: answers.get(point.id, "") for point in points},
    )
    try:
        take_step(work, case, happened, APPLICANT)
    except Invalid as refusal:
        places = {point.field: point.id for point in points}
        raise Invalid(
            Problem(one.section, f"point-{places.get(one.field, 0)}", one.code) for one in refusal.problems
        ) from None
    settle_points(work, points, answers, changed)


def _adjusted(work: UnitOfWork, held: Held, current: ProposalVersion, named: Sequence[str]) -> dict[str, Any]:
    """The current version with the named fields as they stand in the draft; whoever takes part stays."""
    contents = find_contents(work.session, held.row.id)
    around = find_around(work.session, work.rules, held.row.id, held.row.call_id, contents)
    frozen = frozen_contents(work.session, held.row.id, contents, around.sections_off)
    content = overlay(current.content, frozen, named)
    problems = [
        problem
        for problem in find_problems(content, around)
        if {f"{problem.section}.{problem.field.partition('.')[0]}", problem.section} & set(named)
    ]
    was, now = current.content.get("partners", {}), content.get("partners", {})
    if partner_codes(was) != partner_codes(now):
        problems.append(Problem("partners", "participants", "partners_must_stay"))
    if problems:
        raise Invalid(problems)
    return content


def _check(points: Sequence[EndorsementPoint], answers: Answers, *, required: bool) -> None:
    found: list[Problem] = []
    for point in points:
        text = answers.get(point.id, "").strip()
        if required and not text:
            found.append(Problem("endorsement", f"point-{point.id}", "answer_to_point_missing"))
        if len(text) > TEXT_AT_MOST:
            found.append(Problem("endorsement", f"point-{point.id}", "too_long", {"most": TEXT_AT_MOST}))
    if found:
        raise Invalid(found)
