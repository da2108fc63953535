"""Reviewers: accept, decline, declare a conflict, step back, write, send, amend, suggest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.soak import content
from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.mapping import Mapping
from webapp.domain.reviews import make_sheet
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.services.reviews.answer import accept_invitation, declare_conflict, decline_invitation, recuse_oneself
from webapp.services.reviews.suggest import suggest
from webapp.services.reviews.thread import write_message
from webapp.services.reviews.write import save_review, submit_review
from webapp.services.work import UnitOfWork

OTHER_MAPPING = Mapping(6, (3,))


@room
def review(seen: Seen, world: World) -> Iterator[Act]:
    """What a reviewer can do with an assignment."""
    for proposal in seen.proposals:
        for row in seen.panel.get(proposal.id, []):
            may, about = (row.reviewer_id,), proposal.id
            open_now = seen.is_reviewing(proposal) and row.version_id == proposal.current_version_id
            invited, accepted = open_now and row.state == "invited", open_now and row.state == "accepted"
            sent = row.state == "submitted"
            accepting = partial(_accept, row.public_id)
            still = row.state in ("invited", "accepted", "submitted")
            yield act(
                "accept", may, accepting, now=invited or (still and not invited), ripe=invited, weight=10, about=about
            )
            yield act("decline", may, partial(_decline, row.public_id), now=invited, weight=1, about=about)
            yield act(
                "recuse",
                may,
                partial(_recuse, row.public_id),
                now=accepted or sent,
                ripe=accepted,
                weight=1,
                about=about,
            )
            leaving = partial(_conflict, row.public_id)
            yield act("declare_conflict", may, leaving, now=still, weight=1, about=about)
            for mark in (3, 5):
                writing = partial(_review, seen, proposal, row, mark)
                name = "amend_review" if sent else "submit_review"
                yield act(name, may, writing, now=accepted or sent, weight=1 if sent else 8, about=about)
            saving = partial(_save, seen, row)
            yield act("save_review", may, saving, now=accepted or sent, weight=1, about=about)
            yield from _suggesting(seen, world, proposal, row, now=accepted or sent)


def _suggesting(seen: Seen, world: World, proposal: Proposal, row: Assignment, *, now: bool) -> Iterator[Act]:
    key = f"suggest:{row.id}:{world.turns}"
    few = len(seen.suggestions.get(proposal.id, [])) < 3
    mapping = partial(_suggest, row.public_id, key)
    yield act("suggest:mapping", (row.reviewer_id,), mapping, now=now, ripe=few, weight=1, about=proposal.id, once=True)
    others = [one.reference for one in seen.proposals if one.id != proposal.id and one.submitted_at]
    if others:
        twice = partial(_suggest_twin, row.public_id, others[0], key)
        yield act("suggest:twin", (row.reviewer_id,), twice, now=now, ripe=few, weight=1, about=proposal.id, once=True)


def _accept(public_id: str, work: UnitOfWork) -> None:
    accept_invitation(work, public_id, no_conflict=True)


def _decline(public_id: str, work: UnitOfWork) -> None:
    decline_invitation(work, public_id, reason="No time before the summer.")


def _recuse(public_id: str, work: UnitOfWork) -> None:
    recuse_oneself(work, public_id, reason="I have fallen ill.")


def _conflict(public_id: str, work: UnitOfWork) -> None:
    declare_conflict(work, public_id, reason="My brother works there.")


def _review(seen: Seen, proposal: Proposal, row: Assignment, mark: int, work: UnitOfWork) -> None:
    version = next(one for one in seen.versions[proposal.id] if one.id == row.version_id)
    sheet = make_sheet(version.content, work.rules.initiative, seen.calls[proposal.call_id].rubric)
    raw = content.opinion([one.key for one in sheet.criteria], list(sheet.articles), mark)
    known = seen.reviews.get(row.id)
    save_review(work, row.public_id, raw, base_version=known.version if known else 0)
    submit_review(work, row.public_id)


def _save(seen: Seen, row: Assignment, work: UnitOfWork) -> None:
    known = seen.reviews.get(row.id)
    base = known.version if known else 0
    save_review(work, row.public_id, {"reason": f"Begun, text {base}."}, base_version=base)


def _suggest(public_id: str, key: str, work: UnitOfWork) -> None:
    suggest(work, public_id, kind="mapping", reason="It is about energy first.", mapped=OTHER_MAPPING, form_key=key)


def _suggest_twin(public_id: str, other: str, key: str, work: UnitOfWork) -> None:
    suggest(work, public_id, kind="duplicate", reason="The same villages.", other_reference=other, form_key=f"{key}:2")


@room
def deliberate(seen: Seen, world: World) -> Iterator[Act]:
    """Write to the panel's thread."""
    for proposal in seen.proposals:
        sent = [row.reviewer_id for row in seen.panel.get(proposal.id, []) if row.state == "submitted"]
        may = (*seen.desk(proposal), *sent)
        key = f"thread:{proposal.id}:{world.turns}"
        writing = partial(_write, proposal.reference, key)
        now = proposal.submitted_at is not None
        ripe = bool(sent)
        yield act("write_message", may, writing, now=now, ripe=ripe, weight=1, about=proposal.id, once=True)


def _write(reference: str, key: str, work: UnitOfWork) -> None:
    write_message(work, reference, "What of the second budget line?", form_key=key)
