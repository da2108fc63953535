"""The applicant's word on another mapping: accepted, or answered (R20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from webapp.domain.completeness.whole import partner_codes
from webapp.domain.errors import Invalid, NotNow
from webapp.domain.events import Event
from webapp.domain.mapping import Answers, ask, read_mapping
from webapp.domain.mapping import Mapping as MappedArticles
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.suggestions import (
    SECTION,
    added_articles,
    apply_mapping,
    asked_problems,
    justification_problems,
    text_problems,
)
from webapp.domain.texts import is_blank
from webapp.models.endorsements import Endorsement
from webapp.models.proposals import ProposalSection
from webapp.models.reviews import Suggestion
from webapp.models.routing import Assignment
from webapp.queries.proposals.around import find_around, find_contents, frozen_contents
from webapp.queries.reviews.suggestions import is_remappable, offered, version_mapping
from webapp.services.access import Held, hold_proposal
from webapp.services.proposals.derived import write_derived
from webapp.services.proposals.submit import write_version
from webapp.services.work import UnitOfWork

Indicators = Mapping[str, Mapping[str, Any]]
"""Baseline, target and how it is measured, by the indicator's key in the results."""


def accept_mapping(
    work: UnitOfWork,
    reference: str,
    *,
    justifications: Mapping[int, str],
    answers: Answers | None = None,
    indicators: Indicators | None = None,
    form_key: str = "",
) -> None:
    """Take over the mapping that is offered, with what each article that it adds asks for (R15, R16).

    That is a justification, `answers` to its questions, and `indicators` by their keys in the results.
    Before partners and reviewers have the version, the proposal gets a new one at once; later the mapping is
    agreed and becomes the proposal's with the decision, so that nobody's work is lost. The same form twice is
    once. Raises Invalid with every problem, NotNow where none is offered any more.
    """
    held = hold_proposal(work, reference, Action.SUBMIT_PROPOSAL)
    if work.first_answer(form_key) is not None:
        return
    suggestion = _offered(work, held)
    mapped = read_mapping(suggestion.mapping or {})
    added = added_articles(mapped, version_mapping(work.session, suggestion.version_id))
    _check_added(work, held, added, justifications, answers or {}, indicators or {})
    texts = {number: justifications[number] for number in added}
    keys = {str(number) for number in added}
    new = {key: given for key, given in (answers or {}).items() if key in keys}
    section = work.session.get_one(ProposalSection, (held.row.id, "articles"))
    _write(work, section, apply_mapping(section.content, mapped, texts, new))
    _write_indicators(
        work, held, {key: one for key, one in (indicators or {}).items() if key.partition(".")[0] in keys}
    )
    _settle(work, suggestion, "accepted")
    details: dict[str, object] = {"suggestion_id": suggestion.id, "mapping": suggestion.mapping}
    if not _is_with_others(work, held):
        details["version"] = _new_version(work, held)
        suggestion.applied_at = work.now
    held.row.revision += 1
    work.session.flush()
    work.record(Event("MappingAccepted", "proposal", held.row.id, details, version_id=held.row.current_version_id))
    work.remember_answer(form_key, "accepted")


def answer_mapping(work: UnitOfWork, reference: str, *, answer: str, form_key: str = "") -> None:
    """Keep the mapping as it is, and say why; the secretariat reads it. The same form twice is once."""
    held = hold_proposal(work, reference, Action.SUBMIT_PROPOSAL)
    if work.first_answer(form_key) is not None:
        return
    suggestion = _offered(work, held)
    if is_blank(answer):
        raise Invalid([Problem(SECTION, "answer", "suggestion_answer_missing")])
    if long := text_problems("answer", answer):
        raise Invalid(long)
    suggestion.answer = answer.strip()
    _settle(work, suggestion, "answered")
    details = {"suggestion_id": suggestion.id, "answer": answer.strip()}
    work.record(Event("MappingAnswered", "proposal", held.row.id, details, version_id=held.row.current_version_id))
    work.remember_answer(form_key, "answered")


def _check_added(  # noqa: PLR0917 – what the form of an acceptance holds
    work: UnitOfWork,
    held: Held,
    added: tuple[int, ...],
    justifications: Mapping[int, str],
    answers: Answers,
    indicators: Indicators,
) -> None:
    if not added:
        return
    contents = find_contents(work.session, held.row.id)
    around = find_around(work.session, work.rules, held.row.id, held.row.call_id, contents)
    partners = partner_codes(contents.get("partners", {})) or around.partner_codes
    asked = ask(MappedArticles(added[0], added[1:]), work.rules.initiative)
    with_results = "results" not in around.sections_off
    found = justification_problems(added, justifications)
    found += asked_problems(asked, answers, indicators, partners, with_results=with_results)
    if found:
        raise Invalid(found)


def _write_indicators(work: UnitOfWork, held: Held, indicators: Indicators) -> None:
    if not indicators:
        return
    section = work.session.get(ProposalSection, (held.row.id, "results"))
    if section is None:
        section = ProposalSection(proposal_id=held.row.id, section="results", content={}, version=0, saved_at=work.now)
        work.session.add(section)
    _write(
        work, section, {**section.content, "indicators": {**(section.content.get("indicators") or {}), **indicators}}
    )


def _write(work: UnitOfWork, section: ProposalSection, content: dict[str, Any]) -> None:
    section.content = content
    section.version, section.saved_by_id, section.saved_at = section.version + 1, work.actor.person_id, work.now


def _offered(work: UnitOfWork, held: Held) -> Suggestion:
    found = offered(work.session, held.row.id)
    if found is None:
        raise NotNow("mapping_not_offered")
    if not is_remappable(work.session, work.rules, held.head) or found.version_id != held.row.current_version_id:
        raise NotNow("mapping_fixed")
    return found


def _settle(work: UnitOfWork, suggestion: Suggestion, state: str) -> None:
    suggestion.state = state
    suggestion.settled_by_id, suggestion.settled_at = work.actor.person_id, work.now
    work.session.flush()


def _is_with_others(work: UnitOfWork, held: Held) -> bool:
    """Whether partners were asked about this version, or reviewers are at work on it."""
    version = held.row.current_version_id
    asked = exists().where(Endorsement.proposal_id == held.row.id, Endorsement.version_id == version)
    reviewed = exists().where(Assignment.proposal_id == held.row.id, Assignment.version_id == version)
    return bool(work.session.scalar(select(asked | reviewed)))


def _new_version(work: UnitOfWork, held: Held) -> int:
    work.session.flush()
    contents = find_contents(work.session, held.row.id)
    around = find_around(work.session, work.rules, held.row.id, held.row.call_id, contents)
    write_derived(work, held.row, contents)
    frozen = frozen_contents(work.session, held.row.id, contents, around.sections_off)
    version = write_version(work, held.row, frozen, work.now)
    held.row.current_version_id = version.id
    return version.number
