"""One proposal as staff see it: where it stands and what can be done, its history, its versions and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from webapp.domain.policy import Action
from webapp.pages.desk.event_words import event_words
from webapp.pages.desk.moves import buttons
from webapp.pages.desk.room import desk
from webapp.pages.desk.tabs import tabs
from webapp.pages.desk.words import stage_words, turn_words
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.pages.shared.version_words import changed_sections
from webapp.queries import screening as ask
from webapp.queries.access import find_proposal
from webapp.queries.audit import HistoryLine, list_history
from webapp.queries.proposals.reading import read_proposal


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history, as the timeline shows it."""

    text: str
    at: datetime
    who: str
    reason: str
    url: str = ""
    link: str = ""


@desk.get("/desk/proposals/<reference>")
@opens_to(Action.SEE_DESK)
def proposal(reference: str) -> str:
    """Where a proposal stands, whose turn it is, what the reader can do, and the proposal itself."""
    rules = rulebook()
    with wiring().open_reading() as session:
        found = ask.find_desk_proposal(session, rules, actor(), reference, now=moment())
        versions = ask.list_versions(session, found.head.id)
        view = read_proposal(session, rules, found.head)
    return render_template(
        "desk/proposal.html",
        found=found,
        view=view,
        versions=versions,
        tag_words=stage_words(found.row),
        turn=turn_words(found.stage),
        buttons=buttons(found),
        tabs=tabs(found, "proposal"),
        now=moment(),
    )


@desk.get("/desk/proposals/<reference>/history")
@opens_to(Action.SEE_DESK)
def history(reference: str) -> str:
    """Every event of a proposal in words, with who did it, why and on which version."""
    rules = rulebook()
    with wiring().open_reading() as session:
        found = ask.find_desk_proposal(session, rules, actor(), reference, now=moment(), to=Action.READ_AUDIT)
        lines = list_history(session, "proposal", found.head.id)
    return render_template(
        "desk/history.html",
        found=found,
        tag_words=stage_words(found.row),
        tabs=tabs(found, "history"),
        events=[_told(line) for line in lines],
    )


@desk.get("/desk/proposals/<reference>/versions/<int:older>/<int:newer>")
@opens_to(Action.SEE_DESK)
def versions(reference: str, older: int, newer: int) -> str:
    """What changed between two versions, field by field (R11)."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.READ_PROPOSAL)
        before, after = ask.find_contents(session, head.id, (older, newer))
    return render_template(
        "desk/versions.html",
        head_=head,
        older=older,
        newer=newer,
        sections=changed_sections(before, after),
    )


def _told(line: HistoryLine) -> Told:
    who = line.actor or _("Proposal Desk")
    if line.acting_for:
        who = _("%(person)s, for %(other)s", person=line.actor, other=line.acting_for)
    if line.payload.get("made_by") == "system":
        who = _("Proposal Desk, after what %(person)s did", person=line.actor)
    text = event_words(line.name)
    if line.version:
        text = _("%(event)s (version %(number)s)", event=text, number=line.version)
    return Told(text, line.at, who, _reasons(line.payload))


def _reasons(payload: dict[str, Any]) -> str:
    """What people wrote with an event: the reason, then what they asked of each section."""
    parts = [str(payload[name]) for name in ("reason", "note", "text", "question", "answer") if payload.get(name)]
    sections = payload.get("sections")
    if isinstance(sections, dict):
        parts += [
            _("%(section)s: %(text)s", section=SECTION_NAMES.get(section, section), text=text)
            for section, text in sections.items()
        ]
    return "\n".join(parts)
