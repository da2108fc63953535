"""One's own account: names, language, zone, password, and what a reviewer brings."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.people.forms import AccountForm, ChangePasswordForm, ReviewerProfileForm
from webapp.pages.people.room import people
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.cookies import session_token
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries import people as ask
from webapp.services.people import account as verbs
from webapp.services.people import passwords, reviewer_profile
from webapp.services.people.reviewer_profile import ProfileText


@people.route("/account", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
def account() -> Any:
    """Names, language, zone and colours."""
    with wiring().open_reading() as session:
        own = ask.find_account(session, actor().person_id or 0)
    form = AccountForm(obj=own)
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            verbs.change_account(
                work,
                name=form.name.data,
                address_as=form.address_as.data,
                language=form.language.data,
                time_zone=form.time_zone.data,
                theme=form.theme.data or "",
            )
        flash(_("Your account is saved."), "ok")
        return redirect(url_for("people.account"), 303)
    page = render_template("people/account.html", form=form, own=own)
    return page, 422 if form.errors else 200


@people.post("/account/sessions/<int:session_id>/end")
@opens_to(Action.USE_ACCOUNT)
def end_session(session_id: int) -> Response:
    """End one of one's own sessions."""
    with wiring().open_work(actor()) as work:
        verbs.end_own_session(work, session_id)
    flash(_("The session is ended."), "ok")
    return redirect(url_for("people.security"), 303)


@people.route("/account/password", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
def change_password() -> Any:
    """Change the password; the other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            problem = passwords.change_password(
                work, form.old_password.data, form.password.data, keep_token=session_token()
            )
        if problem is not None:
            form[problem.field].say(words(problem))
        else:
            flash(_("Your password is changed. Your other sessions are ended."), "ok")
            return redirect(url_for("people.account"), 303)
    return render_template("people/change_password.html", form=form), 422 if form.errors else 200


@people.route("/account/reviewing", methods=["GET", "POST"])
@opens_to(Action.SEE_REVIEW_QUEUE)
def reviewer() -> Any:
    """What a reviewer brings: languages, expertise, load, days away."""
    with wiring().open_reading() as session:
        own = ask.find_reviewer(session, actor().person_id or 0)
    form = ReviewerProfileForm(obj=own)
    initiative = rulebook().initiative
    form.partner.choices = [(entry.code, entry.name()) for entry in initiative.partners]
    levels = _levels() if request.method == "POST" else dict(own.expertise)
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                reviewer_profile.write_profile(work, _profile(form, levels))
        except Invalid as refusal:
            for problem in refusal.problems:
                _field(form, problem.field).say(words(problem))
        else:
            flash(_("Thank you. Your profile is saved."), "ok")
            return redirect("/reviews", 303)
    page = render_template("people/reviewer.html", form=form, levels=levels, articles=initiative.articles)
    return page, 422 if form.errors else 200


def _levels() -> dict[int, int]:
    """The level chosen for each article; anything but 0 to 3 counts as none."""
    chosen = {article.number: request.form.get(f"level-{article.number}", "0") for article in _articles()}
    return {number: int(level) if level in ("0", "1", "2", "3") else 0 for number, level in chosen.items()}


def _articles() -> Any:
    return rulebook().initiative.articles


def _profile(form: ReviewerProfileForm, levels: dict[int, int]) -> ProfileText:
    return ProfileText(
        languages=form.languages.data,
        expertise=levels,
        partner_code=form.partner.data or "",
        load_min=int(form.load_min.data or 0),
        load_max=int(form.load_max.data or 8),
        away_from=form.away_from.data,
        away_to=form.away_to.data,
    )


def _field(form: ReviewerProfileForm, name: str) -> Any:
    """The field that a problem is about; expertise has no field of its own and is said at the first."""
    return form[name] if name in form else form["languages"]
