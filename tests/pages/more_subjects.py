"""More of the world of `tests.pages.subjects`: things at the very step that one page is for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.asked import Asked, add_version, refuse
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_version
from tests.pages.filling import pdf
from tests.post import run_outbox
from tests.reviewing import make_in_review, make_reviewer, route
from webapp.domain.clarifications import Ask, FieldQuestion
from webapp.domain.endorsements import WHOLE, Ministry
from webapp.domain.events import Event
from webapp.domain.factors import code_at, step_of
from webapp.domain.mapping import Mapping
from webapp.domain.notices import mute_token
from webapp.domain.people import SYSTEM, Role
from webapp.models.factors import CodeApp
from webapp.models.people import Person
from webapp.models.proposals import Collaborator, Proposal, ProposalSection, ProposalVersion
from webapp.models.reviews import Suggestion
from webapp.services.audit import make_roots
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.endorsements import asking
from webapp.services.endorsements.consulting import consult
from webapp.services.people.factors.code_app import begin_code_app, confirm_code_app, open_secret
from webapp.services.reviews.suggest import suggest
from webapp.services.screening import find_ineligible

if TYPE_CHECKING:
    from tests.pages.subjects import World

CODES = ("KE", "CN")
PASSWORD = "six green kettles on a boat"


def make_root(world: World) -> None:
    """The record of the day before, sealed by its root; called before anything else is made."""
    world.clock.at -= timedelta(days=1)
    with world.wired.open_work(SYSTEM) as work:
        work.record(Event("CallChanged", "call", 1))
    world.name(day=world.clock.at.date())
    world.clock.at += timedelta(days=1)
    with world.wired.open_work(SYSTEM) as work:
        assert len(make_roots(work)) == 1


def make_entrances(world: World) -> None:
    """People at a step of their account: `waiting` for a second factor, `adding` a code app, `moving` to an address."""
    wired = world.wired
    with wired.open_work(SYSTEM) as work:
        stored = work.ports.hasher.hash(PASSWORD)
    waiting = make_person(wired, password_hash=stored)
    world.people |= {"waiting": waiting, "adding": make_person(wired), "moving": make_person(wired)}
    for part in ("waiting", "adding"):
        with wired.open_work(actor_of(wired, world.person(part))) as work:
            begin_code_app(work)
    with wired.open_work(actor_of(wired, waiting)) as work:
        code = code_at(open_secret(work, work.session.get_one(CodeApp, waiting.id)), step_of(world.clock.at))
        assert confirm_code_app(work, code, keep_token="")
    visitor = world.visitors["waiting"] = world.browse()
    given = {"email": waiting.email, "password": PASSWORD}
    assert visitor.post("/sign-in", given).location == "/sign-in/second"
    world.name(mute=mute_token(wired.ports.signing_key, waiting.id, "to_person"))
    _make_moves(world)


def _make_moves(world: World) -> None:
    """An address that was asked for, and one that was confirmed and can be undone."""
    for name, person in (("address", world.person("moving")), ("back", make_person(world.wired))):
        run_outbox(world.wired)
        visitor, new = world.browse(person), f"{name}@demo.example"
        assert visitor.post("/account/address", {"email": new}).status_code == 303
        (link,) = (mail.links[0] for mail in run_outbox(world.wired) if mail.to == new)
        if name == "back":
            assert visitor.post(link.removeprefix("http://localhost")).status_code == 303
            link = next(one for mail in run_outbox(world.wired) for one in mail.links if "/address/back/" in one)
        world.name(**{name: re.sub(r"[?#].*", "", link).rsplit("/", 1)[1]})


def grow_more(world: World) -> None:
    """One more of each of these things."""
    _grow_seats(world)
    _grow_screening(world)
    _grow_cases(world)
    _grow_suggestions(world)
    _grow_proposed(world)
    _lengthen(world)


def _lengthen(world: World) -> None:
    """The lists within the first draft and the first proposal in screening: files, versions, questions."""
    path = f"/proposals/{world.names['draft']}/documents"
    assert world.browse(world.person("owner")).post(path, {"files": pdf()}).status_code == 303
    with world.wired.open_reading() as session:
        proposal = session.scalars(select(Proposal).where(Proposal.reference == world.names["screening"])).one()
        session.expunge_all()
    make_version(world.wired, proposal, {"basics": {"title": "Changed once more"}})
    with world.wired.open_work(actor_of(world.wired, world.person("secretary"))) as work:
        ask_applicant(work, proposal.reference, Ask("Who pays?", (FieldQuestion("plan.activities", "Which roads?"),)))


def _grow_seats(world: World) -> None:
    """A deputy, a sealed call, and a colleague who works on the draft."""
    deputy = make_seat(world.wired, make_person(world.wired), Role.DEPUTY, partner="KE")
    closes = world.clock.at + timedelta(days=30)
    sealed = make_call(world.wired, closes_at=closes, publication={"sealed": True})
    colleague = make_person(world.wired)
    with world.wired.open_work(SYSTEM) as work:
        found = select(Proposal.id).where(Proposal.reference == world.names["draft"])
        added = Collaborator(
            proposal_id=work.session.scalars(found).one(), person_id=colleague.id, role="editor", added_at=work.now
        )
        work.session.add(added)
    world.name(deputy=deputy.id, sealed=sealed.code, editor=colleague.id)


def _grow_screening(world: World) -> None:
    """A proposal that was found ineligible, and can be reopened."""
    moments = {"stage": "screening", "submitted_at": world.clock.at}
    proposal = make_proposal(world.wired, world.person("owner"), world.calls[0], CODES, **moments)
    add_version(world.wired, proposal, world.person("owner"), CODES)
    with world.wired.open_work(actor_of(world.wired, world.person("secretary"))) as work:
        revision = work.session.get_one(Proposal, proposal.id).revision
        find_ineligible(work, proposal.reference, revision=revision, reason="One partner only.")
    world.name(ineligible=proposal.reference)


def _grow_cases(world: World) -> None:
    """Kenya has asked a ministry, has asked the applicant, wants changes; and a letter to it that came back."""
    # Only the first letter to Kenya comes back: afterwards its address is known not to work.
    once = () if "returned" in world.names else ("returned",)
    for name in ("consulted", "questioned", "adjusting", *once):
        made = _ask(world, refused=name == "returned")
        world.name(**{name: made.reference})
        with world.wired.open_work(made.actor("KE")) as work:
            if name == "consulted":
                consult(work, made.reference, "KE", [], [Ministry("Ministry of ICT", "ict@ke.demo.example")], "Safe?")
            elif name == "questioned":
                asking.ask(work, made.reference, "KE", {WHOLE: "Who runs it?", "budget.lines": "Who pays?"})
            elif name == "adjusting":
                asking.request_adjustments(work, made.reference, "KE", {"basics.title": "Name the river."})
        for mail in run_outbox(world.wired):
            for link in mail.links:
                if "/consultations/" in link:
                    world.name(consultation=re.sub(r"[?#].*", "", link).rsplit("/", 1)[1])


def _ask(world: World, *, refused: bool) -> Asked:
    """A proposal with its sections, asked of its partners; `refused` where Kenya's mail server takes no letter."""
    wired, owner = world.wired, world.person("owner")
    points = {code: world.person(code) for code in CODES}
    moments = {"stage": "screening", "submitted_at": world.clock.at}
    proposal = make_proposal(wired, owner, world.calls[0], CODES, **moments)
    version = add_version(wired, proposal, owner, CODES)
    with wired.open_work(SYSTEM) as work:
        for section, content in work.session.get_one(ProposalVersion, version.id).content.items():
            row = ProposalSection(proposal_id=proposal.id, section=section, content=content, saved_at=work.now)
            work.session.add(row)
    made = Asked(wired, world.clock, proposal, owner, world.person("secretary"), points)
    made.pass_screening()
    if refused:
        run_outbox(wired, refuse(points["KE"].email))
        assert made.row("KE").state == "undeliverable"
    else:
        run_outbox(wired)
    return made


def _grow_suggestions(world: World) -> None:
    """A reviewer suggests another mapping."""
    reviewer = world.person("reviewer 1")
    with world.wired.open_work(actor_of(world.wired, reviewer)) as work:
        mapped = Mapping(1, (5, 12))
        suggest(work, world.names["accepted"], kind="mapping", reason="It is about villages first.", mapped=mapped)
        work.session.flush()
        number = work.session.scalars(select(Suggestion.id).order_by(Suggestion.id.desc()).limit(1)).one()
    world.name(suggestion=number)


def _grow_proposed(world: World) -> None:
    """A panel that is proposed, and waits for the secretariat to release it."""
    call = make_call(world.wired)
    reviewers: list[Person] = [make_reviewer(world.wired, call, {5: 2, 1: 1}) for _ in range(3)]
    proposal = make_in_review(world.wired, call, world.person("owner"))
    route(world.wired, proposal)
    world.name(proposed=proposal.reference, proposed_reviewer=reviewers[0].id)
