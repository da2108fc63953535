"""Where each move of a person leads, and the page that asks before a simple one is made."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, Refusal
from webapp.domain.policy import Action
from webapp.domain.workflow import Move, Offer
from webapp.pages.desk.room import desk
from webapp.pages.desk.words import effect_words, stage_words, told_words, undo_words
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries.screening import DeskProposal, find_desk_proposal
from webapp.services.screening import REASON_AT_MOST, make_desk_move

# Moves with a page of their own; those that a drafted decision stands before are made on its page.
OWN_PAGES = {
    "pass_screening": "desk.pass_it",
    "return_for_changes": "desk.return_it",
    "find_ineligible": "desk.find_it_ineligible",
}
DECIDING = "drafted_"
TURNING_DOWN = ("find_ineligible", "endorsement_failed")


@dataclass(frozen=True, slots=True)
class MoveButton:
    """One of the reader's moves: its words, where it leads, and what still stands in its way."""

    label: str
    url: str
    refusal: str
    kind: str
    key: str


class ReasonForm(FlaskForm):
    """The reason of a move."""

    reason = CharsField(
        _l("Reason"),
        max_chars=REASON_AT_MOST,
        rows=5,
        description=_l("The people concerned read it on the proposal’s page."),
    )


def buttons(found: DeskProposal) -> list[MoveButton]:
    """The reader's moves, the main one first; decisions are one button that leads to their page."""
    made: list[MoveButton] = []
    deciding = [offer for offer in found.offers if offer.move.guard.startswith(DECIDING)]
    if deciding:
        made.append(MoveButton(_("Decide"), f"{_page(found)}/decision", "", "", "A"))
    for offer in found.offers:
        if offer not in deciding:
            made.append(_button(found, offer, is_first=not made))
    return made


def _button(found: DeskProposal, offer: Offer, *, is_first: bool) -> MoveButton:
    move, reference = offer.move, found.head.reference
    url = (
        url_for(OWN_PAGES[move.id], reference=reference)
        if move.id in OWN_PAGES
        else url_for("desk.move", reference=reference, move_id=move.id)
    )
    turns_down = move.id in TURNING_DOWN
    kind = "" if is_first else "bad" if turns_down else "quiet"
    key = "A" if is_first else "D" if turns_down else "C" if move.reason_required else ""
    return MoveButton(_(move.name), url, refusal_words(offer.refusal) if offer.refusal else "", kind, key)


@desk.route("/desk/proposals/<reference>/move/<move_id>", methods=["GET", "POST"])
@opens_to(Action.SCREEN_PROPOSAL, judged_by_verb=True)
def move(reference: str, move_id: str) -> str | tuple[str, int] | Response:
    """Ask before one of the secretariat's simple moves, and make it."""
    form = ReasonForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                make_desk_move(
                    work, reference, move_id, revision=sent_revision(), reason=form.reason.data, form_key=form_key()
                )
            flash(_("Done."), "ok")
            return redirect(url_for("desk.proposal", reference=reference), 303)
        except Invalid as invalid:
            say(form, invalid)
    with wiring().open_reading() as session:
        found = find_desk_proposal(session, rulebook(), actor(), reference, now=moment(), to=Action.SCREEN_PROPOSAL)
    offer = offered(found, move_id)
    if move_id in OWN_PAGES or offer.move.guard.startswith(DECIDING):
        raise NotFound
    page = render_template("desk/move.html", form=form, bad=move_id in TURNING_DOWN, **asking(found, offer))
    return (page, 422) if form.errors else page


def offered(found: DeskProposal, move_id: str) -> Offer:
    """The reader's move of this id; raises what stands in its way, NotFound where it is none of theirs here."""
    for offer in found.offers:
        if offer.move.id == move_id:
            if offer.refusal is not None:
                raise offer.refusal
            return offer
    raise NotFound


def asking(found: DeskProposal, offer: Offer) -> dict[str, object]:
    """What a page that asks before a move shows: what happens, who is told, if it can be undone."""
    move: Move = offer.move
    workflow = rulebook().workflow(found.head.workflow)
    return {
        "found": found,
        "move": move,
        "tag_words": stage_words(found.row),
        "effect": effect_words(workflow, move, found.row, found.head.closed_from),
        "told": told_words(move.event),
        "undo": undo_words(workflow, move, found.head.closed_from),
        "revision": sent_revision() or found.head.revision,
        "once": form_key(),
    }


def sent_revision() -> int:
    """The revision that the person saw."""
    return request.form.get("revision", 0, type=int)


def say(form: FlaskForm, refusal: Refusal) -> None:
    """Put what the verb found at the form's fields."""
    for problem in refusal.problems if isinstance(refusal, Invalid) else ():
        field = form._fields.get(problem.field) or next(iter(form))
        field.say(problem_words(problem))


def _page(found: DeskProposal) -> str:
    return url_for("desk.proposal", reference=found.head.reference)
