"""The secretariat's pages of calls: the list, a new one, changing, opening and closing one."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.calls import Terms
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.calls.forms import (
    NewCallForm,
    TermsForm,
    UnsealForm,
    as_fields,
    leave_out_fixed,
    offer,
    read_terms,
    say_problems,
)
from webapp.pages.calls.room import calls
from webapp.pages.calls.words import PHASES, secretariat_rows
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries import calls as ask
from webapp.queries.calls import CallPage
from webapp.services.calls.change import change_call
from webapp.services.calls.create import create_call
from webapp.services.calls.opening import close_call, open_call
from webapp.services.calls.sealing import unseal_early

Answer = str | tuple[str, int] | Response


@calls.get("/desk/calls")
@opens_to(Action.MANAGE_CALLS)
def list_calls() -> str:
    """All calls, the newest first, with the proposals that came in."""
    with wiring().open_reading() as session:
        found = ask.list_calls(session, actor(), moment())
    return render_template("calls/list.html", found=found, phases=PHASES)


@calls.route("/desk/calls/new", methods=["GET", "POST"])
@opens_to(Action.MANAGE_CALLS)
def new_call() -> Answer:
    """Make a call."""
    form = NewCallForm(data=as_fields(_usual()))
    _offer(form)
    if form.validate_on_submit():
        terms = read_terms(form, None, fixed=False)
        try:
            if terms is not None:
                with wiring().open_work(actor()) as work:
                    create_call(work, form.code.data, terms)
                flash(_("The call is made."), "ok")
                return redirect(url_for("calls.desk_call", code=form.code.data), 303)
        except Invalid as invalid:
            say_problems(form, invalid.problems)
    page = render_template("calls/new.html", form=form, articles=len(rulebook().initiative.articles))
    return (page, 422) if form.errors else page


@calls.get("/desk/calls/<code>")
@opens_to(Action.MANAGE_CALLS)
def desk_call(code: str) -> str:
    """One call with all its rules and what can be done with it."""
    found = _find(code)
    return render_template(
        "calls/desk_call.html",
        call=found,
        terms=found.terms,
        phase=PHASES[found.phase],
        rows=secretariat_rows(found.terms),
        now=moment(),
    )


@calls.route("/desk/calls/<code>/change", methods=["GET", "POST"])
@opens_to(Action.MANAGE_CALLS)
def change(code: str) -> Answer:
    """Change what a call says; what is fixed is shown and not asked."""
    found = _find(code)
    form = TermsForm(data=as_fields(found.terms))
    _offer(form, code)
    if found.in_flight:
        leave_out_fixed(form)
    if form.validate_on_submit():
        terms = read_terms(form, found.terms, fixed=found.in_flight)
        try:
            if terms is not None:
                with wiring().open_work(actor()) as work:
                    changed = change_call(work, code, terms, revision=_revision())
                flash(_("The call is changed.") if changed else _("Nothing was different."), "ok")
                return redirect(url_for("calls.desk_call", code=code), 303)
        except Invalid as invalid:
            say_problems(form, invalid.problems)
    page = render_template(
        "calls/change.html",
        call=found,
        form=form,
        revision=_revision() or found.revision,
        fixed=secretariat_rows(found.terms, fixed_only=True) if found.in_flight else [],
    )
    return (page, 422) if form.errors else page


@calls.route("/desk/calls/<code>/open", methods=["GET", "POST"])
@opens_to(Action.MANAGE_CALLS)
def open_now(code: str) -> Answer:
    """Open an announced call before its time, after asking."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            open_call(work, code, revision=_revision())
        flash(_("The call is open."), "ok")
        return redirect(url_for("calls.desk_call", code=code), 303)
    return render_template("calls/open_now.html", call=_find(code))


@calls.route("/desk/calls/<code>/close", methods=["GET", "POST"])
@opens_to(Action.MANAGE_CALLS)
def close_now(code: str) -> Answer:
    """Close an open call, after asking."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            close_call(work, code, revision=_revision())
        flash(_("The call is closed."), "ok")
        return redirect(url_for("calls.desk_call", code=code), 303)
    return render_template("calls/close_now.html", call=_find(code))


@calls.route("/desk/calls/<code>/unseal", methods=["GET", "POST"])
@opens_to(Action.MANAGE_CALLS)
def unseal(code: str) -> Answer:
    """Open the proposals of a sealed call before it has closed, with a reason (R77)."""
    form = UnsealForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                unseal_early(work, code, form.reason.data, revision=_revision())
        except Invalid as invalid:
            form.reason.say(words(invalid.problems[0]))
        else:
            flash(_("The proposals are open."), "ok")
            return redirect(url_for("calls.desk_call", code=code), 303)
    page = render_template("calls/unseal.html", call=_find(code), form=form)
    return (page, 422) if form.errors else page


def _find(code: str) -> CallPage:
    with wiring().open_reading() as session:
        found = ask.find_call(session, code, moment())
    if found is None:
        raise NotFound
    return found


def _offer(form: TermsForm, code: str = "") -> None:
    with wiring().open_reading() as session:
        others = [(one.code, one.title) for one in ask.list_calls(session, actor(), moment()) if one.code != code]
    offer(form, rulebook().initiative, sorted(rulebook().workflows), others)


def _revision() -> int:
    return request.form.get("revision", 0, type=int)


def _usual() -> Terms:
    """What a new call says until somebody says otherwise: all articles, tomorrow morning, without an end."""
    zone = actor().time_zone
    opens = (moment() + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    numbers = tuple(article.number for article in rulebook().initiative.articles)
    return Terms("", "", numbers, opens, time_zone=zone, grace_minutes=wiring().settings.grace_minutes)
