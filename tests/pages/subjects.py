"""A small world with one subject for each page: people by their part, and what an address names by its name.

`grow` makes one more of everything, for the same people, so that every list gets longer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy import select

from tests.asked import Asked, add_version
from tests.browsing import Browser, Visitor
from tests.deciding import decide, draft, review_it
from tests.drafting import make_draft
from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary, make_version
from tests.pages.filling import pdf
from tests.pages.more_subjects import grow_more, make_entrances, make_root
from tests.post import run_outbox
from tests.reviewing import Panel, accept, make_in_review, make_reviewer, review, route
from webapp.adapters.clocks import SetClock
from webapp.domain.clarifications import Ask, FieldQuestion
from webapp.domain.people import SYSTEM, Role
from webapp.models.calls import Call
from webapp.models.decisions import Decision
from webapp.models.endorsements import Endorsement, EndorsementWord
from webapp.models.notices import OutboxRow
from webapp.models.people import Person
from webapp.models.proposals import Document, Proposal
from webapp.queries.reviews.summary import panel_labels
from webapp.services.clarifications.ask import ask_applicant
from webapp.services.people.kept_forms import keep_form
from webapp.services.proposals.submit import submit
from webapp.services.sessions import open_session
from webapp.wiring import Wiring

CODES = ("KE", "CN")
PASSWORD = "six green kettles on a boat"


@dataclass
class World:
    """`people` by their part ("public" is nobody); `names` are those of the first of each thing."""

    wired: Wiring
    clock: SetClock
    browse: Browser
    people: dict[str, Person | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def open(self, part: str) -> Visitor:
        """The browser of somebody; signed in once, and kept."""
        if part not in self.visitors:
            self.visitors[part] = self.browse(self.people[part])
        return self.visitors[part]

    def person(self, part: str) -> Person:
        """Somebody who is there."""
        found = self.people[part]
        assert found is not None
        return found

    def name(self, **given: object) -> None:
        """Name the first of each thing; later ones go without a name."""
        for key, value in given.items():
            self.names.setdefault(key, str(value))


def make_world(wired: Wiring, clock: SetClock, browse: Browser) -> World:
    """People in every part, and one of everything."""
    made = World(wired, clock, browse)
    make_root(made)
    owner, secretary, second = make_person(wired), make_secretary(wired), make_secretary(wired)
    made.people |= {"public": None, "owner": owner, "secretary": secretary, "second": second}
    for part, role in (("administrator", Role.ADMINISTRATOR), ("auditor", Role.AUDITOR)):
        made.people[part] = make_person(wired)
        make_seat(wired, made.person(part), role)
    for code in CODES:
        made.people[code] = make_person(wired)
        make_seat(wired, made.person(code), Role.FOCAL_POINT, partner=code)
    made.calls.append(make_call(wired, routing={"release": "at_once"}))
    for number in range(3):
        made.people[f"reviewer {number}"] = make_reviewer(wired, made.calls[0], {5: 2, 1: 1}, load_max=8)
    spare = make_reviewer(wired, made.calls[0], {20: 1})
    made.name(call=made.calls[0].code, person=owner.id, reviewer=made.person("reviewer 2").id, spare=spare.id)
    make_entrances(made)
    grow(made)
    return made


def grow(world: World) -> None:
    """One more of everything."""
    world.calls.append(make_call(world.wired))
    _grow_drafts(world)
    _grow_endorsements(world)
    _grow_panels(world)
    _grow_decisions(world)
    _grow_links(world)
    grow_more(world)
    run_outbox(world.wired)
    with world.wired.open_reading() as session:
        world.name(mail=session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "mail").limit(1)).one())


def _grow_drafts(world: World) -> None:
    """A draft with a file and a colleague; a proposal in screening that has two versions and a question."""
    wired, owner = world.wired, actor_of(world.wired, world.person("owner"))
    kept, sent = (make_draft(wired, owner, world.calls[0].code) for _ in range(2))
    visitor = world.browse(world.person("owner"))
    assert visitor.post(f"/proposals/{kept}/documents", {"files": pdf()}).status_code == 303
    colleague = {"email": f"colleague.{kept.lower()}@demo.example", "role": "editor"}
    assert visitor.post(f"/proposals/{kept}/collaborators", colleague).status_code == 303
    links = _links(world)
    with wired.open_work(owner) as work:
        receipt = submit(work, sent)
    with wired.open_reading() as session:
        document = session.scalars(select(Document.public_id).order_by(Document.id.desc()).limit(1)).one()
        proposal = session.scalars(select(Proposal).where(Proposal.reference == sent)).one()
        session.expunge_all()
    make_version(wired, proposal, {"basics": {"title": "Changed"}})
    with wired.open_work(actor_of(wired, world.person("secretary"))) as work:
        question = Ask("Who runs the link after 2028?", (FieldQuestion("plan.activities", "Which villages?"),))
        asked = ask_applicant(work, sent, question)
    world.name(draft=kept, screening=sent, document=document, hash=receipt.sha256, question=asked)
    world.name(colleague=next(link for link in links if "/collaborations/" in link).rsplit("/", 1)[1])


def _grow_endorsements(world: World) -> None:
    """A proposal that one partner has endorsed and that waits for the other; one whose time is over for one partner."""
    wired, points = world.wired, {code: world.person(code) for code in CODES}
    for name in ("asked", "lapsed"):
        owner = world.person("owner")
        proposal = make_proposal(wired, owner, world.calls[0], CODES, stage="screening", submitted_at=world.clock.at)
        add_version(wired, proposal, owner, CODES)
        asked = Asked(wired, world.clock, proposal, owner, world.person("secretary"), points)
        asked.pass_screening()
        run_outbox(wired)
        asked.answer("CN", "endorse")
        world.name(**{name: proposal.reference})
        if name == "lapsed":
            with wired.open_work(SYSTEM) as work:
                row = work.session.get_one(Endorsement, asked.row("KE").id)
                row.state, row.content = "lapsed", {**row.content, "state": "lapsed"}
    with wired.open_reading() as session:
        world.name(word=session.scalars(select(EndorsementWord.code).limit(1)).one())


def _grow_panels(world: World) -> None:
    """A panel of three: one has sent a review, one has accepted, one was invited."""
    wired, call = world.wired, world.calls[0]
    reviewers = tuple(world.person(f"reviewer {number}") for number in range(3))
    proposal = make_in_review(wired, call, world.person("owner"))
    panel = Panel(wired, call, world.person("owner"), proposal, world.person("secretary"), reviewers)
    route(wired, proposal)
    seats = {seat.reviewer_id: seat for seat in panel.assignments()}
    sent, accepted, invited = (seats[one.id] for one in reviewers)
    for seat in (sent, accepted):
        accept(panel, seat)
    review(panel, sent)
    with wired.open_reading() as session:
        world.name(label=panel_labels(session, sent.version_id)[sent.id])
    world.name(review=proposal.reference, sent=sent.public_id, accepted=accepted.public_id, invited=invited.public_id)


def _grow_decisions(world: World) -> None:
    """A drafted decision, one with a condition, one that declined, and a proposal that is published."""
    wired, at = world.wired, world.clock.at
    first, second = (actor_of(wired, world.person(part)) for part in ("secretary", "second"))
    for name, outcome in (("drafted", ""), ("conditions", "approved_with_conditions"), ("declined", "declined")):
        given = {"stage": "deliberation", "submitted_at": at, "due_at": at}
        proposal = make_proposal(wired, world.person("owner"), world.calls[0], CODES, **given)
        make_version(wired, proposal)
        review_it(wired, proposal)
        if outcome:
            decide(wired, first, second, proposal, outcome)
        else:
            draft(wired, first, proposal, "approved")
        world.name(**{name: proposal.reference})
    moments = {"submitted_at": at, "published_at": at, "stage": "published", "sector": "health"}
    proposal = make_proposal(wired, world.person("owner"), world.calls[0], CODES, **moments)
    make_version(wired, proposal, {"results": {"indicators": {"5.services": {"target": "7"}}}})
    world.name(published=proposal.reference)
    with wired.open_reading() as session:
        world.name(letter=session.scalars(select(Decision.code).where(Decision.state == "confirmed").limit(1)).one())


def _grow_links(world: World) -> None:
    """The addresses that mails hold: to confirm an address, set a password, take a seat."""
    visitor, number = world.browse(), len(world.calls)
    visitor.post("/sign-up", {"name": "New", "email": f"new.{number}@demo.example", "password": PASSWORD})
    owner = world.person("owner")
    with world.wired.open_work(SYSTEM) as work:
        opened = open_session(work, work.session.get_one(Person, owner.id), device="test", shared=False)
        work.session.flush()
        kept = keep_form(work, opened, "/account", {"name": ["New"]}, hidden=frozenset())
    world.name(kept=kept)
    visitor.post("/password/forgotten", {"email": owner.email})
    form = {"email": f"invited.{number}@demo.example", "role": "focal_point", "partner": "KE"}
    assert world.browse(world.person("secretary")).post("/desk/people/invite", form).status_code == 303
    for link in _links(world):
        kind, token = link.rsplit("/", 2)[1:]
        if kind in ("confirm", "password", "invitations"):
            world.name(**{kind: token})


def _links(world: World) -> list[str]:
    """The links of all mails that were waiting."""
    return [re.sub(r"[?#].*", "", link) for mail in run_outbox(world.wired) for link in mail.links]
