"""Applicants begin drafts, change them, submit, withdraw, delete, appeal, show evidence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from tests.soak import content
from tests.soak.acting import Act, act, room
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.proposals import is_editable
from webapp.models.calls import Call
from webapp.models.proposals import Proposal, ProposalSection
from webapp.queries.workflow import is_open
from webapp.services.decisions.appeal import appeal
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.save import save_section
from webapp.services.proposals.submit import submit
from webapp.services.proposals.withdraw import delete_draft, withdraw
from webapp.services.work import UnitOfWork

PROPOSALS_AT_MOST = 9


@room
def begin(seen: Seen, world: World) -> Iterator[Act]:
    """Begin a draft under any call; under the second step only with an approved note."""
    everybody = world.ids.values()
    owners = (world.ids["owner.one"], world.ids["owner.two"])
    for call in seen.calls.values():
        shape = content.SHAPES[len(seen.proposals) % len(content.SHAPES)]
        yield act(
            "create_draft",
            everybody,
            partial(_begin, call, shape, f"draft:{world.turns}:{call.code}"),
            now=is_open(call, seen.now) and call.code != "full",
            ripe=len(seen.proposals) < PROPOSALS_AT_MOST,
            turn=owners,
            weight=1,
            once=True,
        )
    notes = [one for one in seen.proposals if seen.calls[one.call_id].code == "notes"]
    followed = {one.follows_id for one in seen.proposals}
    for note in notes:
        yield act(
            "carry_note_on",
            (note.owner_id,),
            partial(_carry_on, note),
            now=note.stage in ("approved", "published", "completed") and note.id not in followed,
            about=note.id,
            weight=12,
        )


def _begin(call: Call, shape: tuple[str, ...], key: str, work: UnitOfWork) -> None:
    reference = create_draft(work, call.code, form_key=key)
    written = select(ProposalSection).join(Proposal, Proposal.id == ProposalSection.proposal_id)
    if work.session.scalars(written.where(Proposal.reference == reference)).first() is not None:
        return
    for section, text in content.whole(work, shape).items():
        save_section(work, reference, section, text, base_version=0)


def _carry_on(note: Proposal, work: UnitOfWork) -> None:
    reference = create_draft(work, "full", copy_of=note.reference)
    declared = content.whole(work, ("TH", "MY"))["declarations"]
    save_section(work, reference, "declarations", declared, base_version=0)
    later = {"starts_on": "2029-05-01", "ends_on": "2030-10-31"}
    plan = content.whole(work, ("TH", "MY"))["plan"]
    milestones = [{"title": "Done", "due_on": "2030-01-31", "deliverable": "A report"}]
    save_section(work, reference, "plan", {**plan, **later, "milestones": milestones}, base_version=1)


@room
def write(seen: Seen, world: World) -> Iterator[Act]:
    """Change a section: of a draft, of a returned proposal, or the fields that a partner asked for."""
    for proposal in seen.proposals:
        sections = seen.sections.get(proposal.id, {})
        whole = {name: row.content for name, row in sections.items()}
        if not {"basics", "budget", "partners", "plan", "safeguards"} <= whole.keys():
            continue
        roles = seen.members.get(proposal.id, {})
        may = [proposal.owner_id, *(person for person, role in roles.items() if role == "editor")]
        open_now = is_editable(seen.workflow(proposal), proposal.stage)
        asked = any(case.state == "adjustment_requested" for case in seen.cases.get(proposal.id, []))
        for what in content.CHANGES:
            section, text = content.changed(what, proposal.revision + sections["basics"].version, whole)
            save = partial(_save, proposal.reference, section, text, sections[section].version)
            yield act(f"save:{what}", may, save, now=open_now or asked, ripe=open_now, weight=1, about=proposal.id)
        blank = partial(
            _save, proposal.reference, "basics", {**whole["basics"], "title": ""}, sections["basics"].version
        )
        yield act("save:blank", may, blank, now=open_now, weight=1, about=proposal.id)
        for shape in content.SHAPES:
            save = partial(
                _save_partners, proposal.reference, shape, sections["partners"].version, sections["budget"].version
            )
            yield act("save:partners", may, save, now=open_now, weight=1, about=proposal.id)


def _save(reference: str, section: str, text: dict[str, object], base: int, work: UnitOfWork) -> None:
    save_section(work, reference, section, text, base_version=base)


def _save_partners(reference: str, shape: tuple[str, ...], base: int, budget: int, work: UnitOfWork) -> None:
    save_section(work, reference, "partners", content.partners(work, shape), base_version=base)
    save_section(work, reference, "budget", content.budget(shape, 250_000), base_version=budget)


@room
def send(seen: Seen, world: World) -> Iterator[Act]:
    """Submit, withdraw, delete, appeal."""
    for proposal in seen.proposals:
        owner, about, reference = (proposal.owner_id,), proposal.id, proposal.reference
        open_now = proposal.stage == "draft" and is_open(seen.calls[proposal.call_id], seen.now)
        key = f"submit:{world.turns}:{proposal.id}"
        yield act(
            "submit" if proposal.submitted_at is None else "submit_again",
            owner,
            partial(_submit, reference, key),
            now=open_now or proposal.stage == "returned",
            weight=16,
            about=about,
            once=True,
        )
        give_up = partial(_withdraw, world, reference, proposal.revision)
        live = seen.stage(proposal).is_live
        yield act("withdraw", owner, give_up, now=live, weight=1, about=about, sees=True)
        yield act(
            "delete_draft",
            owner,
            partial(_delete, reference),
            now=proposal.submitted_at is None,
            ripe=len(seen.proposals) >= PROPOSALS_AT_MOST,
            weight=2,
            about=about,
        )
        yield act(
            "appeal",
            owner,
            partial(_appeal, world, reference, proposal.revision),
            now=proposal.stage == "declined",
            weight=16,
            about=about,
            sees=True,
        )


def _submit(reference: str, key: str, work: UnitOfWork) -> None:
    submit(work, reference, form_key=key)


def _withdraw(world: World, reference: str, revision: int, work: UnitOfWork) -> None:
    withdraw(work, reference, revision=world.seen(revision), reason="Our plans have changed.")


def _delete(reference: str, work: UnitOfWork) -> None:
    delete_draft(work, reference)


def _appeal(world: World, reference: str, revision: int, work: UnitOfWork) -> None:
    appeal(work, reference, reason="The panel misread the budget.", revision=world.seen(revision))
