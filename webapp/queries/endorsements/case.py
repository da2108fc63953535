"""One partner's case as its focal points see it: the facts, what they can do now, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.endorsements import ANSWERING, Case, PartnerRule, read_case, read_rule, stands, steps_for
from webapp.domain.errors import NotFound
from webapp.domain.people import Actor, Role
from webapp.domain.policy import Action
from webapp.domain.rulebook import Rulebook
from webapp.models.endorsements import Endorsement
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner, PartnerPath
from webapp.models.people import Person
from webapp.models.proposals import ProposalArticle, ProposalPartner
from webapp.queries.access import ProposalHead, find_proposal
from webapp.queries.endorsements.around import find_around, is_alive, is_in_play
from webapp.queries.endorsements.history import Happening, Word, find_contents, list_happenings, list_words
from webapp.queries.endorsements.letters import Facts, find_facts
from webapp.queries.endorsements.points import Advice, Point, list_advice, list_points


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the page of one case shows."""

    head: ProposalHead
    partner_code: str
    partner_codes: tuple[str, ...]
    articles: tuple[int, ...]
    facts: Facts
    state: str
    version_id: int
    due_at: datetime | None
    steps: tuple[str, ...]
    takes_part: bool
    in_play: bool
    signatures: tuple[tuple[str, str], ...]
    words: tuple[Word, ...]
    history: tuple[Happening, ...]
    changed: tuple[str, ...]
    contents: tuple[Mapping[str, Any], Mapping[str, Any]] | None
    points: tuple[Point, ...]
    advice: tuple[Advice, ...]
    path: PartnerRule
    case: Case

    @property
    def outcome_before(self) -> str:
        """The word that is asked for once more: for a new version, or since it ran out."""
        return self.case.outcome if self.state in ("revalidation_needed", "expired") else ""

    @property
    def stands(self) -> bool:
        """Whether the partner's time stands still for a question of the secretariat or the panel (R85)."""
        return self.in_play and stands(self.case)

    @property
    def valid_until(self) -> datetime | None:
        """When the word that holds now runs out; None where it does not."""
        return self.case.valid_until if self.case.state == self.case.outcome else None

    @property
    def word(self) -> Word | None:
        """The word that holds now, if the partner has given one for the version its case is about."""
        return self.words[-1] if self.words and self.state == self.words[-1].outcome else None


def find_case(session: Session, rules: Rulebook, actor: Actor, reference: str, code: str, *, now: datetime) -> CasePage:
    """The page of a partner's case for somebody who speaks for the partner.

    Raises NotFound for anybody else, for a proposal they may not see, and before the partner is asked (R2).
    """
    head = find_proposal(session, rules, actor, reference, Action.READ_PROPOSAL)
    found = session.execute(_case(head.id, code)).one_or_none()
    if found is None or found.Endorsement.partner_id not in actor.partner_ids():
        raise NotFound
    row: Endorsement = found.Endorsement
    rule = read_rule(found.PartnerPath.version, found.PartnerPath.rule)
    today = local_day(Calendar(zone=found.Partner.time_zone), now)
    case = read_case(row.content, find_around(session, head.id, row.partner_id, today))
    in_play = is_in_play(rules, head.workflow, head.stage)
    asked_again = row.state == "revalidation_needed"
    shown = _shown(head, row, case)
    points = list_points(session, row.id)
    before = case.outcome_version if asked_again else _seen_before(row.state, points)
    names = _names(session, case)
    return CasePage(
        head=head,
        partner_code=code,
        partner_codes=tuple(found.codes or ()),
        articles=tuple(found.articles or ()),
        facts=find_facts(session, shown),
        state=row.state,
        version_id=shown,
        due_at=row.due_at,
        steps=_steps(case, actor, row, rule, now, in_play=in_play)
        if is_alive(rules, head.workflow, head.stage)
        else (),
        takes_part=actor.person_id in case.around.members,
        in_play=in_play,
        signatures=tuple((names.get(one.by, ""), one.outcome) for one in case.signatures),
        words=list_words(session, row.id),
        history=list_happenings(session, head.id, row.id),
        changed=case.fields if asked_again else (),
        contents=find_contents(session, head.id, before, case.version) if before else None,
        points=points,
        advice=list_advice(session, row.id),
        path=rule,
        case=case,
    )


def _shown(head: ProposalHead, row: Endorsement, case: Case) -> int:
    """The version on the page: who can join later joins it as it stands, not as it was asked about (row 23)."""
    joins = row.state in ("stands_aside", "lapsed", "not_needed") and case.around.accession_open
    return head.version_id if joins and head.version_id else row.version_id


def _seen_before(state: str, points: tuple[Point, ...]) -> int | None:
    """The version that the partner wanted changed, while it looks at the one that came of it (row 10)."""
    adjusted = [point.version_id for point in points if point.kind == "adjustment" and point.state != "late"]
    return adjusted[-1] if adjusted and state in ANSWERING else None


LATER = ("withdraw", "confirm", "accede")
"""What can be done when the partners' part is over."""


def _steps(
    case: Case, actor: Actor, row: Endorsement, rule: PartnerRule, now: datetime, *, in_play: bool
) -> tuple[str, ...]:
    """What the actor can do in this case; of all steps only more time asks for the days of the partner."""
    role = "focal_point" if actor.has(Role.FOCAL_POINT, partner_id=row.partner_id) else "deputy"
    found = [step for step in steps_for(case, role, actor.person_id, now, rule, Calendar()) if step != "extend"]
    running = row.state in ANSWERING and (stands(case) if row.due_at is None else now < row.due_at)
    if running and not case.extended and "ask" in found:
        found.append("extend")
    return tuple(step for step in found if in_play or step in LATER)


def _names(session: Session, case: Case) -> dict[int, str]:
    """The names of those who signed already."""
    ids = {one.by for one in case.signatures}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _case(proposal_id: int, code: str) -> Select[Any]:
    taking_part = aliased(Partner)
    codes = (
        select(func.array_agg(aggregate_order_by(taking_part.code, ProposalPartner.is_lead.desc(), taking_part.code)))
        .select_from(ProposalPartner)
        .join(taking_part, taking_part.id == ProposalPartner.partner_id)
        .where(ProposalPartner.proposal_id == proposal_id)
        .scalar_subquery()
    )
    articles = (
        select(func.array_agg(aggregate_order_by(ArticleRow.number, ProposalArticle.place)))
        .select_from(ProposalArticle)
        .join(ArticleRow, ArticleRow.id == ProposalArticle.article_id)
        .where(ProposalArticle.proposal_id == proposal_id)
        .scalar_subquery()
    )
    return (
        select(Endorsement, Partner, PartnerPath, codes.label("codes"), articles.label("articles"))
        .join(Partner, Partner.id == Endorsement.partner_id)
        .join(PartnerPath, PartnerPath.id == Endorsement.path_id)
        .where(Endorsement.proposal_id == proposal_id, Partner.code == code)
    )
