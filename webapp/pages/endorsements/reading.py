"""The focal point’s queue, the page of one case, and the whole proposal as it is asked about; nothing acts (R35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.policy import Action
from webapp.pages.endorsements.room import endorsements
from webapp.pages.endorsements.words import ANSWERS, OTHER_STEPS, POINT_STATES
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.endorsement_words import MATERIAL, happened, state_tag
from webapp.pages.shared.field_words import field_words
from webapp.pages.shared.filters import list_words
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.version_words import changed_sections
from webapp.queries.access import find_proposal, may
from webapp.queries.endorsements.case import CasePage, find_case
from webapp.queries.endorsements.history import Happening, find_contents, list_partner_words
from webapp.queries.endorsements.queue import COUNTED_AT_MOST, VIEWS, list_queue
from webapp.queries.partners import list_managed
from webapp.queries.proposals.reading import read_proposal

VIEW_NAMES = {
    "waiting": _l("Waiting for you"),
    "answered": _l("Answered"),
    "all": _l("All proposals of your partner"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's history, as the timeline shows it."""

    text: str
    at: datetime
    who: str
    reason: str


@endorsements.get("/endorsements")
@opens_to(Action.SEE_ENDORSEMENTS)
def queue() -> str:
    """What waits for the reader's partners by due time, what was answered, all their proposals."""
    view = request.args.get("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    page = min(max(request.args.get("page", 1, int), 1), 10_000)
    with wiring().open_reading() as session:
        found = list_queue(session, actor(), view, page=page)
        own = list_managed(session, actor())
    several = len(actor().partner_ids()) > 1
    return render_template(
        "endorsements/queue.html",
        found=found,
        view=view,
        page=page,
        names=VIEW_NAMES,
        several=several,
        most=COUNTED_AT_MOST,
        own=own,
        now=moment(),
        state_tag=state_tag,
    )


@endorsements.get("/endorsements/<reference>/<code>")
@opens_to(Action.ENDORSE, judged_by_verb=True)
def case(reference: str, code: str) -> str:
    """One case: what is asked, what the reader can do, what was said."""
    return show_case(load_case(reference, code))


@endorsements.get("/endorsements/<reference>/<code>/proposal")
@opens_to(Action.ENDORSE, judged_by_verb=True)
def whole(reference: str, code: str) -> str:
    """The whole proposal in the version that the partner is asked about."""
    found = load_case(reference, code)
    with wiring().open_reading() as session:
        view = read_proposal(session, rulebook(), found.head, version_id=found.version_id)
    return render_template("endorsements/whole.html", found=found, view=view)


@endorsements.get("/proposals/<reference>/endorsements")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def words(reference: str) -> str:
    """What each partner has said on a proposal, for its applicant and everybody else who may read it."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.READ_PROPOSAL)
        found = list_partner_words(session, head.id)
    own = may(actor(), Action.READ_OWN_WORK, head.facts)
    return render_template("endorsements/words.html", head_=head, found=found, own=own, state_tag=state_tag)


def load_case(reference: str, code: str) -> CasePage:
    """The case for the reader; raises NotFound for anybody who does not speak for the partner."""
    with wiring().open_reading() as session:
        return find_case(session, rulebook(), actor(), reference, code, now=moment())


def show_case(found: CasePage, *, told: str = "", seen_version: int = 0) -> str:
    """The page of a case; `told` says what came meanwhile, and with `seen_version` what changed since that version."""
    contents = found.contents
    if seen_version:
        with wiring().open_reading() as session:
            contents = find_contents(session, found.head.id, seen_version, found.version_id)
    return render_template(
        "endorsements/case.html",
        found=found,
        told=told,
        answers=[(word, words) for word, words in ANSWERS.items() if word in found.steps],
        others=[(step, words) for step, words in OTHER_STEPS.items() if step in found.steps],
        field_words=field_words,
        point_states=POINT_STATES,
        can_acknowledge="acknowledge" in found.steps,
        changed=list_words([str(MATERIAL.get(name, name)) for name in found.changed]),
        sections=changed_sections(*contents) if contents else [],
        events=[line_of(one) for one in found.history],
        state_tag=state_tag,
        now=moment(),
    )


def line_of(one: Happening) -> Line:
    """An event of the case in words, with who acted for whom (R34)."""
    who = one.who
    if one.who and one.acting_for:
        who = _("%(person)s, for %(other)s", person=one.who, other=one.acting_for)
    return Line(happened(one.name), one.at, who, one.text)
