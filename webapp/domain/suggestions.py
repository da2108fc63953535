"""Suggestions for a proposal: another mapping, a merge, a duplicate; who says what to them (R20, R71)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from webapp.domain import mapping as mappings
from webapp.domain.answers import answer_problems
from webapp.domain.completeness.sections import results
from webapp.domain.problems import Problem
from webapp.domain.references import is_mistyped, read_reference
from webapp.domain.texts import count_characters, is_blank

SUGGESTION_KINDS = ("mapping", "merge", "duplicate")
LINK_KINDS = ("merge", "duplicate")
# open: the secretariat looks at it · offered: the applicant is asked · accepted, answered: what the applicant
# said · taken: linked by the secretariat · set_aside: turned down, or taken back, with a reason
SUGGESTION_STATES = ("open", "offered", "accepted", "answered", "taken", "set_aside")
TEXT_AT_MOST = 2000
SECTION = "suggestion"


def suggestion_problems(
    kind: str, reason: str, mapped: mappings.Mapping | None, reference: str, own_reference: str
) -> list[Problem]:
    """Everything to mend before a suggestion is made, each at its field."""
    found: list[Problem] = []
    if kind not in SUGGESTION_KINDS:
        found.append(Problem(SECTION, "kind", "suggestion_kind_missing"))
    if is_blank(reason):
        found.append(Problem(SECTION, "reason", "suggestion_reason_missing"))
    found += text_problems("reason", reason)
    if kind == "mapping" and (mapped is None or mapped.primary is None):
        found.append(Problem(SECTION, "primary", "mapping_primary_missing"))
    if kind in LINK_KINDS:
        found += _reference_problems(reference, own_reference)
    return found


def mapping_problems(
    mapped: mappings.Mapping, before: mappings.Mapping, open_articles: Collection[int]
) -> list[Problem]:
    """What keeps a mapping from being suggested: the rules of every mapping (R14), and that it says something new."""
    found = [
        Problem(SECTION, one.field, one.code, one.params)
        for one in mappings.problems(mapped, open_articles)
        if not one.field.startswith("justifications")
    ]
    same = mapped.primary == before.primary and set(mapped.secondary) == set(before.secondary)
    return found or ([Problem(SECTION, "primary", "suggestion_same_mapping")] if same else [])


def added_articles(mapped: mappings.Mapping, before: mappings.Mapping) -> tuple[int, ...]:
    """The articles that the mapping adds; each wants a justification and its answers before it is accepted."""
    return tuple(number for number in mapped.articles if number not in before.articles)


def apply_mapping(
    content: Mapping[str, Any],
    mapped: mappings.Mapping,
    justifications: Mapping[int, str],
    answers: mappings.Answers | None = None,
) -> dict[str, Any]:
    """The section of articles with this mapping: justifications and answers kept and added, some put aside (R16)."""
    texts = dict(content.get("justifications") or {})
    texts |= {str(number): text.strip() for number, text in justifications.items()}
    given = {**(content.get("answers") or {}), **(answers or {})}
    arranged = mappings.rearrange_answers(mapped, given, content.get("aside") or {})
    return {
        **content,
        "primary": mapped.primary,
        "secondary": list(mapped.secondary),
        "justifications": texts,
        "answers": arranged.answers,
        "aside": arranged.aside,
    }


def justification_problems(added: Sequence[int], justifications: Mapping[int, str]) -> list[Problem]:
    """What is wrong with the justifications of the articles that are added (R15)."""
    judged = mappings.Mapping(added[0], tuple(added[1:]), justifications) if added else None
    found = mappings.problems(judged, added) if judged else []
    return [Problem(SECTION, f"article_{one.params['article']}", one.code, one.params) for one in found]


def asked_problems(
    asked: Collection[mappings.Asked],
    answers: mappings.Answers,
    indicators: Mapping[str, Any],
    partners: Collection[str],
    *,
    with_results: bool,
) -> list[Problem]:
    """What is wrong with the answers that the added articles ask for, and with their indicators (R16).

    `partners` are the codes that a city pair may name; without `with_results` the call has switched them off.
    """
    found = answer_problems(asked, answers, partners, complete=True)
    return found + (list(results({"indicators": indicators}, asked)) if with_results else [])


def text_problems(field: str, text: str) -> list[Problem]:
    """That a text is not too long."""
    over = count_characters(text) - TEXT_AT_MOST
    return [Problem(SECTION, field, "too_long", {"most": TEXT_AT_MOST})] if over > 0 else []


def _reference_problems(reference: str, own_reference: str) -> list[Problem]:
    read = read_reference(reference)
    if read is None or is_mistyped(reference):
        return [Problem(SECTION, "other_reference", "suggestion_reference_missing")]
    if str(read) == own_reference:
        return [Problem(SECTION, "other_reference", "suggestion_reference_own")]
    return []
