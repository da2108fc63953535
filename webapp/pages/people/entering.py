"""Signing up, in and out, and confirming an address."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.people import PUBLIC
from webapp.domain.policy import Action
from webapp.pages.people.forms import LANGUAGE_NAMES, SignInForm, SignUpForm
from webapp.pages.people.going_in import go_in, home_of
from webapp.pages.people.room import people
from webapp.pages.shared.context import wiring
from webapp.pages.shared.cookies import drop_session_cookie, session_token, set_session_cookie
from webapp.pages.shared.guard import actor, inside_site, opens_to, public
from webapp.pages.shared.problem_words import words
from webapp.queries import people as ask
from webapp.services import sessions
from webapp.services.people import kept_forms
from webapp.services.people import sign_in as sign_in_verbs
from webapp.services.people import sign_up as sign_up_verbs


@people.route("/sign-up", methods=["GET", "POST"])
@opens_to(Action.SIGN_UP)
def sign_up() -> Any:
    """Make an account."""
    form = SignUpForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(PUBLIC) as work:
                sign_up_verbs.sign_up(
                    work,
                    name=form.name.data,
                    email=form.email.data,
                    password=form.password.data,
                    language=str(get_locale()).split("_", maxsplit=1)[0],
                    time_zone="UTC",
                    network=request.remote_addr or "",
                )
        except Invalid as refusal:
            for problem in refusal.problems:
                form.password.say(words(problem))
        else:
            return redirect(url_for("people.sign_up_sent"), 303)
    return render_template("people/sign_up.html", form=form), 422 if form.errors else 200


@people.get("/sign-up/sent")
@public("says the same whether the address was known or not")
def sign_up_sent() -> str:
    """What happens after signing up."""
    return render_template("people/sign_up_sent.html")


@people.route("/sign-in", methods=["GET", "POST"])
@opens_to(Action.SIGN_IN)
def sign_in() -> Any:
    """Sign in; leads to where the person wanted to go, or to where their work is."""
    form = SignInForm()
    wanted = inside_site(request.values.get("next")) or ""
    status = 200
    if form.validate_on_submit():
        with wiring().open_work(PUBLIC) as work:
            done = sign_in_verbs.sign_in(
                work,
                form.email.data,
                form.password.data,
                network=request.remote_addr or "",
                device=request.user_agent.string,
                shared=bool(form.shared.data),
                old_token=session_token(),
            )
        if done.token:
            return _enter(done, wanted)
        form.password.say(_refused(done.refused))
        status = 429 if done.refused == "too_many" else 422
    elif form.is_submitted():
        status = 422
    people_of_demo = _demo_people() if wiring().settings.demo else []
    return render_template("people/sign_in.html", form=form, wanted=wanted, demo_people=people_of_demo), status


@people.post("/sign-out")
@public("ending a session needs no right; without one nothing happens")
def sign_out() -> Response:
    """End this session."""
    with wiring().open_work(actor()) as work:
        sessions.end_session(work, session_token())
    answer = redirect("/", 303)
    drop_session_cookie(answer)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@people.route("/confirm/<token>", methods=["GET", "POST"])
@public("the token and the account's own password are the right; opening the page changes nothing")
def confirm(token: str) -> Any:
    """Confirm an address by the link in a mail, signed in with it."""
    if request.method == "POST" and not actor().is_public:
        with wiring().open_work(actor()) as work:
            sign_up_verbs.confirm_address(work, token)
        flash(_("Your address is confirmed."), "ok")
        return redirect(home_of(actor()), 303)
    with wiring().open_work(actor()) as work:
        person = sign_up_verbs.see_confirmation(work, token)
    if request.method == "POST":
        return redirect(url_for("people.sign_in", next=request.path), 303)
    is_them = actor().person_id == person.id
    return render_template("people/confirm.html", email=person.email, is_them=is_them, here=request.path)


@people.route("/confirm", methods=["GET", "POST"])
@opens_to(Action.USE_ACCOUNT)
def confirm_first() -> Any:
    """Says that the address has to be confirmed, and sends the link again."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            sign_up_verbs.resend_confirmation(work)
        flash(_("We sent the link again. Look into your mail in a few minutes."), "ok")
        return redirect(url_for("people.confirm_first"), 303)
    return render_template("people/confirm_first.html", email=actor().email)


@people.post("/language")
@public("the choice of a language is anybody's")
def choose_language() -> Response:
    """Keep the reader's language in a cookie; the account's own is changed on its page."""
    answer = redirect(inside_site(request.form.get("next")) or "/", 303)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGE_NAMES:
        answer.set_cookie(
            "lang",
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=wiring().settings.cookie_secure,
        )
    return answer


@people.route("/kept/<token>", methods=["GET"])
@opens_to(Action.USE_ACCOUNT, judged_by_verb=True)
def kept_form(token: str) -> str:
    """Shows a form that was sent after its session had ended, ready to be sent again."""
    with wiring().open_work(actor()) as work:
        kept = kept_forms.find_kept_form(work, token)
    return render_template("people/kept_form.html", kept=kept)


@people.post("/dev/sign-in-as/<email>")
@opens_to(Action.USE_DEMO)
def sign_in_as(email: str) -> Response:
    """Sign in as one of the demonstration's people."""
    with wiring().open_work(PUBLIC) as work:
        done = sign_in_verbs.sign_in_without_password(work, email, device=request.user_agent.string)
    if not done.token:
        return redirect(url_for("people.sign_in"), 303)
    return go_in(done.token, "")


def _enter(done: sign_in_verbs.SignedIn, wanted: str) -> Response:
    """Go in, or on to the second factor where the person has one."""
    if not done.waits:
        return go_in(done.token, wanted)
    answer = redirect(url_for("people.second", next=wanted or None), 303)
    set_session_cookie(answer, done.token)
    return answer


def _refused(why: str) -> str:
    if why == "too_many":
        return _("There were too many tries. Wait a quarter of an hour, or set a new password by mail.")
    return _("Address and password do not fit together. Check both, or set a new password by mail.")


def _demo_people() -> list[ask.PersonRow]:
    with wiring().open_reading() as session:
        return ask.list_demo_people(session)
