"""The record: chains whole with their heads and counts, stages told by the events, what is frozen unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from tests.soak.judging import Look, rule
from webapp.domain.audit import START, Link, link_hash
from webapp.domain.workflow import find_move, find_stage, target
from webapp.models.audit import AuditChain
from webapp.models.reviews import ReviewText


@rule("R62")
def chains_are_whole(look: Look) -> Iterator[str]:
    """Each new event follows the head that was there; heads and counts are those of the last events."""
    heads = look.world.memory.heads
    for event in look.events:
        key = (event.subject_kind, event.subject_id)
        head, number = heads.get(key, (START, 0))
        link = Link(**{name: getattr(event, name) for name in Link.__slots__})
        if (event.previous_hash, event.number) != (head, number + 1):
            yield f"event {event.id} does not follow the head of {key}"
        if link_hash(link) != event.hash:
            yield f"event {event.id} has another hash than its content"
        heads[key] = (event.hash, event.number)
    kept = {
        (row.subject_kind, row.subject_id): (row.head, row.length) for row in look.session.scalars(select(AuditChain))
    }
    if kept != heads:
        yield f"heads differ: {sorted(set(kept.items()) ^ set(heads.items()))}"


@rule("R22", "R24")
def stages_are_told_by_events(look: Look) -> Iterator[str]:
    """From a draft on each event leads from the stage before by a move of the workflow, and the last to the stage."""
    memory = look.world.memory
    proposals = {one.id: one for one in look.seen.proposals}
    for event in look.events:
        proposal = proposals.get(event.subject_id)
        if event.subject_kind != "proposal" or "move" not in event.payload or proposal is None:
            continue
        left, entered = event.payload["from"], event.payload["to"]
        stage, closed_from = memory.lives.get(proposal.id, ("draft", None))
        table = look.seen.workflow(proposal)
        move = find_move(table, left, event.payload["move"])
        if left != stage:
            yield f"{proposal.reference}: {event.name} leaves {left}, it stood in {stage}"
        elif move is None or target(table, move, closed_from) != entered or move.event != event.name:
            yield f"{proposal.reference}: no move of the table leads from {left} to {entered} by {event.payload}"
        elif move.reason_required and not event.payload.get("reason"):
            yield f"{proposal.reference}: {event.name} has no reason"
        memory.lives[proposal.id] = (entered, left if find_stage(table, entered).is_closed else closed_from)
    for proposal in look.seen.proposals:
        stage, closed_from = memory.lives.get(proposal.id, ("draft", None))
        if proposal.stage != stage:
            yield f"{proposal.reference} is in {proposal.stage}, its events lead to {stage}"
        if look.seen.stage(proposal).is_closed and proposal.closed_from != closed_from:
            yield f"{proposal.reference} was closed from {closed_from}, and says {proposal.closed_from}"


@rule("R10", "R43", "R73")
def what_is_frozen_stays(look: Look) -> Iterator[str]:
    """Versions, texts of reviews and formal words are never changed or lost, and versions are counted from one."""
    rows: dict[tuple[str, int], str] = {}
    for versions in look.seen.versions.values():
        for version in versions:
            rows["version", version.id] = f"{version.number} {version.sha256} {version.submitted_at} {version.content}"
        if [one.number for one in versions] != list(range(1, len(versions) + 1)):
            yield f"versions {[one.number for one in versions]}"
    for text in look.session.scalars(select(ReviewText)):
        rows["text", text.id] = f"{text.number} {text.review_id} {text.content}"
    for words in look.seen.words.values():
        for word in words:
            rows["word", word.id] = f"{word.outcome} {word.version_id} {word.code} {word.text} {word.given_by_id}"
    before = look.world.memory.frozen
    for key, was in before.items():
        if rows.get(key) != was:
            yield f"{key} was changed or is gone"
    look.world.memory.frozen = rows


@rule("R46")
def moves_are_made_by_whom_the_table_names(look: Look) -> Iterator[str]:
    """A move that confirms a decision was never made by who drafted it."""
    for event in look.events:
        if event.subject_kind != "proposal" or not str(event.payload.get("move", "")).startswith("confirm_"):
            continue
        found = [
            one
            for one in look.seen.decisions.get(event.subject_id, [])
            if one.id == event.payload["decision_id"] and one.state == "confirmed"
        ]
        if not found or found[0].drafted_by_id == found[0].confirmed_by_id or found[0].confirmed_by_id is None:
            yield f"event {event.id}: decided by one person, or by none"
