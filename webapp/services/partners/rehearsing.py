"""What a changed path would do to the partner's cases that are open; nothing is changed by asking (R32)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.domain.endorsements import AT_REST, Around, PartnerRule, Rehearsed, read_case, read_rule, rehearse
from webapp.models.endorsements import Endorsement
from webapp.models.partners import PartnerPath
from webapp.models.proposals import Proposal
from webapp.queries.endorsements.around import find_stops, is_in_play
from webapp.services.calendars import partner_calendar
from webapp.services.partners.days import hold_partner
from webapp.services.partners.paths import check_path
from webapp.services.work import UnitOfWork

CASES_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class RehearsedCase:
    """One open case of the partner, under its own path and under the changed one."""

    reference: str
    title: str
    state: str
    path_version: int
    comes_to: Rehearsed


def rehearse_path(work: UnitOfWork, code: str, rule: PartnerRule) -> tuple[RehearsedCase, ...]:
    """The open cases of the partner, by due time, as the changed path would have them.

    Raises Invalid where the path could not be used, NotFound and NotAllowed as changing it does.
    """
    partner = hold_partner(work, code)
    check_path(rule)
    rows = _open_cases(work, partner.id)
    stops = find_stops(work.session, [proposal.id for _row, _path, proposal in rows])
    found: list[RehearsedCase] = []
    for row, path, proposal in rows:
        if not is_in_play(work.rules, (proposal.workflow, proposal.workflow_version), proposal.stage):
            continue
        own = read_rule(path.version, path.rule)
        calendars = (
            partner_calendar(work, partner, own.weekend),
            partner_calendar(work, partner, rule.weekend),
        )
        case = read_case(row.content, Around(standstills=stops.get(proposal.id, ())))
        comes_to = rehearse(case, work.now, (own, replace(rule, version=path.version)), calendars)
        found.append(RehearsedCase(proposal.reference, proposal.title, row.state, path.version, comes_to))
    return tuple(found)


def _open_cases(work: UnitOfWork, partner_id: int) -> list[tuple[Endorsement, PartnerPath, Proposal]]:
    rows = work.session.execute(
        select(Endorsement, PartnerPath, Proposal)
        .join(PartnerPath, PartnerPath.id == Endorsement.path_id)
        .join(Proposal, Proposal.id == Endorsement.proposal_id)
        .where(Endorsement.partner_id == partner_id, Endorsement.state.not_in(AT_REST))
        .order_by(Endorsement.due_at.asc().nulls_last(), Endorsement.id)
        .limit(CASES_AT_MOST)
    )
    return [(row, path, proposal) for row, path, proposal in rows]
