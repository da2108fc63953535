"""A person's own data: what is held, taken along as a file, and erasure; and erasure by the secretariat (R60)."""

from __future__ import annotations

from typing import Any

from flask import Response as JsonAnswer
from flask import flash, redirect, render_template, url_for
from flask.json import dumps
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import NotFound
from webapp.domain.policy import Action
from webapp.pages.people.forms import ErasureForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.cookies import drop_session_cookie
from webapp.pages.shared.guard import actor, opens_to, public, steps_up
from webapp.queries import people as ask
from webapp.queries import personal
from webapp.services import erasure as verbs


@people.get("/account/data")
@opens_to(Action.USE_ACCOUNT)
def own_data() -> str:
    """What is held of the person, and what they can do about it."""
    with wiring().open_reading() as session:
        own = ask.find_account(session, actor().person_id or 0)
    return render_template("people/personal.html", own=own)


@people.get("/account/data.json")
@opens_to(Action.USE_ACCOUNT)
@steps_up
def download_data() -> Response:
    """All of it as one file."""
    with wiring().open_reading() as session:
        held = personal.read_all(session, actor().person_id or 0)
    answer = JsonAnswer(dumps(held, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = "attachment; filename=proposal-desk-my-data.json"
    return answer


@people.route("/account/data/erase", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
@steps_up
def erase_own() -> Any:
    """Ask to be erased: done at once where nothing binds the person, else kept as a wish."""
    form = ErasureForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            holding = verbs.ask_for_erasure(work)
        if not holding.is_free:
            flash(_("The secretariat knows that you wish to be erased. What is listed here has to end first."), "ok")
            return redirect(url_for("people.own_data"), 303)
        answer = redirect(url_for("people.erased"), 303)
        drop_session_cookie(answer)
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer
    with wiring().open_reading() as session:
        holding = personal.find_holding(session, wiring().rules, actor().person_id or 0)
    return render_template("people/erase.html", form=form, holding=holding, person=None), 422 if form.errors else 200


@people.post("/account/data/keep")
@opens_to(Action.USE_ACCOUNT)
def take_back_erasure() -> Response:
    """No longer wish to be erased."""
    with wiring().open_work(actor()) as work:
        verbs.take_back_wish(work)
    flash(_("Your account stays as it is."), "ok")
    return redirect(url_for("people.own_data"), 303)


@people.get("/erased")
@public("says the same to everybody")
def erased() -> str:
    """Says that it is done."""
    return render_template("people/erased.html")


@people.route("/desk/people/<int:person_id>/erase", methods=["GET", "POST"])
@opens_to(Action.MANAGE_PEOPLE)
@steps_up
def erase(person_id: int) -> Any:
    """Erase somebody for whom it was asked."""
    form = ErasureForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            verbs.erase_person(work, person_id)
        flash(_("The person is erased. The record names them by a pseudonym."), "ok")
        return redirect(url_for("people.person", person_id=person_id), 303)
    with wiring().open_reading() as session:
        found = ask.find_person(session, person_id)
        holding = personal.find_holding(session, wiring().rules, person_id)
    if found is None or found.erased_at:
        raise NotFound
    return render_template("people/erase.html", form=form, holding=holding, person=found), 422 if form.errors else 200
