"""A proposal with its sections as drafts, asked of its partners, for what they ask back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.asked import Asked, make_screened
from tests.factories import actor_of
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM, Actor
from webapp.models.endorsements import Endorsement, EndorsementPoint
from webapp.models.proposals import ProposalSection, ProposalVersion
from webapp.services.proposals.save import save_section
from webapp.wiring import Wiring


def make_with_sections(wired: Wiring, clock: SetClock, codes: tuple[str, ...] = ("KE", "CN"), **call: Any) -> Asked:
    """As `tests.asked.make_asked`, the sections of its version standing in the draft too."""
    made = make_screened(wired, clock, codes, **call)
    with wired.open_work(SYSTEM) as work:
        version = work.session.get_one(ProposalVersion, made.version_id())
        for section, content in version.content.items():
            work.session.add(
                ProposalSection(proposal_id=made.proposal.id, section=section, content=content, saved_at=work.now)
            )
    made.pass_screening()
    run_outbox(wired)
    return made


def owner_of(made: Asked) -> Actor:
    """The applicant as they act today."""
    return actor_of(made.wired, made.owner)


def save(made: Asked, section: str, **changed: Any) -> None:
    """The applicant saves these parts of a section."""
    with made.wired.open_reading() as session:
        row = session.get_one(ProposalSection, (made.proposal.id, section))
        content, version = {**row.content, **changed}, row.version
    with made.wired.open_work(owner_of(made)) as work:
        save_section(work, made.reference, section, content, base_version=version)


def points(made: Asked, code: str) -> dict[str, EndorsementPoint]:
    """The points of a partner's case, by field."""
    with made.wired.open_reading() as session:
        rows = session.scalars(
            select(EndorsementPoint)
            .join(Endorsement, Endorsement.id == EndorsementPoint.endorsement_id)
            .where(Endorsement.id == made.row(code).id)
            .order_by(EndorsementPoint.id)
        ).all()
        session.expunge_all()
        return {row.field: row for row in rows}
