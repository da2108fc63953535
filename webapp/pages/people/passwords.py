"""A forgotten password, set anew by a mailed link."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid
from webapp.domain.people import PUBLIC
from webapp.pages.people.forms import ForgotForm, NewPasswordForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import public
from webapp.pages.shared.problem_words import words
from webapp.services.people import passwords as verbs


@people.route("/password/forgotten", methods=["GET", "POST"])
@public("anybody may ask; the answer is the same for every address")
def forgot_password() -> Any:
    """Ask for a link to set a new password."""
    form = ForgotForm()
    if form.validate_on_submit():
        with wiring().open_work(PUBLIC) as work:
            verbs.ask_for_reset(work, form.email.data, network=request.remote_addr or "")
        return redirect(url_for("people.reset_sent"), 303)
    return render_template("people/forgot_password.html", form=form), 422 if form.errors else 200


@people.get("/password/sent")
@public("says the same for every address")
def reset_sent() -> str:
    """What happens after asking."""
    return render_template("people/reset_sent.html")


@people.route("/password/<token>", methods=["GET", "POST"])
@public("the token is the right; opening the page changes nothing")
def new_password(token: str) -> Any:
    """Set a new password."""
    form = NewPasswordForm()
    if request.method != "POST":
        with wiring().open_work(PUBLIC) as work:
            email = verbs.see_reset(work, token).email
        return render_template("people/new_password.html", form=form, email=email)
    if form.validate_on_submit():
        try:
            with wiring().open_work(PUBLIC) as work:
                verbs.set_password(work, token, form.password.data)
        except Invalid as refusal:
            for problem in refusal.problems:
                form.password.say(words(problem))
        else:
            flash(_("Your new password is set. Sign in with it."), "ok")
            return redirect(url_for("people.sign_in"), 303)
    return render_template("people/new_password.html", form=form, email=""), 422
