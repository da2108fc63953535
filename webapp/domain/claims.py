"""Claims: the sentences of a mapped article that a project serves, with one sentence of evidence each (R67).

Reviewers answer each claim; one that most of them do not find shown does not count in the coverage.

In content, below "claims": {"12": {"s2": {"evidence": "one sentence", "indicator": "<indicator id>"}}}. The key of
a claim is the part of the sentence's anchor (A12.s2) that follows the article; the title, s0, is no claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain.initiative import Indicator, Sentence
from webapp.domain.mapping import SECTION, Asked
from webapp.domain.problems import Problem
from webapp.domain.texts import count_characters, is_blank

EVIDENCE_AT_MOST = 400
TITLE = "s0"
AGREED, WEAK, NOT_SHOWN, RATHER = "agreed", "weak", "not_shown", "rather"
ANSWERS = (AGREED, WEAK, NOT_SHOWN, RATHER)
"""What a reviewer can answer to a claim; rather: it serves another article than this."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that is served: what shows it, and the indicator that counts it, where one does."""

    article: int
    sentence: Sentence
    evidence: str
    indicator: Indicator | None

    @property
    def key(self) -> str:
        """The claim's key on a score sheet, such as 12.s2."""
        return f"{self.article}.{key_of(self.sentence)}"


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What a reviewer says to a claim; `article` is the one that it rather serves, where the answer is that."""

    answer: str
    article: int | None = None


def read_answer(raw: object, claim: Claim, articles: Iterable[int]) -> ClaimAnswer | None:
    """An answer as it was stored or sent; None where it is none. An article is kept only with `rather`."""
    given = raw if isinstance(raw, Mapping) else {}
    word, number = given.get("answer"), str(given.get("article") or "")
    if word not in ANSWERS:
        return None
    others = (one for one in articles if one != claim.article and str(one) == number)
    return ClaimAnswer(word, next(others, None) if word == RATHER else None)


def is_borne_out(answers: Iterable[ClaimAnswer]) -> bool:
    """Whether a claim counts: unless more of the reviewers doubt it (not shown, rather another) than do not."""
    doubts = [one.answer in (NOT_SHOWN, RATHER) for one in answers]
    return 2 * sum(doubts) <= len(doubts)


def key_of(sentence: Sentence) -> str:
    """How content names a sentence below its article."""
    return sentence.anchor.rpartition(".")[2]


def claimable(asked: Asked) -> tuple[Sentence, ...]:
    """The sentences of an article that a project can claim to serve, in their order."""
    return tuple(sentence for sentence in asked.article.sentences if key_of(sentence) != TITLE)


def read_claims(content: Mapping[str, Any], asked: Asked) -> tuple[Claim, ...]:
    """What is claimed for one mapped article; a sentence without evidence is not claimed."""
    given = _given(content, asked)
    indicators = {indicator.id: indicator for indicator in asked.indicators}
    found = []
    for sentence in claimable(asked):
        claim = given.get(key_of(sentence))
        if isinstance(claim, Mapping) and isinstance(claim.get("evidence"), str) and not is_blank(claim["evidence"]):
            indicator = indicators.get(str(claim.get("indicator") or ""))
            found.append(Claim(asked.article.number, sentence, claim["evidence"].strip(), indicator))
    return tuple(found)


def claim_problems(content: Mapping[str, Any], asked: Iterable[Asked]) -> Iterator[Problem]:
    """What is wrong with the claims; none has to be made."""
    for entry in asked:
        for claim in read_claims(content, entry):
            over = count_characters(claim.evidence) - EVIDENCE_AT_MOST
            if over > 0:
                where = f"claims.{entry.key}.{key_of(claim.sentence)}.evidence"
                params: dict[str, str | int] = {"article": claim.article, "most": EVIDENCE_AT_MOST, "over": over}
                yield Problem(SECTION, where, "claim_too_long", params)


def _given(content: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    claims = content.get("claims")
    given = claims.get(asked.key) if isinstance(claims, Mapping) else None
    return given if isinstance(given, Mapping) else {}
