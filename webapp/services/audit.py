"""Verifies the audit trail: every chain against its events, and no event outside a chain (R62)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import Session

from webapp.domain.audit import START, Break, Link, breaks
from webapp.queries import audit as ask


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
