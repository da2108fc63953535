"""Makes many proposals out of the demonstration's: each copied with all its rows, and its people, by set-based SQL.

A copy's ids are those of the first one plus a multiple of `STRIDE`, so no table of old and new ids is needed. The
largest stay below 2**31, which some questions about ids in JSON need.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, Table, text

from webapp.domain.references import make_reference
from webapp.domain.stages import STAGES
from webapp.models import Base

STRIDE = 100_000
YEAR = 2025
# How often each stage's proposals are copied in a round: most of a grown installation is settled.
SHARE = dict.fromkeys(STAGES, 1) | {"draft": 3, "screening": 2, "endorsement": 3, "review": 3, "published": 8}
SHARE |= {"declined": 2}
ROUNDS_PER_PANEL = 3
"""Reviewers are fewer than proposals: one set of them for so many rounds."""

# Tables copied with a proposal, each after those it refers to, and how its rows are found.
BY_PROPOSAL = "t.proposal_id = c.old_id"
FOUND_BY = {
    "proposals": "t.id = c.old_id",
    "proposal_versions": BY_PROPOSAL,
    "proposal_sections": BY_PROPOSAL,
    "proposal_articles": BY_PROPOSAL,
    "proposal_partners": BY_PROPOSAL,
    "proposal_organisations": BY_PROPOSAL,
    "collaborators": BY_PROPOSAL,
    "documents": BY_PROPOSAL,
    "conflicts": BY_PROPOSAL,
    "endorsements": BY_PROPOSAL,
    "endorsement_words": "t.endorsement_id IN (SELECT id FROM endorsements e WHERE e.proposal_id = c.old_id)",
    "routing_plans": BY_PROPOSAL,
    "assignments": BY_PROPOSAL,
    "reviews": "t.assignment_id IN (SELECT id FROM assignments a WHERE a.proposal_id = c.old_id)",
    "review_texts": "t.review_id IN (SELECT r.id FROM reviews r JOIN assignments a ON a.id = r.assignment_id"
    " WHERE a.proposal_id = c.old_id)",
    "panel_messages": BY_PROPOSAL,
    "decisions": BY_PROPOSAL,
    "conditions": "t.decision_id IN (SELECT id FROM decisions d WHERE d.proposal_id = c.old_id)",
    "timers": BY_PROPOSAL,
    "events": "t.subject_kind = 'proposal' AND t.subject_id = c.old_id",
    "audit_chains": "t.subject_kind = 'proposal' AND t.subject_id = c.old_id",
    "notifications": BY_PROPOSAL,
    # What was sent long ago has left the outbox.
    "outbox": "split_part(t.order_key, '/', 1) = 'proposal:' || c.old_id AND c.place % 10 = 0",
}
PEOPLE_TABLES = ("people", "seats", "reviewer_profiles", "expertise")
PLACE = f"c.place * {STRIDE}"
# What must differ from copy to copy, or move with its time.
CHANGED = {
    "proposals.reference": "c.reference",
    "proposals.title": "t.title || ', ' || c.town",
    "proposals.current_version_id": "NULL",
    "proposals.due_at": "t.due_at + c.hours * interval '1 hour'",
    "proposals.stage_since": "t.stage_since + least(c.hours, 0) * interval '1 hour'",
    "proposals.published_at": "t.published_at - c.place % 900 * interval '1 day'",
    "documents.public_id": "t.public_id || c.place",
    "assignments.public_id": "t.public_id || c.place",
    "endorsement_words.code": "t.code || c.place",
    "decisions.code": "t.code || c.place",
    "endorsements.content": "CASE WHEN t.content->>'version' = t.version_id::text THEN jsonb_set(t.content,"
    f" '{{version}}', to_jsonb(t.version_id + {PLACE})) ELSE t.content END",
    "events.hash": "encode(sha256((t.hash || c.place)::bytea), 'hex')",
    "events.previous_hash": "encode(sha256((t.previous_hash || c.place)::bytea), 'hex')",
    "events.payload": "CASE WHEN t.payload ? 'endorsement_id' THEN t.payload || jsonb_build_object('endorsement_id',"
    f" (t.payload->>'endorsement_id')::bigint + {PLACE}) ELSE t.payload END",
    "audit_chains.head": "encode(sha256((t.head || c.place)::bytea), 'hex')",
    "events.subject_id": f"t.subject_id + {PLACE}",
    "audit_chains.subject_id": f"t.subject_id + {PLACE}",
    "timers.subject_id": f"t.subject_id + {PLACE}",
    "outbox.order_key": "t.order_key || ':' || c.place",
    "outbox.dedupe_key": "t.dedupe_key || ':' || c.place",
    "outbox.message_id": "t.message_id || c.place",
    "people.email": "t.email || p.place",
    "people.name": "t.name || ' ' || p.place",
}
SYLLABLES = tuple("ba bo da fa ga ha ka la lu ma mo na ni pa ra sa shi ta tu wa ya zi".split())  # noqa: SIM905


def multiply(owner: Engine, wanted: int, seed: int) -> int:
    """Copy the proposals that are there, round by round, until there are `wanted`; how many there are then."""
    with owner.begin() as connection:
        first = connection.execute(text("SELECT id, stage FROM proposals ORDER BY id")).all()
        in_a_round = [row.id for row in first for _ in range(SHARE[row.stage])]
        copies = wanted - len(first)
        _plan_copies(connection, in_a_round, copies, random.Random(seed))
        _plan_people(connection, -(-copies // len(in_a_round)))
        for name in PEOPLE_TABLES:
            _copy(
                connection, name, "JOIN copied_people p ON p.old_id = t." + ("id" if name == "people" else "person_id")
            )
        for name, condition in FOUND_BY.items():
            _copy(connection, name, f"JOIN copies c ON {condition}")
        connection.execute(
            text(
                f"UPDATE proposals SET current_version_id = t.current_version_id + {PLACE} FROM proposals t, copies c "
                f"WHERE t.id = c.old_id AND proposals.id = t.id + {PLACE}"
            )
        )
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
        return connection.execute(text("SELECT count(*) FROM proposals")).scalar_one()


def _plan_copies(connection: Connection, in_a_round: Sequence[int], copies: int, chance: random.Random) -> None:
    """Which proposal each copy is of, and what is its own: reference, town, hours by which it is due later."""
    connection.execute(
        text(
            "CREATE TEMP TABLE copies (place bigint PRIMARY KEY, old_id bigint, round bigint, reference text, "
            "town text, hours int)"
        )
    )
    with connection.connection.cursor() as cursor, cursor.copy("COPY copies FROM STDIN") as copy:  # type: ignore[attr-defined]
        for place in range(1, copies + 1):
            round_number, position = divmod(place - 1, len(in_a_round))
            town = "".join(chance.choices(SYLLABLES, k=4)).title()
            reference = make_reference(YEAR, place)
            copy.write_row((place, in_a_round[position], round_number, reference, town, chance.randint(-480, 480)))
    connection.execute(text("CREATE INDEX ON copies (old_id)"))
    connection.execute(text("ANALYZE copies"))


def _plan_people(connection: Connection, rounds: int) -> None:
    """Applicants are copied each round, reviewers for each panel; secretariat and focal points stay who they are."""
    connection.execute(
        text(
            "CREATE TEMP TABLE copied_people AS "
            "SELECT people.id AS old_id, place, CASE WHEN role IS NULL THEN 1 ELSE :per_panel END AS rounds "
            "FROM people LEFT JOIN LATERAL (SELECT role FROM seats WHERE person_id = people.id LIMIT 1) s ON true, "
            "generate_series(1, :rounds) AS place "
            "WHERE (role IS NULL OR role = 'reviewer') "
            "AND place <= CASE WHEN role IS NULL THEN :rounds ELSE (:rounds - 1) / :per_panel + 1 END"
        ),
        {"rounds": rounds, "per_panel": ROUNDS_PER_PANEL},
    )
    connection.execute(text("CREATE TEMP TABLE copied_once AS SELECT DISTINCT old_id, rounds FROM copied_people"))
    connection.execute(text("CREATE UNIQUE INDEX ON copied_once (old_id)"))
    connection.execute(text("ANALYZE copied_people"))


def _copy(connection: Connection, name: str, joined: str) -> None:
    table = Base.metadata.tables[name]
    columns = [column for column in table.columns if column.computed is None]
    names = ", ".join(column.name for column in columns)
    values = ", ".join(_value(table, column.name) for column in columns)
    connection.execute(text(f"INSERT INTO {name} ({names}) SELECT {values} FROM {name} t {joined}"))


def _value(table: Table, column_name: str) -> str:
    """The copy's value: another id where the row it names is copied too."""
    column = table.columns[column_name]
    changed = CHANGED.get(f"{table.name}.{column.name}")
    if changed is not None:
        return changed
    of_people = table.name in PEOPLE_TABLES
    targets = {key.column.table.name for key in column.foreign_keys}
    if column.name == "id" or (of_people and targets & set(PEOPLE_TABLES)):
        return f"t.{column.name} + " + (f"p.place * {STRIDE}" if of_people else PLACE)
    if "people" in targets and not of_people:
        return (
            f"t.{column.name} + coalesce((SELECT (c.round / o.rounds + 1) * {STRIDE} FROM copied_once o "
            f"WHERE o.old_id = t.{column.name}), 0)"
        )
    return f"t.{column.name} + {PLACE}" if targets & set(FOUND_BY) else f"t.{column.name}"
