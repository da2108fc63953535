"""The secretariat's acts on a panel, each from a page that asks first (R36, R38)."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.reviews.answering import say
from webapp.pages.reviews.forms import AddForm, LeaveForm
from webapp.pages.reviews.panel import ask_page, load_panel
from webapp.pages.reviews.room import reviews
from webapp.pages.shared.context import form_key, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.routing import PanelView, Seated
from webapp.services.routing import by_hand as verbs

Answer = str | tuple[str, int] | Response


@reviews.route("/desk/proposals/<reference>/panel/add/<int:person_id>", methods=["GET", "POST"])
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def add_reviewer(reference: str, person_id: int) -> Answer:
    """Put somebody on the panel, perhaps in place of somebody proposed."""
    form = AddForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.add_reviewer(
                    work,
                    reference,
                    person_id,
                    revision=_revision(),
                    reason=form.reason.data,
                    in_place_of=request.form.get("in_place_of", ""),
                )
            flash(_("Added. The invitation goes out when you release the panel."), "ok")
            return _back(reference)
        except Invalid as invalid:
            say(form, invalid)
    found = load_panel(reference)
    one = next((one for one in (*found.eligible, *found.hindered) if one.person_id == person_id), None)
    if one is None:
        raise NotFound
    chosen = request.form.get("in_place_of", "")
    return ask_page("reviews/add.html", form, found, one=one, chosen=chosen)


@reviews.route("/desk/proposals/<reference>/panel/remove/<public_id>", methods=["GET", "POST"])
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def remove_reviewer(reference: str, public_id: str) -> Answer:
    """Take somebody off the panel."""
    form = LeaveForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.remove_reviewer(work, reference, public_id, revision=_revision(), reason=form.reason.data)
            flash(_("Taken off the panel."), "ok")
            return _back(reference)
        except Invalid as invalid:
            say(form, invalid)
    found = load_panel(reference)
    return ask_page("reviews/remove.html", form, found, one=_seated(found, public_id))


@reviews.route("/desk/proposals/<reference>/panel/conflict/<int:person_id>", methods=["GET", "POST"])
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def note_conflict(reference: str, person_id: int) -> Answer:
    """Note somebody's conflict of interest."""
    form = LeaveForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.note_conflict(work, reference, person_id, revision=_revision(), reason=form.reason.data)
            flash(_("The conflict of interest is noted."), "ok")
            return _back(reference)
        except Invalid as invalid:
            say(form, invalid)
    found = load_panel(reference)
    if person_id not in found.names:
        raise NotFound
    return ask_page("reviews/note_conflict.html", form, found, person_id=person_id, name=found.names[person_id])


@reviews.route("/desk/proposals/<reference>/panel/release", methods=["GET", "POST"])
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def release(reference: str) -> Answer:
    """Invite everybody who is proposed."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            count = verbs.release_panel(work, reference, revision=_revision(), form_key=form_key())
        flash(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", count), "ok")
        return _back(reference)
    found = load_panel(reference)
    return ask_page("reviews/release.html", AddForm(), found) if found.proposed else _back(reference)


@reviews.post("/desk/proposals/<reference>/panel/route")
@opens_to(Action.ROUTE_PROPOSAL, judged_by_verb=True)
def route_again(reference: str) -> Answer:
    """Have the panel proposed anew."""
    with wiring().open_work(actor()) as work:
        verbs.route_again(work, reference, revision=_revision())
    flash(_("The panel is being proposed anew. Reload this page in a moment."), "info")
    return _back(reference)


def _revision() -> int:
    return request.form.get("revision", 0, type=int)


def _back(reference: str) -> Response:
    return redirect(url_for("reviews.panel", reference=reference), 303)


def _seated(found: PanelView, public_id: str) -> Seated:
    for one in found.live:
        if one.public_id == public_id:
            return one
    raise NotFound
