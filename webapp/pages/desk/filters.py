"""The state of the list as an address: filters, operators in the search, saved views (ux-guide §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.domain.initiative import Initiative
from webapp.domain.rulebook import Rulebook
from webapp.domain.stages import STAGES
from webapp.pages.shared.reader import partner_name, stage_tag
from webapp.queries.desk import Filters

OPERATORS = ("partner", "article", "stage", "overdue")
SEARCH_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the list; `live` stands for all stages in which somebody has to act."""

    stage: str = ""
    article: str = ""
    partner: str = ""
    overdue: bool = False
    words: str = ""

    def params(self, **changed: Any) -> dict[str, Any]:
        """The parameters of the address, those that say nothing left out."""
        one = replace(self, **changed)
        given = {
            "stage": one.stage,
            "article": one.article,
            "partner": one.partner,
            "overdue": "1" if one.overdue else "",
            "q": one.words,
        }
        return {name: value for name, value in given.items() if value}


def read_asked(args: Mapping[str, str], rules: Rulebook) -> Asked:
    """What the address asks; operators in the search (`partner:KE article:5`) become filters, nonsense falls away."""
    given = {name: args.get(name, "").strip() for name in ("stage", "article", "partner", "overdue")}
    rest = []
    for word in args.get("q", "").replace("\ufffd", "")[:SEARCH_AT_MOST].split():
        name, colon, value = word.partition(":")
        if colon and value and name.lower() in OPERATORS:
            given[name.lower()] = value
        else:
            rest.append(word)
    stage = given["stage"].lower()
    partner = given["partner"].upper()
    return Asked(
        stage=stage if stage == "live" or stage in STAGES else "",
        article=given["article"] if _is_article(rules.initiative, given["article"]) else "",
        partner=partner if rules.initiative.partner(partner) else "",
        overdue=given["overdue"] not in ("", "0"),
        words=" ".join(rest),
    )


def as_filters(asked: Asked, rules: Rulebook) -> Filters:
    """The same for the question."""
    live = {stage for workflow in rules.workflows.values() for stage in workflow.live if stage != workflow.starts_in}
    stages = tuple(sorted(live)) if asked.stage == "live" else (asked.stage,) if asked.stage else ()
    return Filters(
        stages=stages,
        article=int(asked.article) if asked.article else None,
        partner=asked.partner,
        overdue=asked.overdue,
        words=asked.words,
    )


def address(asked: Asked, page: int = 1, **changed: Any) -> str:
    """The list's address with something changed; without a page it begins at the first."""
    params = asked.params(**changed) | ({"page": page} if page > 1 else {})
    return url_for("desk.list_proposals", **params)


def chips_in_force(asked: Asked) -> list[tuple[str, str, bool]]:
    """The filters in force, each a link that takes it off."""
    found = []
    if asked.stage and asked.stage != "live":
        found.append((stage_tag(asked.stage, "staff")[0], address(asked, stage=""), True))
    if asked.article:
        found.append((_("Article %(number)s", number=asked.article), address(asked, article=""), True))
    if asked.partner:
        found.append((partner_name(asked.partner), address(asked, partner=""), True))
    if asked.overdue:
        found.append((_("Overdue"), address(asked, overdue=False), True))
    if asked.words:
        found.append((_("“%(words)s”", words=asked.words), address(asked, words=""), True))
    return found


def saved_views(asked: Asked, rules: Rulebook) -> list[tuple[str, list[tuple[str, str, None, bool]]]]:
    """The views beside the list: what waits for somebody, then every stage of any workflow."""
    first = [
        (_("Somebody has to act"), Asked(stage="live")),
        (_("Overdue"), Asked(overdue=True)),
        (_("All proposals"), Asked()),
    ]
    stages = [(stage_tag(stage, "staff")[0], Asked(stage=stage)) for stage in submitted_stages(rules)]
    return [
        (heading, [(text, address(view), None, view == asked) for text, view in views])
        for heading, views in ((_("Proposals"), first), (_("By stage"), stages))
    ]


def submitted_stages(rules: Rulebook) -> list[str]:
    """The stages that a submitted proposal can be in under any workflow, in the order of a life."""
    known = {stage.id for one in rules.workflows.values() for stage in one.stages if stage.id != one.starts_in}
    return [stage for stage in STAGES if stage in known]


def _is_article(initiative: Initiative, text: str) -> bool:
    return text.isascii() and text.isdigit() and initiative.article(int(text)) is not None
