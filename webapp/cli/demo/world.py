"""Where the demonstration's past is played: an installation, a clock, and the people in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.models.proposals import Proposal
from webapp.models.routing import Assignment
from webapp.queries.people import find_actor
from webapp.services.work import OpenWork
from webapp.wiring import Wiring

SECRETARIAT = ("secretariat@demo.example", "secretariat.two@demo.example", "secretariat.three@demo.example")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person has before them of a proposal."""

    revision: int
    version_id: int
    call_id: int


@dataclass
class World:
    """Opens units of work for people at the clock's time; `ids` of people by address."""

    wired: Wiring
    clock: SetClock
    ids: dict[str, int] = field(default_factory=dict)

    def open_as(self, email: str) -> OpenWork:
        """A unit of work of this person, with the seats they hold at that time."""
        with self.wired.open_reading() as session:
            actor = find_actor(session, self._id_of(email), self.clock.at)
        assert actor is not None  # noqa: S101 - its id was just read
        return self.wired.open_work(actor, self.clock)

    def open_as_system(self) -> OpenWork:
        """A unit of work of the product itself."""
        return self.wired.open_work(SYSTEM, self.clock)

    def see(self, reference: str) -> Seen:
        """The proposal as it is now."""
        with self.wired.open_reading() as session:
            row = session.scalars(select(Proposal).where(Proposal.reference == reference)).one()
            return Seen(row.revision, row.current_version_id or 0, row.call_id)

    def panel(self, reference: str, state: str) -> Sequence[tuple[str, str]]:
        """The assignments of the current version in this state: public id and reviewer's address."""
        found = (
            select(Assignment.public_id, Person.email)
            .join(Proposal, Proposal.id == Assignment.proposal_id)
            .join(Person, Person.id == Assignment.reviewer_id)
            .where(
                Proposal.reference == reference,
                Assignment.version_id == Proposal.current_version_id,
                Assignment.state == state,
            )
            .order_by(Assignment.id)
        )
        with self.wired.open_reading() as session:
            return [(row.public_id, row.email) for row in session.execute(found)]

    def _id_of(self, email: str) -> int:
        if email not in self.ids:
            with self.wired.open_reading() as session:
                self.ids[email] = session.scalars(select(Person.id).where(Person.email == email)).one()
        return self.ids[email]
