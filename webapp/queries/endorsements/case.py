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
from webapp.domain.endorsements import Case, PartnerRule, read_case, read_rule, steps_for
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
from webapp.queries.endorsements.around import find_around, is_in_play
from webapp.queries.endorsements.history import Happening, Word, find_contents, list_happenings, list_words
from webapp.queries.endorsements.letters import Facts, find_facts


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
    acknowledge_days: int
    answer_days: int
    signatures: tuple[tuple[str, str], ...]
    signatures_needed: int
    signatory: str
    is_signatory: bool
    acknowledged_at: datetime | None
    words: tuple[Word, ...]
    history: tuple[Happening, ...]
    changed: tuple[str, ...]
    contents: tuple[Mapping[str, Any], Mapping[str, Any]] | None
    outcome_before: str

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
    calendar = Calendar(zone=found.Partner.time_zone)
    case = read_case(row.content, find_around(session, head.id, row.partner_id, local_day(calendar, now)))
    in_play = is_in_play(rules, head.workflow, head.stage)
    asked_again = row.state == "revalidation_needed"
    names = _names(session, case)
    return CasePage(
        head=head,
        partner_code=code,
        partner_codes=tuple(found.codes or ()),
        articles=tuple(found.articles or ()),
        facts=find_facts(session, row.version_id),
        state=row.state,
        version_id=row.version_id,
        due_at=row.due_at,
        steps=_steps(case, actor, row.partner_id, rule, now) if in_play else (),
        takes_part=actor.person_id in case.around.members,
        in_play=in_play,
        acknowledge_days=rule.acknowledge_days,
        answer_days=rule.answer_days,
        signatures=tuple((names.get(one.by, ""), one.outcome) for one in case.signatures),
        signatures_needed=rule.signatures_needed,
        signatory=names.get(case.signatory or 0, ""),
        is_signatory=case.signatory == actor.person_id,
        acknowledged_at=case.acknowledged_at,
        words=list_words(session, row.id),
        history=list_happenings(session, head.id, row.id),
        changed=case.fields if asked_again else (),
        contents=find_contents(session, head.id, case.outcome_version, case.version) if asked_again else None,
        outcome_before=case.outcome if asked_again else "",
    )


def _steps(case: Case, actor: Actor, partner_id: int, rule: PartnerRule, now: datetime) -> tuple[str, ...]:
    """What the actor can do in this case; which days are holidays says nothing of that."""
    role = "focal_point" if actor.has(Role.FOCAL_POINT, partner_id=partner_id) else "deputy"
    return steps_for(case, role, actor.person_id, now, rule, Calendar())


def _names(session: Session, case: Case) -> dict[int, str]:
    """The names of the signatory and of those who signed already."""
    ids = {case.signatory, *(one.by for one in case.signatures)} - {None}
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
