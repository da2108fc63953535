"""Accepting an invitation that came by mail."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.errors import Invalid
from webapp.pages.people.forms import ROLE_NAMES, AcceptForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, public
from webapp.pages.shared.problem_words import words
from webapp.services.people import invitations as verbs


@people.route("/invitations/<token>", methods=["GET", "POST"])
@public("the token is the right; opening the page changes nothing")
def invitation(token: str) -> Any:
    """Take a seat: as the person who is signed in, or with a new account."""
    with wiring().open_work(actor()) as work:
        invited = verbs.see_invitation(work, token)
    form = AcceptForm()
    if request.method == "POST" and (invited.has_account or form.validate_on_submit()):
        try:
            with wiring().open_work(actor()) as work:
                verbs.accept_invitation(work, token, name=form.name.data or "", password=form.password.data or "")
        except Invalid as refusal:
            for problem in refusal.problems:
                form.password.say(words(problem))
        else:
            flash(_("You have accepted. Sign in to begin."), "ok")
            wanted = url_for("people.reviewer") if invited.role == "reviewer" else None
            return redirect(url_for("people.sign_in", next=wanted), 303)
    page = render_template(
        "people/invitation.html",
        form=form,
        invited=invited,
        role=ROLE_NAMES.get(invited.role, invited.role),  # type: ignore[call-overload]
        is_them=actor().email == invited.email,
        here=request.path,
    )
    return page, 422 if form.errors else 200
