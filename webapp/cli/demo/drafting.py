"""What the applicant does: begin, fill in, attach, submit, mend, withdraw."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from webapp.cli.demo.papers import make_pdf
from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World
from webapp.domain.claims import EVIDENCE_AT_MOST, claimable, key_of
from webapp.domain.errors import NotNow
from webapp.domain.mapping import ask, read_mapping
from webapp.domain.people import link_token
from webapp.domain.proposals import SECTIONS
from webapp.models.people import MailedLink
from webapp.services.people.organisations import claim_organisation, confirm_organisation
from webapp.services.proposals.collaborators import accept_collaboration, invite_collaborator
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.documents import add_document
from webapp.services.proposals.save import save_section
from webapp.services.proposals.submit import submit
from webapp.services.proposals.withdraw import withdraw


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
    contents = _with_organisations(world, story)
    contents["articles"]["claims"] = _claims(world, contents["articles"])
    with world.open_as(story.owner) as work:
        for section in [one for one in SECTIONS if one in contents and one != "basics"][:sections]:
            save_section(work, story.reference, section, contents[section], base_version=0)
    if story.number % 4 != 3:
        _confirm(world, story, contents["partners"]["lead_organisation"])


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


def _claims(world: World, articles: dict[str, Any]) -> dict[str, Any]:
    """For each article the sentence that shares most words with its justification, whose beginning is the evidence."""
    claims = {}
    for asked in ask(read_mapping(articles), world.wired.rules.initiative):
        text = articles["justifications"][asked.key]
        said = set(re.findall(r"\w{5,}", text.lower()))
        best = max(claimable(asked), key=lambda one: len(said & set(re.findall(r"\w{5,}", one.text.lower()))))
        evidence = re.split(r"(?<=[.。])\s*", text)[0][:EVIDENCE_AT_MOST]
        claims[asked.key] = {key_of(best): {"evidence": evidence, "indicator": asked.indicators[0].id}}
    return claims


def _with_organisations(world: World, story: Story) -> dict[str, Any]:
    contents: dict[str, Any] = copy.deepcopy(story.given["sections"])
    partners = contents["partners"]
    partners["lead_organisation"] = _claim(world, story, partners["lead_organisation"])
    for one in partners["participants"]:
        one["organisation"] = _claim(world, story, one["organisation"])
    return contents


def _claim(world: World, story: Story, given: dict[str, str]) -> int:
    with world.open_as(story.owner) as work:
        return claim_organisation(work, given["partner"], name=given["name"], kind=given["kind"])


def _confirm(world: World, story: Story, organisation_id: int) -> None:
    """The lead's focal point confirms its organisation, unless somebody has."""
    focal_point = world.open_as(f"focal.{story.partners[0].lower()}@demo.example")
    with suppress(NotNow), focal_point as work:
        confirm_organisation(work, organisation_id)
