"""The second step of signing in, and showing once more who one is before dangerous things."""

from __future__ import annotations

from typing import Any

from flask import Response as JsonResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import NotFound
from webapp.domain.people import PUBLIC
from webapp.domain.policy import Action
from webapp.pages.people.forms import PasswordAgainForm, SecondFactorForm
from webapp.pages.people.going_in import go_in
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.cookies import drop_session_cookie, session_token
from webapp.pages.shared.guard import actor, inside_site, opens_to, public
from webapp.queries.factors import Factors, find_factors
from webapp.services.people.factors import proving
from webapp.services.people.factors.proving import Given, Proved
from webapp.services.sessions import find_waiting


@people.route("/sign-in/second", methods=["GET", "POST"])
@public("the browser's waiting session is the right; it signs nobody in before the second factor is given")
def second() -> Any:
    """Ask for the second factor after the password."""
    wanted = inside_site(request.values.get("next")) or ""
    with wiring().open_work(PUBLIC) as work:
        person_id = find_waiting(work, session_token())
        factors = find_factors(work.session, person_id) if person_id else None
    if factors is None:
        return redirect(url_for("people.sign_in", next=wanted or None), 303)
    form, status = SecondFactorForm(), 200
    if form.validate_on_submit():
        with wiring().open_work(PUBLIC) as work:
            done = proving.finish_sign_in(
                work,
                session_token(),
                _given(form),
                network=request.remote_addr or "",
                device=request.user_agent.string,
            )
        if done.token:
            return go_in(done.token, wanted)
        if done.refused == "over":
            return _begin_again(wanted)
        status = _say(form, done)
    return _ask(form, factors, status, wanted=wanted, again=False)


@people.post("/sign-in/second/passkey")
@public("the browser's waiting session is the right; the answer is a challenge to sign")
def second_passkey() -> Response:
    """What the browser's passkey has to sign."""
    with wiring().open_work(PUBLIC) as work:
        options = proving.ask_passkey_to_sign_in(work, session_token())
    return as_json(options)


@people.route("/account/step-up", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
def step_up() -> Any:
    """Ask once more who it is, before something dangerous."""
    wanted = inside_site(request.values.get("next")) or url_for("people.security")
    with wiring().open_reading() as session:
        factors = find_factors(session, actor().person_id or 0)
    form: FlaskForm = SecondFactorForm() if factors.any else PasswordAgainForm()
    status = 200
    if form.validate_on_submit():
        given = _given(form) if factors.any else Given()
        password = "" if factors.any else form["password"].data
        with wiring().open_work(actor()) as work:
            done = proving.step_up(work, session_token(), given, password=password)
        if done.token:
            return redirect(wanted, 303)
        if done.refused == "over":
            return _begin_again(wanted)
        status = _say(form, done)
    return _ask(form, factors, status, wanted=wanted, again=True)


@people.post("/account/step-up/passkey")
@opens_to(Action.USE_ACCOUNT)
def step_up_passkey() -> Response:
    """What the browser's passkey has to sign."""
    with wiring().open_work(actor()) as work:
        options = proving.ask_passkey_to_step_up(work, session_token())
    return as_json(options)


def as_json(text: str) -> Response:
    """Options for the browser, as they are; NotFound where there are none."""
    if not text:
        raise NotFound
    return JsonResponse(text, mimetype="application/json")


def _given(form: FlaskForm) -> Given:
    return Given(code=form["code"].data or "", passkey=form["passkey"].data or "")


def _ask(form: FlaskForm, factors: Factors, status: int, *, wanted: str, again: bool) -> tuple[str, int]:
    page = render_template(
        "people/second.html",
        form=form,
        factors=factors,
        wanted=wanted,
        again=again,
        has_passkeys=bool(factors.passkeys) and wiring().ports.passkeys.is_offered,
    )
    return page, 422 if form.errors and status == 200 else status


def _begin_again(wanted: str) -> Response:
    flash(_("The time for this is over, or there were too many tries. Sign in again."), "warn")
    answer = redirect(url_for("people.sign_in", next=wanted or None), 303)
    drop_session_cookie(answer)
    return answer


def _say(form: FlaskForm, done: Proved) -> int:
    """Say at the field what went wrong; returns the answer's status."""
    field = form["code"] if "code" in form else form["password"]
    if done.refused == "too_many":
        field.say(_("There were too many tries from here. Wait a quarter of an hour."))
        return 429
    if "code" in form:
        field.say(
            _("This does not fit. Enter the code that the app shows now, or a recovery code that is not used yet.")
        )
    else:
        field.say(_("This is not your password. Enter the password that you sign in with."))
    return 422
