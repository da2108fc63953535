"""The initiative: its text, the profiles of its articles, its partners and vocabulary (R16, R17, R67)."""

from __future__ import annotations

from webapp.domain.initiative.checks import problems
from webapp.domain.initiative.reading import UnreadableInitiative, parse_initiative
from webapp.domain.initiative.shape import (
    Article,
    ArticleGroup,
    Criterion,
    Direction,
    Expertise,
    Indicator,
    Initiative,
    Option,
    Organisation,
    PanelRule,
    PartnerEntry,
    Preamble,
    Profile,
    Question,
    QuestionKind,
    Sentence,
    Term,
    Vocabulary,
    find_term,
)
from webapp.domain.initiative.wording import put_in_words

__all__ = [
    "Article",
    "ArticleGroup",
    "Criterion",
    "Direction",
    "Expertise",
    "Indicator",
    "Initiative",
    "Option",
    "Organisation",
    "PanelRule",
    "PartnerEntry",
    "Preamble",
    "Profile",
    "Question",
    "QuestionKind",
    "Sentence",
    "Term",
    "UnreadableInitiative",
    "Vocabulary",
    "find_term",
    "parse_initiative",
    "problems",
    "put_in_words",
]
