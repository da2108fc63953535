"""Questions about calls: those that are open, one whole, and the secretariat's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.calls import Terms, phase, read_form
from webapp.domain.people import Actor
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Proposal
from webapp.queries.access import visible_to
from webapp.queries.endorsements import sufficiency

MOST = 200


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in a list; `proposals` counts those that were submitted and that the reader may see."""

    code: str
    title: str
    summary: str
    articles: tuple[int, ...]
    opens_at: datetime
    closes_at: datetime | None
    time_zone: str
    phase: str
    proposals: int = 0


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call with all it says; `in_flight` tells whether a proposal was ever submitted under it."""

    id: int
    initiative_id: int
    code: str
    terms: Terms
    opens_at: datetime
    phase: str
    revision: int
    in_flight: bool
    is_sealed: bool = False
    # Why it was opened before it had closed (R77).
    unsealed_reason: str = ""


def list_open(session: Session, now: datetime) -> list[CallLine]:
    """The calls that are open or announced; those that close first stand first, rolling ones last."""
    not_over = or_(Call.closes_at.is_(None), Call.closes_at > now)
    rows = session.execute(
        _lines().where(not_over).order_by(Call.opens_at > now, Call.closes_at.asc().nulls_last(), Call.id)
    )
    return [_line(row, now) for row in rows]


def list_calls(session: Session, actor: Actor, now: datetime) -> list[CallLine]:
    """All calls for the secretariat, the newest first, with how many proposals came in."""
    came = (
        select(func.count())
        .where(Proposal.call_id == Call.id, Proposal.submitted_at.is_not(None), visible_to(actor))
        .correlate(Call)
        .scalar_subquery()
    )
    rows = session.execute(
        _lines().add_columns(came.label("proposals")).order_by(Call.opens_at.desc(), Call.id.desc()).limit(MOST)
    )
    return [_line(row, now, row.proposals) for row in rows]


def find_call(session: Session, code: str, now: datetime) -> CallPage | None:
    """The call of this code; None where there is none."""
    in_flight = exists().where(Proposal.call_id == Call.id, Proposal.submitted_at.is_not(None))
    row = session.execute(select(Call, _numbers(), in_flight.label("in_flight")).where(Call.code == code)).one_or_none()
    if row is None:
        return None
    call = row.Call
    return CallPage(
        id=call.id,
        initiative_id=call.initiative_id,
        code=call.code,
        terms=read_terms(call, row.articles or ()),
        opens_at=call.opens_at,
        phase=phase(call.opens_at, call.closes_at, now),
        revision=call.revision,
        in_flight=row.in_flight,
        is_sealed=bool(call.publication.get("sealed")) and not call.publication.get("unsealed_at"),
        unsealed_reason=str(call.publication.get("reason") or ""),
    )


def read_terms(call: Call, articles: Iterable[int]) -> Terms:
    """All that a call says, as it is kept."""
    form, enough, shown = read_form(call.form), sufficiency(call), call.publication
    return Terms(
        title=call.title,
        summary=call.summary,
        articles=tuple(sorted(articles)),
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        time_zone=call.time_zone,
        grace_minutes=call.grace_minutes,
        workflow=(call.workflow, call.workflow_version),
        sections_off=form.sections_off,
        questions=form.questions,
        next_call=form.next_call,
        asks=enough.asks,
        others=enough.others,
        on_objection=enough.on_objection,
        reviews_wanted=call.reviews_wanted,
        quorum=call.quorum,
        release=call.routing.get("release", "after_look"),
        lead_partner_conflicts=bool(call.routing.get("lead_partner_conflicts", False)),
        embargo_days=int(shown.get("embargo_days", 0)),
        contacts=bool(shown.get("contacts", False)),
        budget=bool(shown.get("budget", False)),
        partners_read_reviews=bool(shown.get("partners_read_reviews", False)),
        sealed=bool(shown.get("sealed", False)),
    )


def _numbers() -> Any:
    return (
        select(func.array_agg(ArticleRow.number))
        .join(CallArticle, CallArticle.article_id == ArticleRow.id)
        .where(CallArticle.call_id == Call.id)
        .correlate(Call)
        .scalar_subquery()
        .label("articles")
    )


def _lines() -> Select[Any]:
    return select(Call.code, Call.title, Call.summary, Call.opens_at, Call.closes_at, Call.time_zone, _numbers())


def _line(row: Any, now: datetime, proposals: int = 0) -> CallLine:
    return CallLine(
        code=row.code,
        title=row.title,
        summary=row.summary,
        articles=tuple(sorted(row.articles or ())),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        time_zone=row.time_zone,
        phase=phase(row.opens_at, row.closes_at, now),
        proposals=proposals,
    )
