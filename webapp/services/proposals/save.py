"""Saves one section of a draft, complete or not; nothing that somebody else saved is overwritten (R5, R6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.domain.errors import NotFound, NotNow
from webapp.domain.mapping import read_mapping, rearrange_answers
from webapp.domain.policy import Action
from webapp.domain.proposals import SECTIONS
from webapp.models.people import Person
from webapp.models.proposals import ProposalSection
from webapp.queries.proposals.around import find_contents
from webapp.services.access import hold_proposal
from webapp.services.proposals.asked_fields import require_asked
from webapp.services.proposals.derived import write_derived
from webapp.services.work import UnitOfWork

SIZE_AT_MOST = 400_000


@dataclass(frozen=True, slots=True)
class SavedSection:
    """What came of a save: the version there is now; with `conflict`, the text that somebody else saved."""

    version: int
    saved_at: datetime
    conflict: Mapping[str, Any] | None = None
    saved_by: str = ""


def save_section(
    work: UnitOfWork, reference: str, section: str, content: Mapping[str, Any], *, base_version: int
) -> SavedSection:
    """Save a section as it was typed, if nobody saved it since `base_version` (0: it was never saved).

    Otherwise nothing is written and the other text comes back (R6). Raises NotAllowed where the person
    may not edit, or the proposal cannot be changed now.
    """
    if section not in SECTIONS:
        raise NotFound
    held = hold_proposal(work, reference, Action.EDIT_PROPOSAL)
    if len(repr(content)) > SIZE_AT_MOST:
        raise NotNow("section_too_large")
    row = work.session.scalars(
        select(ProposalSection)
        .where(ProposalSection.proposal_id == held.row.id, ProposalSection.section == section)
        .with_for_update()
    ).one_or_none()
    if row is not None and row.version != base_version:
        other = work.session.get(Person, row.saved_by_id) if row.saved_by_id else None
        return SavedSection(row.version, row.saved_at, row.content, other.name if other else "")
    settled = _arranged(section, content, row.content if row else {})
    require_asked(held.head.facts.asked_fields, section, row.content if row else {}, settled)
    if row is None:
        row = ProposalSection(proposal_id=held.row.id, section=section, version=1)
        work.session.add(row)
    elif row.content != settled:
        row.version += 1
    row.content, row.saved_by_id, row.saved_at = settled, work.actor.person_id, work.now
    work.session.flush()
    if held.row.submitted_at is None:
        write_derived(work, held.row, find_contents(work.session, held.row.id))
    return SavedSection(row.version, row.saved_at)


def _arranged(section: str, content: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """In the articles section, answers of articles that are no longer mapped are kept aside (R16)."""
    if section != "articles":
        return dict(content)
    answers = {**_answers(before, "answers"), **_answers(content, "answers")}
    arranged = rearrange_answers(read_mapping(content), answers, _answers(before, "aside"))
    return {**content, "answers": arranged.answers, "aside": arranged.aside}


def _answers(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    return dict(value) if isinstance(value, Mapping) else {}
