"""A new address for one's account: asked for, confirmed from the new one, undone from the old one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid
from webapp.domain.people import PUBLIC
from webapp.domain.policy import Action
from webapp.pages.people.forms import AddressAgainForm, AddressForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to, public, steps_up
from webapp.pages.shared.problem_words import words
from webapp.services.people import address as verbs


@people.route("/account/address", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
@steps_up
def change_address() -> Any:
    """Ask for a new address."""
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                verbs.ask_for_address(work, form.email.data)
        except Invalid as invalid:
            for problem in invalid.problems:
                form.email.say(words(problem))
        else:
            flash(_("We sent a link to %(email)s. Open it and confirm the address.", email=form.email.data), "ok")
            return redirect(url_for("people.security"), 303)
    page = render_template("people/change_address.html", form=form, email=actor().email)
    return page, 422 if form.errors else 200


@people.route("/account/address/<token>", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT, judged_by_verb=True)
def confirm_new_address(token: str) -> Any:
    """Confirm the new address by the link in its mail, signed in."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            verbs.confirm_new_address(work, token)
        flash(_("Your address is changed. We told your old address, from where it can be undone for seven days."), "ok")
        return redirect(url_for("people.security"), 303)
    with wiring().open_work(actor()) as work:
        link = verbs.see_address_link(work, token, "change_address")
    return render_template("people/confirm_address.html", link=link, old=actor().email)


@people.route("/account/address/back/<token>", methods=["GET", "POST"])
@public("the token and the old address typed are the right: whoever has lost the account cannot sign in")
def undo_address(token: str) -> Any:
    """Give an account its old address back."""
    form = AddressAgainForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(PUBLIC) as work:
                verbs.undo_address(work, token, form.email.data)
        except Invalid as invalid:
            for problem in invalid.problems:
                form.email.say(words(problem))
        else:
            flash(
                _("Your account has its old address back. Open the mail that we sent you, and set a new password."),
                "ok",
            )
            return redirect(url_for("people.sign_in"), 303)
    with wiring().open_work(PUBLIC) as work:
        verbs.see_address_link(work, token, "undo_address")
    return render_template("people/undo_address.html", form=form), 422 if form.errors else 200
