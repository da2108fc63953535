"""What the applicant does: begin, fill in, attach, submit, mend, withdraw."""

from __future__ import annotations

import copy
from typing import Any

from sqlalchemy import select

from webapp.cli.demo.papers import make_pdf
from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World
from webapp.domain.people import link_token
from webapp.domain.proposals import SECTIONS
from webapp.models.people import MailedLink, Organisation
from webapp.services.people.organisations import claim_organisation, confirm_organisation
from webapp.services.proposals.collaborators import accept_collaboration, invite_collaborator
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.documents import add_document
from webapp.services.proposals.save import save_section
from webapp.services.proposals.submit import submit
from webapp.services.proposals.withdraw import withdraw
from webapp.services.work import UnitOfWork


def begin(world: World, story: Story) -> None:
    """Begin the draft with its first section, and invite an editor where there is one."""
    with world.open_as(story.owner) as work:
        story.reference = create_draft(work, story.given["call"])
        save_section(work, story.reference, "basics", story.given["sections"]["basics"], base_version=0)
        if story.editor:
            invite_collaborator(work, story.reference, story.editor, "editor")
    if story.editor:
        _join(world, story)


def fill(world: World, story: Story, sections: int = len(SECTIONS)) -> None:
    """Save so many of the other sections, in their order."""
    with world.open_as(story.owner) as work:
        contents = _with_organisations(work, story)
        for section in [one for one in SECTIONS if one in contents and one != "basics"][:sections]:
            save_section(work, story.reference, section, contents[section], base_version=0)
    _confirm_some(world, story)


def attach(world: World, story: Story) -> None:
    """Add the documents."""
    with world.open_as(story.owner) as work:
        for paper in story.documents:
            add_document(work, story.reference, paper["name"], make_pdf(paper["title"], paper["text"]))


def hand_in(world: World, story: Story) -> None:
    """Submit the proposal as it stands."""
    with world.open_as(story.owner) as work:
        submit(work, story.reference)


def mend(world: World, story: Story) -> None:
    """Say more on what was asked, and submit again."""
    content = copy.deepcopy(story.given["sections"]["safeguards"])
    content["security"] += (
        "\n\nAdded on request: one named person at each partner answers for security, and the "
        "steering group hears of every incident within three working days."
    )
    with world.open_as(story.owner) as work:
        save_section(work, story.reference, "safeguards", content, base_version=1)
        submit(work, story.reference)


def take_back(world: World, story: Story) -> None:
    """Withdraw the proposal."""
    seen = world.see(story.reference).revision
    with world.open_as(story.owner) as work:
        reason = "One of our partners has changed its plans; we will come back with a smaller project."
        withdraw(work, story.reference, revision=seen, reason=reason)


def _join(world: World, story: Story) -> None:
    with world.open_as(story.editor) as work:
        newest = select(MailedLink).where(MailedLink.email == story.editor).order_by(MailedLink.id.desc()).limit(1)
        link = work.session.scalars(newest).one()
        accept_collaboration(work, link_token(work.ports.signing_key, link.id, link.nonce))


def _with_organisations(work: UnitOfWork, story: Story) -> dict[str, Any]:
    contents: dict[str, Any] = copy.deepcopy(story.given["sections"])
    partners = contents["partners"]
    partners["lead_organisation"] = _claim(work, partners["lead_organisation"])
    for one in partners["participants"]:
        one["organisation"] = _claim(work, one["organisation"])
    return contents


def _claim(work: UnitOfWork, given: dict[str, str]) -> int:
    return claim_organisation(work, given["partner"], name=given["name"], kind=given["kind"])


def _confirm_some(world: World, story: Story) -> None:
    """The lead's focal point confirms its organisations, of three proposals in four."""
    if story.number % 4 == 3:
        return
    lead = story.partners[0]
    with world.open_as(f"focal.{lead.lower()}@demo.example") as work:
        partner = [seat.partner_id for seat in work.actor.seats if seat.partner_id]
        waiting = select(Organisation.id).where(
            Organisation.partner_id.in_(partner), Organisation.confirmed_at.is_(None)
        )
        for organisation_id in work.session.scalars(waiting.order_by(Organisation.id)).all():
            confirm_organisation(work, organisation_id)
