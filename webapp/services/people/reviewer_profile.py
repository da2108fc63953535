"""What a reviewer brings: languages read, expertise by article, load, days away (R37)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from webapp.domain.errors import Invalid
from webapp.domain.events import Event
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.routing import Expertise, ReviewerProfile
from webapp.services.access import allow
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ProfileText:
    """A reviewer's own account of themselves; expertise 0–3 by article number."""

    languages: Sequence[str]
    expertise: Mapping[int, int]
    partner_code: str = ""
    load_min: int = 1
    load_max: int = 8
    away_from: date | None = None
    away_to: date | None = None


def write_profile(work: UnitOfWork, profile: ProfileText) -> None:
    """Write one's own profile."""
    allow(work, Action.SEE_REVIEW_QUEUE)
    problems = _problems(profile)
    if problems:
        raise Invalid(problems)
    person_id = work.actor.person_id
    row = work.session.get(ReviewerProfile, person_id) or ReviewerProfile(person_id=person_id)
    row.partner_id = work.session.scalars(select(Partner.id).where(Partner.code == profile.partner_code)).one_or_none()
    row.languages = sorted(set(profile.languages))
    row.load_min, row.load_max = profile.load_min, profile.load_max
    row.away_from, row.away_to = profile.away_from, profile.away_to
    work.session.add(row)
    work.session.flush()
    work.session.execute(delete(Expertise).where(Expertise.person_id == person_id))
    articles = {article.number: article.id for article in work.session.scalars(select(ArticleRow))}
    work.session.add_all(
        Expertise(person_id=person_id, article_id=articles[number], level=level)
        for number, level in profile.expertise.items()
        if level and number in articles
    )
    work.record(Event("ReviewerProfileChanged", "person", person_id or 0))


def _problems(profile: ProfileText) -> list[Problem]:
    found: list[Problem] = []
    if not profile.languages:
        found.append(Problem("profile", "languages", "languages_missing"))
    if not any(profile.expertise.values()):
        found.append(Problem("profile", "expertise", "expertise_missing"))
    if any(level not in (0, 1, 2, 3) for level in profile.expertise.values()):
        found.append(Problem("profile", "expertise", "level_unknown"))
    if not 0 <= profile.load_min <= profile.load_max <= 50:
        found.append(Problem("profile", "load_max", "load_out_of_order"))
    if profile.away_from and profile.away_to and profile.away_to < profile.away_from:
        found.append(Problem("profile", "away_to", "days_out_of_order"))
    return found
