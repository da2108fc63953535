"""What a screener should look at first, as short findings with a sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.initiative import Initiative
from webapp.domain.mapping import JUSTIFICATION_AT_LEAST, read_mapping
from webapp.domain.texts import count_characters, is_blank
from webapp.pages.shared.filters import list_words
from webapp.pages.shared.reader import partner_name
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.queries.proposals.reading import ProposalView

Finding = tuple[str, str]
LEAST_PARTNERS = 2
MAY_BE_EMPTY = ("documents",)


def screening_checks(view: ProposalView, initiative: Initiative) -> list[Finding]:
    """Completeness, partners, mapping, organisations, documents: each one finding, good or not."""
    return [
        _completeness(view.content),
        *_partners(view.section("partners")),
        *_mapping(view.section("articles"), initiative),
        *_organisations(view),
        *_documents(view),
    ]


def _completeness(content: Mapping[str, Any]) -> Finding:
    asked = [section for section in SECTION_NAMES if section in content and section not in MAY_BE_EMPTY]
    empty = [str(SECTION_NAMES[section]) for section in asked if is_blank(content[section])]
    if empty:
        return "warn", _("Sections without an answer: %(sections)s", sections=list_words(empty))
    return "ok", _("It was checked as a whole when it was submitted, and nothing was missing")


def _partners(content: Mapping[str, Any]) -> Iterator[Finding]:
    codes = [content.get("lead_partner"), *(one.get("partner") for one in content.get("participants") or ())]
    partners = [code for code in dict.fromkeys(codes) if code]
    names = list_words(partner_name(code) for code in partners)
    if len(partners) >= LEAST_PARTNERS:
        yield "ok", _("Partners that take part: %(partners)s", partners=names)
    else:
        yield "bad", _("It names fewer than two partners of the initiative")


def _mapping(content: Mapping[str, Any], initiative: Initiative) -> Iterator[Finding]:
    mapping = read_mapping(content)
    thin = [
        str(number)
        for number in mapping.articles
        if count_characters(mapping.justifications.get(number, "")) < JUSTIFICATION_AT_LEAST
    ]
    unknown = [str(number) for number in mapping.articles if initiative.article(number) is None]
    if not mapping.articles:
        yield "bad", _("No article is mapped")
    elif thin or unknown:
        yield (
            "warn",
            _("Articles without a sufficient justification: %(articles)s", articles=list_words(thin + unknown)),
        )
    else:
        yield (
            "ok",
            ngettext(
                "%(num)s article is mapped, with its justification",
                "%(num)s articles are mapped, each with its justification",
                len(mapping.articles),
            ),
        )


def _organisations(view: ProposalView) -> Iterator[Finding]:
    claimed = [one.name for one in view.organisations.values() if not one.is_confirmed]
    if claimed:
        yield "warn", _("Claimed, and not confirmed by their partner yet: %(names)s", names=list_words(claimed))
    elif view.organisations:
        yield "ok", _("Every organisation is confirmed by its partner")
    else:
        yield "warn", _("It names no organisation")


def _documents(view: ProposalView) -> Iterator[Finding]:
    states = Counter(one.state for one in view.documents)
    refused, waiting, accepted = states["refused"], states["received"], states["accepted"]
    if refused:
        yield "bad", ngettext("%(num)s document was refused", "%(num)s documents were refused", refused)
    if waiting:
        yield "warn", ngettext("%(num)s document is not checked yet", "%(num)s documents are not checked yet", waiting)
    if not refused and not waiting:
        words = ngettext("%(num)s document, checked", "%(num)s documents, all checked", accepted)
        yield "ok", words if accepted else _("No document is attached")
