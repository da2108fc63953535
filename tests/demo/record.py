"""Looks at the record of a loaded demonstration, and plants faults in it that must be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, func, select, text, update
from sqlalchemy.pool import NullPool

from webapp.models.audit import EventRow
from webapp.models.endorsements import Endorsement
from webapp.models.proposals import Proposal
from webapp.queries.workflow import Replayed, replay_histories
from webapp.services.audit import verify
from webapp.wiring import Wiring

CHANGE = 'UPDATE events SET payload = payload || \'{"from": "draft"}\' WHERE id = :id'
REMOVE = "WITH told AS (DELETE FROM notifications WHERE event_id = :id) DELETE FROM events WHERE id = :id"
INSERT = """
    INSERT INTO events (subject_kind, subject_id, number, name, at, payload, previous_hash, hash)
    SELECT subject_kind, subject_id, number + 1, name, at, payload, hash, repeat('0', 64)
    FROM events WHERE id = :id
"""


def look_at(wired: Wiring) -> Replayed:
    """The record is whole, and every history leads to where its proposal stands."""
    with wired.open_reading() as session:
        assert verify(session).breaks == ()
        found = replay_histories(session, wired.rules)
        assert found.proposals == session.scalar(select(func.count(Proposal.id)))
    assert found.differences == ()
    return found


def plant_other_states(wired: Wiring) -> None:
    """A stage, a time and a case that no event tells of are found, each by itself."""
    with wired.new_session() as session:
        row = session.scalars(select(Proposal).where(Proposal.stage == "review").limit(1)).one()
        case = session.scalars(select(Endorsement.id).where(Endorsement.proposal_id == row.id).limit(1)).one()
        other_stage = update(Proposal).where(Proposal.id == row.id).values(stage="deliberation")
        other_time = update(Proposal).where(Proposal.id == row.id).values(stage_since=func.now())
        other_case = update(Endorsement).where(Endorsement.id == case).values(state="withdrawn")
        for change, words in ((other_stage, row.reference), (other_time, row.reference), (other_case, f"case {case}:")):
            session.execute(change)
            found = replay_histories(session, wired.rules).differences
            assert len(found) == 1, found
            assert found[0].startswith(words)
            session.rollback()


def plant_in_record(wired: Wiring) -> None:
    """One changed, one removed, one inserted event, each on another chain, past the triggers: found and named."""
    with _as_owner(wired) as owner, wired.open_reading() as session:
        longest = select(func.max(EventRow.id)).where(EventRow.subject_kind == "proposal", EventRow.number > 3)
        last = list(session.scalars(longest.group_by(EventRow.subject_id).order_by(EventRow.subject_id).limit(3)))
        for statement, event in zip((CHANGE, REMOVE, INSERT), last, strict=True):
            owner.execute(text(statement), {"id": event})
        owner.commit()
    with wired.open_reading() as session:
        found = verify(session).breaks
        subjects = {one.subject_id for one in found}
        hows = [one.how for one in found]
    assert len(subjects) == 3
    assert {"changed", "removed after", "inserted after"} <= set(hows), hows


@contextmanager
def _as_owner(wired: Wiring) -> Iterator[Connection]:
    """Whoever owns the tables, the triggers out of the way."""
    engine = create_engine(wired.settings.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        connection.commit()
        yield connection
        connection.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
        connection.commit()
