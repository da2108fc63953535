"""The kinds of mail that a person can get, each by an example of its subject, and which of them can be switched off."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.notices import Notice
from webapp.domain.people import Role
from webapp.queries.notices.examples import example_words
from webapp.services.work import UnitOfWork

# Whom an audience means, by the seat that makes somebody one of them; those not named here can be anybody.
SEATED = {
    "secretariat": Role.SECRETARIAT,
    "other_secretariat": Role.SECRETARIAT,
    "uninvolved_secretariat": Role.SECRETARIAT,
    "administrators": Role.ADMINISTRATOR,
    "auditors": Role.AUDITOR,
    "focal_points": Role.FOCAL_POINT,
    "asked_focal_points": Role.FOCAL_POINT,
    "lead_focal_points": Role.FOCAL_POINT,
    "partner_focal_points": Role.FOCAL_POINT,
    "signatory": Role.FOCAL_POINT,
    "partner_deputies": Role.DEPUTY,
    "reviewers": Role.REVIEWER,
    "reviewers_done": Role.REVIEWER,
    "reviewer": Role.REVIEWER,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail: the notice's id, an example of its subject, whether it comes in any case."""

    id: str
    example: str
    is_mandatory: bool


def list_kinds(work: UnitOfWork, language: str, zone: str) -> list[Kind]:
    """The kinds of mail that the actor can get with the seats they have; those that can be switched off first."""
    rules, renderer = work.rules, work.ports.renderer
    found: dict[str, Kind] = {}
    for notice in rules.notices.notices():
        if notice.urgency != "app" and not notice.carries_secret and _concerns(work, notice):
            example = renderer.sentence(notice.template, language, zone, example_words(notice, rules, language))
            found.setdefault(example, Kind(notice.id, example, notice.is_mandatory))
    return sorted(found.values(), key=lambda kind: kind.is_mandatory)


def _concerns(work: UnitOfWork, notice: Notice) -> bool:
    return any(word not in SEATED or work.actor.has(SEATED[word]) for word in notice.audiences)
