"""Signing in: second factors added and removed, recovery codes, and the sessions that are open."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.people.devices import device_words
from webapp.pages.people.forms import CodeAppForm, PasskeyForm
from webapp.pages.people.room import people
from webapp.pages.people.second import as_json
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.cookies import session_token
from webapp.pages.shared.guard import actor, opens_to, steps_up
from webapp.pages.shared.problem_words import words
from webapp.queries import people as ask
from webapp.queries.factors import find_factors
from webapp.services.people import account as account_verbs
from webapp.services.people.factors import code_app, passkeys, recovery_codes


@people.get("/account/security")
@opens_to(Action.USE_ACCOUNT)
def security() -> str:
    """Address, password, second factors, sessions."""
    with wiring().open_reading() as session:
        factors = find_factors(session, actor().person_id or 0)
        limits = wiring().rules.limits
        open_sessions = ask.list_sessions(session, limits, actor().person_id or 0, session_token(), moment())
    return render_template(
        "people/security.html",
        factors=factors,
        sessions=open_sessions,
        device_words=device_words,
        must_enrol=actor().must_enrol,
        offers_passkeys=wiring().ports.passkeys.is_offered,
    )


@people.post("/account/sessions/end")
@opens_to(Action.USE_ACCOUNT)
def end_other_sessions() -> Response:
    """End every session of one's own but this."""
    with wiring().open_work(actor()) as work:
        account_verbs.end_all_others(work, session_token())
    flash(_("Your other sessions are ended."), "ok")
    return redirect(url_for("people.security"), 303)


@people.post("/account/security/code-app/begin")
@opens_to(Action.USE_ACCOUNT)
@steps_up
def begin_code_app() -> Response:
    """Make a secret for an app."""
    with wiring().open_work(actor()) as work:
        code_app.begin_code_app(work)
    return redirect(url_for("people.add_code_app"), 303)


@people.route("/account/security/code-app", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
@steps_up
def add_code_app() -> Any:
    """Show the app's secret, as a picture and in letters, and take its first code."""
    form = CodeAppForm()
    with wiring().open_work(actor()) as work:
        secret = code_app.see_code_app(work)
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            fits = code_app.confirm_code_app(work, form.code.data, keep_token=session_token())
        if fits:
            flash(_("The code app is added. Your other sessions are ended."), "ok")
            return redirect(url_for("people.show_recovery_codes"), 303)
        form.code.say(_("This code does not fit. Enter the one that the app shows now."))
    picture = segno.make(secret.address, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    page = render_template("people/code_app.html", form=form, picture=picture, secret=secret.words)
    return page, 422 if form.errors else 200


@people.post("/account/security/code-app/remove")
@opens_to(Action.USE_ACCOUNT)
@steps_up
def remove_code_app() -> Response:
    """Take the app away."""
    with wiring().open_work(actor()) as work:
        code_app.remove_code_app(work, keep_token=session_token())
    flash(_("The code app is removed."), "ok")
    return redirect(url_for("people.security"), 303)


@people.route("/account/security/passkeys", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
@steps_up
def add_passkey() -> Any:
    """Name a new passkey, and keep what the browser made."""
    form = PasskeyForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                passkeys.add_passkey(work, session_token(), form.passkey.data or "", form.name.data)
        except Invalid as invalid:
            for problem in invalid.problems:
                form.name.say(words(problem))
        else:
            flash(_("The passkey is added. Your other sessions are ended."), "ok")
            return redirect(url_for("people.show_recovery_codes"), 303)
    return render_template("people/passkey.html", form=form), 422 if form.errors else 200


@people.post("/account/security/passkeys/options")
@opens_to(Action.USE_ACCOUNT)
@steps_up
def passkey_options() -> Response:
    """What the browser is asked to make."""
    with wiring().open_work(actor()) as work:
        options = passkeys.ask_to_make(work, session_token())
    return as_json(options)


@people.post("/account/security/passkeys/<int:passkey_id>/remove")
@opens_to(Action.USE_ACCOUNT)
@steps_up
def remove_passkey(passkey_id: int) -> Response:
    """Take a passkey away."""
    with wiring().open_work(actor()) as work:
        passkeys.remove_passkey(work, passkey_id, keep_token=session_token())
    flash(_("The passkey is removed."), "ok")
    return redirect(url_for("people.security"), 303)


@people.route("/account/security/recovery-codes", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
@steps_up
def show_recovery_codes() -> str:
    """Make new recovery codes. The answer is the only page that ever shows them, so it is not led away from."""
    codes: list[str] = []
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            codes = recovery_codes.make_codes(work)
    with wiring().open_reading() as session:
        factors = find_factors(session, actor().person_id or 0)
    return render_template("people/recovery_codes.html", codes=codes, factors=factors)
