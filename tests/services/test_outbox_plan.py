"""The claim reads no more rows than it takes, also when many are open that the database has not counted yet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url, text

from webapp.domain.people import SYSTEM
from webapp.services.outbox.claim import claim
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R54")
ROWS = (
    "INSERT INTO outbox (kind, order_key, dedupe_key, message_id, payload, state, due_at, created_at, sent_at)"
    " SELECT 'event', 'person:' || g, {key} || g, {key} || g, '{{}}', '{state}', '2026-11-01', '2026-11-01', {sent}"
    " FROM generate_series(1, 6000) AS g"
)


def test_a_burst_after_a_quiet_time_is_not_read_whole_at_each_claim(committed: Wiring) -> None:
    owner = create_engine(make_url(committed.settings.migration_url), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(ROWS.format(key="'old:'", state="sent", sent="now()")))
        connection.execute(text("VACUUM ANALYZE outbox"))
        connection.execute(text(ROWS.format(key="'new:'", state="pending", sent="NULL")))
    owner.dispose()
    asked: list[tuple[str, Any]] = []
    with committed.open_work(SYSTEM) as work:
        for setting in ("random_page_cost = 1.1", "max_parallel_workers_per_gather = 0"):
            work.session.execute(text(f"SET {setting}"))
        connection = work.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *sent: asked.append((sent[2], sent[3])))
        assert len(claim(work, "event", 50)) == 50
        work.session.rollback()
        sql, given = next(one for one in asked if "FOR UPDATE SKIP LOCKED" in one[0])
        explained = work.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", given)
        plan = [line for (line,) in explained]
        work.session.rollback()
    assert any("rows=50" in line for line in plan)
    looked_at = [line.split("actual rows=")[1] for line in plan if "on outbox earlier" in line]
    # For each row that is taken, its own key is looked up; not all 6,000 that are open.
    assert looked_at and all(float(found.split(" ")[0]) <= 1 for found in looked_at), "\n".join(plan)
