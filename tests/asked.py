"""A proposal that has passed screening, its partners' focal points, and the steps that carry it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.factories import actor_of, make_call, make_person, make_proposal, make_seat, make_secretary
from tests.fakes import FakeMailer
from tests.paths import set_rule
from tests.post import Sent, fire_timers, run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM, Actor, Role
from webapp.domain.ports import Delivery
from webapp.domain.versions import content_hash
from webapp.models.audit import EventRow
from webapp.models.endorsements import Endorsement
from webapp.models.initiative import ArticleRow
from webapp.models.partners import Partner
from webapp.models.people import Organisation, Person
from webapp.models.proposals import Proposal, ProposalArticle, ProposalVersion
from webapp.services.endorsements.answering import answer
from webapp.services.endorsements.opening import request_endorsements
from webapp.services.screening import pass_screening
from webapp.wiring import Wiring

BOUNCED = Delivery("refused", "550 5.1.1 no such mailbox")


@dataclass
class Asked:
    """A proposal with focal points at its partners: `points` by code."""

    wired: Wiring
    clock: SetClock
    proposal: Proposal
    owner: Person
    secretary: Person
    points: dict[str, Person] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return self.proposal.reference

    def actor(self, code: str) -> Actor:
        return actor_of(self.wired, self.points[code])

    @property
    def staff(self) -> Actor:
        return actor_of(self.wired, self.secretary)

    def pass_screening(self) -> None:
        with self.wired.open_work(self.staff) as work:
            revision = work.session.get_one(Proposal, self.proposal.id).revision
            pass_screening(work, self.reference, revision=revision)

    def version_id(self) -> int:
        with self.wired.open_reading() as session:
            return (
                session.scalars(select(Proposal.current_version_id).where(Proposal.id == self.proposal.id)).one() or 0
            )

    def answer(self, code: str, word: str, text: str = "", by: Person | None = None, **given: Any) -> None:
        who = actor_of(self.wired, by) if by else self.actor(code)
        with self.wired.open_work(who) as work:
            answer(work, self.reference, code, word, given.get("version_id", self.version_id()), text)

    def row(self, code: str) -> Endorsement:
        with self.wired.open_reading() as session:
            found = select(Endorsement).join(Partner, Partner.id == Endorsement.partner_id)
            row = session.scalars(found.where(Partner.code == code, Endorsement.proposal_id == self.proposal.id)).one()
            session.expunge(row)
            return row

    def stage(self) -> str:
        with self.wired.open_reading() as session:
            return session.scalars(select(Proposal.stage).where(Proposal.id == self.proposal.id)).one()

    def events(self, *names: str) -> list[EventRow]:
        with self.wired.open_reading() as session:
            found = select(EventRow).where(EventRow.subject_kind == "proposal", EventRow.subject_id == self.proposal.id)
            rows = session.scalars(found.order_by(EventRow.id)).all()
            session.expunge_all()
            return [row for row in rows if not names or row.name in names]

    def names(self) -> list[str]:
        return [event.name for event in self.events()]

    def go_to(self, moment: datetime) -> list[Sent]:
        """Let the time come, fire what is due, send what follows."""
        self.clock.at = moment
        fire_timers(self.wired)
        return run_outbox(self.wired)

    def days_later(self, days: int, hours: int = 0) -> list[Sent]:
        return self.go_to(self.clock.at + timedelta(days=days, hours=hours))


def make_screened(wired: Wiring, clock: SetClock, codes: tuple[str, ...] = ("KE", "CN"), **call: Any) -> Asked:
    """A submitted proposal in screening, with a version; each partner has one focal point, and its path by `rules`."""
    for code, rule in call.pop("rules", {}).items():
        set_rule(wired, code, rule)
    owner = make_person(wired, name="Amina Otieno")
    secretary = make_secretary(wired)
    points = {}
    for code in codes:
        points[code] = make_person(wired, name=f"Focal point of {code}", time_zone="Africa/Nairobi")
        make_seat(wired, points[code], Role.FOCAL_POINT, partner=code)
    given = make_call(wired, **call)
    proposal = make_proposal(wired, owner, given, codes, stage="screening", submitted_at=clock.at)
    add_version(wired, proposal, owner, codes)
    return Asked(wired, clock, proposal, owner, secretary, points)


def make_asked(wired: Wiring, clock: SetClock, codes: tuple[str, ...] = ("KE", "CN"), **call: Any) -> Asked:
    """The same, its letters delivered."""
    made = make_screened(wired, clock, codes, **call)
    made.pass_screening()
    run_outbox(wired)
    return made


def add_version(
    wired: Wiring, proposal: Proposal, owner: Person, codes: tuple[str, ...], **changed: Any
) -> ProposalVersion:
    """A version of the proposal, now its current one; `changed` replaces sections."""
    with wired.open_work(SYSTEM) as work:
        number = len(
            work.session.scalars(select(ProposalVersion.id).where(ProposalVersion.proposal_id == proposal.id)).all()
        )
        lead = work.session.scalars(select(Partner).where(Partner.code == codes[0])).one()
        ministry = work.session.scalars(select(Organisation).where(Organisation.partner_id == lead.id)).first()
        if ministry is None:
            ministry = Organisation(partner_id=lead.id, name="Ministry of Health", kind="ministry", claimed_at=work.now)
            work.session.add(ministry)
            work.session.flush()
        content = {**make_content(codes, ministry.id), **changed}
        row = ProposalVersion(
            proposal_id=proposal.id,
            number=number + 1,
            content=content,
            sha256=content_hash(content),
            submitted_by_id=owner.id,
            submitted_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        work.session.get_one(Proposal, proposal.id).current_version_id = row.id
        if number == 0:
            for place, article in enumerate((5, 1, 10)):
                article_id = work.session.scalars(select(ArticleRow.id).where(ArticleRow.number == article)).one()
                work.session.add(
                    ProposalArticle(proposal_id=proposal.id, article_id=article_id, is_primary=place == 0, place=place)
                )
    return row


def make_content(codes: tuple[str, ...], organisation_id: int) -> dict[str, Any]:
    """What a version holds, as far as partners ask."""
    return {
        "basics": {
            "title": "A telemedicine link for river communities",
            "summary": "Forty-two villages get a nurse with a doctor on the line. " * 4,
            "sector": "health",
            "language": "en",
        },
        "partners": {
            "lead_partner": codes[0],
            "lead_organisation": organisation_id,
            "participants": [{"partner": code, "role": "Runs the clinics"} for code in codes[1:]],
            "city_pairs": [],
        },
        "articles": {"primary": 5, "secondary": [1, 10]},
        "plan": {"starts_on": "2027-03-01", "ends_on": "2029-02-28"},
        "budget": {
            "currency": "USD",
            "lines": [{"partner": codes[0], "category": "equipment", "description": "Links", "amount": "310000.00"}],
            "sources": [],
        },
    }


def ask_again(made: Asked, **changed: Any) -> None:
    """A newer version, and the task that follows when it has passed screening."""
    add_version(made.wired, made.proposal, made.owner, tuple(made.points), **changed)
    with made.wired.open_work(SYSTEM) as work:
        request_endorsements(work, {"proposal_id": made.proposal.id})
    run_outbox(made.wired)


def refuse(*addresses: str) -> FakeMailer:
    """A mail server that knows none of these addresses."""
    return FakeMailer(lambda mail: BOUNCED if mail.to_address in addresses else Delivery("sent", "250 OK"))


def to(mails: list[Sent], person: Person) -> list[str]:
    """The subjects of the mails that went to the person."""
    return [mail.subject for mail in mails if mail.to == person.email]


def at(day: str, hour: int = 9) -> datetime:
    """That day at that hour, UTC."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)
