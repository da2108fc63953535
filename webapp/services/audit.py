"""Verifies the audit trail: every chain against its events, and no event outside a chain; and its daily root (R62)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.domain.audit import START, Break, Link, Root, breaks, day_over, days_without_root, make_root
from webapp.domain.events import Event
from webapp.models.audit import AuditRoot
from webapp.models.initiative import InitiativeRow
from webapp.queries import audit as ask
from webapp.services.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many chains and events were looked at, and every break that was found."""

    chains: int
    events: int
    breaks: tuple[Break, ...]


def verify(session: Session) -> AuditReport:
    """Look at every chain of the database; both sides are read once, in the same order."""
    chains = {(chain.subject_kind, chain.subject_id): chain for chain in ask.iterate_chains(session)}
    total, counted = len(chains), 0
    found: list[Break] = []
    for key, links in groupby(ask.iterate_links(session), key=_subject):
        chain = chains.pop(key, None)
        held = list(links)
        counted += len(held)
        head, length = (chain.head, chain.length) if chain else (START, 0)
        found += breaks(held, head, length)
    # A chain that counts events of which none is left.
    found += [Break(chain.subject_kind, chain.subject_id, 1, "removed") for chain in chains.values() if chain.length]
    return AuditReport(chains=total, events=counted, breaks=tuple(found))


def _subject(link: Link) -> tuple[str, int]:
    return link.subject_kind, link.subject_id


def make_roots(work: UnitOfWork) -> list[Root]:
    """Make the roots of the days that are over and have none; any number of processes may do this at once.

    Returns those that were made now. Each is told to the auditors, so that it is kept elsewhere too.
    """
    last = work.session.scalars(select(func.max(AuditRoot.day))).one()
    made = []
    for day in days_without_root(last, work.now):
        root = compute_root(work.session, day, ask.find_cut(work.session, day_over(day)))
        if root.chains and _keep(work, root):
            made.append(root)
    return made


def compute_root(session: Session, day: date, cut: int) -> Root:
    """The root of a day as the events up to the cut make it now."""
    return make_root(day, cut, ask.iterate_heads(session, cut))


def _keep(work: UnitOfWork, root: Root) -> bool:
    values = {**asdict(root), "made_at": work.now}
    kept = insert(AuditRoot).values(**values).on_conflict_do_nothing().returning(AuditRoot.day)
    if work.session.execute(kept).scalar() is None:
        return False
    initiative = work.session.scalars(select(InitiativeRow.id).order_by(InitiativeRow.id).limit(1)).one_or_none()
    payload = {"day": root.day.isoformat(), "root": root.root}
    work.record(Event("AuditRootMade", "initiative", initiative or 0, payload))
    return True
