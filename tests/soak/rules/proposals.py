"""Proposals: references, versions and their hashes, budgets that add up, the mapping, who takes part."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select
from stdnum.iso7064 import mod_11_10

from tests.soak.judging import Look, rule
from webapp.domain.budgets import read_budget, shares
from webapp.domain.versions import content_hash
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import ProposalArticle


@rule("R4")
def references_are_valid_and_never_given_twice(look: Look) -> Iterator[str]:
    """ISO 7064 MOD 11,10 over year and number, checked by another library; one proposal each, for ever."""
    for proposal in look.seen.proposals:
        prefix, year, number, check = proposal.reference.split("-")
        if prefix != "PD" or not mod_11_10.is_valid(year + number + check):
            yield f"{proposal.reference} is no reference"
        if look.world.memory.references.setdefault(proposal.reference, proposal.id) != proposal.id:
            yield f"{proposal.reference} was given twice"


@rule("R10", "R11")
def versions_are_what_was_submitted(look: Look) -> Iterator[str]:
    """A submitted proposal stands on its newest version, whose hash is that of its content."""
    for proposal in look.seen.proposals:
        versions = look.seen.versions.get(proposal.id, [])
        newest = versions[-1].id if versions else None
        if proposal.current_version_id != newest or (proposal.submitted_at is None) != (newest is None):
            yield f"{proposal.reference} stands on version {proposal.current_version_id}, its newest is {newest}"
        for version in versions[-1:]:
            if version.sha256 != content_hash(version.content):
                yield f"version {version.id} has another hash than its content"


@rule("R7", "R8")
def budgets_add_up(look: Look) -> Iterator[str]:
    """Of the newest version: lines add up to the total and the shares, sources cover them, two partners take part."""
    for versions in look.seen.versions.values():
        content = versions[-1].content
        given = content["budget"]
        lines = sum((Decimal(line["amount"]) for line in given["lines"]), Decimal(0))
        budget = read_budget(given)
        if budget.total != lines or sum((one.amount for one in shares(budget)), Decimal(0)) != lines:
            yield f"version {versions[-1].id}: {budget.total} is not {lines}"
        if sum((Decimal(source["amount"]) for source in given["sources"]), Decimal(0)) < lines:
            yield f"version {versions[-1].id}: its sources do not cover it"
        codes = {content["partners"]["lead_partner"], *(one["partner"] for one in content["partners"]["participants"])}
        if len(codes) < 2:
            yield f"version {versions[-1].id}: {codes} alone"


@rule("R14", "R20")
def the_mapping_is_that_of_the_version(look: Look) -> Iterator[str]:
    """One primary article, no more than four others; those of the version, unless another mapping was agreed since."""
    numbers = {row.id: row.number for row in look.session.scalars(select(ArticleRow))}
    mapped: dict[int, list[int]] = {}
    for row in look.session.scalars(select(ProposalArticle).order_by(ProposalArticle.place)):
        mapped.setdefault(row.proposal_id, []).append(numbers[row.article_id])
    for proposal in look.seen.proposals:
        versions = look.seen.versions.get(proposal.id, [])
        if not versions:
            continue
        given = versions[-1].content["articles"]
        wanted = [given["primary"], *given["secondary"]]
        agreed = [
            [one.mapping["primary"], *one.mapping["secondary"]]
            for one in look.seen.suggestions.get(proposal.id, [])
            if one.applied_at is not None and one.mapping and one.version_id == versions[-1].id
        ]
        if mapped.get(proposal.id) not in (wanted, *agreed):
            yield f"{proposal.reference} is mapped to {mapped.get(proposal.id)}, its version to {wanted}"


@rule("R30")
def who_takes_part_is_as_submitted(look: Look) -> Iterator[str]:
    """The partners of a submitted proposal are those of its newest version, the lead among them."""
    codes = {partner.id: partner.code for partner in look.seen.partners.values()}
    for proposal in look.seen.proposals:
        versions = look.seen.versions.get(proposal.id, [])
        if not versions:
            continue
        content = versions[-1].content["partners"]
        wanted = {one["partner"]: False for one in content["participants"]} | {content["lead_partner"]: True}
        stands = {codes[partner]: lead for partner, lead in look.seen.taking_part.get(proposal.id, {}).items()}
        if stands != wanted:
            yield f"{proposal.reference}: {stands} take part, its version says {wanted}"
