"""Example values of everything a notice's template may say: for checks, previews and rehearsals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from webapp.domain.notices import Notice
from webapp.domain.rulebook import Rulebook
from webapp.queries.notices.events import EXAMPLE_DUE, examples_of
from webapp.queries.notices.letters import EventWords, PartnerWords, ProposalWords, RecipientWords

REFERENCE = "PD-2027-00148-3"
PAYLOAD: Mapping[str, object] = {
    "version": 2,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "title": "Digital villages 2027",
    "left": 8,
    "cause": "bounced",
    "code": "villages-2027",
    "assignment": 1,
    "condition": 1,
    "day": "2027-03-11",
    "root": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
}
# Variables of the frame; a wording has no use for them.
OF_FRAME = frozenset({"path", "settings_url", "reference"})


def example_words(notice: Notice, rules: Rulebook, language: str = "en") -> dict[str, object]:
    """The notice's variables, filled with a proposal that there might be."""
    base_url = rules.limits.base_url
    lead, other = rules.initiative.partners[0], rules.initiative.partners[1]
    proposal = ProposalWords(
        reference=REFERENCE,
        title="A telemedicine link for river communities",
        stage="endorsement",
        url=f"{base_url}/proposals/{REFERENCE}",
        call="Digital villages 2027",
        lead_partner=lead.name(language),
        partners=(lead.name(language), other.name(language)),
        partner_codes=(lead.code, other.code),
        articles=(5, 1, 10),
        due_at=EXAMPLE_DUE,
    )
    return {
        "recipient": RecipientWords("Awa Jallow", language, "Africa/Banjul"),
        "event": EventWords(notice.event, EXAMPLE_DUE, PAYLOAD, "Lamin Ceesay" if notice.names_actor else ""),
        "proposal": proposal,
        "partner": PartnerWords(other.code, other.name(language)),
        "due_at": EXAMPLE_DUE,
        "path": "/",
        "action_link": f"{base_url}/proposals/{REFERENCE}",
        "base_url": base_url,
        "initiative": rules.initiative.title,
        "reference": REFERENCE,
        **examples_of(notice.id),
    }


def names_of(words: Mapping[str, object]) -> dict[str, object]:
    """Each name that a wording may say, written with its dots, with its example: `proposal.title`."""
    found: dict[str, object] = {}
    for name, value in words.items():
        if name in OF_FRAME:
            continue
        if is_dataclass(value):
            for field in fields(value):
                inner = getattr(value, field.name)
                if not isinstance(inner, Mapping):
                    found[f"{name}.{field.name}"] = inner
        else:
            found[name] = value
    return found
