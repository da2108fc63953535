"""A partner keeps its path, sees first what a change would do to open cases, and sets deputies' days (R32, R34)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.endorsements import PartnerRule
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.pages.partners.forms import DeputyForm
from webapp.pages.partners.path_form import PLACES_MORE, PathForm, path_form
from webapp.pages.partners.public import find_entry
from webapp.pages.partners.room import partners
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.endorsement_words import state_tag
from webapp.pages.shared.guard import actor, opens_to, steps_up
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.partners import PathPage, find_desk, find_path
from webapp.services.partners.deputies import set_deputy_days
from webapp.services.partners.paths import change_path
from webapp.services.partners.rehearsing import RehearsedCase, rehearse_path

PLACE_OF = {"ministries": "ministry_0", "notice_days": "reminders", "silence_is_consent": "silence"}
"""The field of the form that a problem of the path concerns, where its name is another."""


@partners.route("/partners/<code>/path", methods=["GET", "POST"])
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
def path(code: str) -> Any:
    """The path as a form; then what it would do to open cases; then it is kept for cases to come."""
    entry = find_entry(code)
    found = _load(code)
    places = request.form.get("places", len(found.path.ministries) + PLACES_MORE, int)
    form = path_form(found.path, entry.weekend, max(places, 1))
    then = request.form.get("then", "")
    if request.method == "POST" and form.validate() and then != "edit":
        rule = form.rule(found.path, entry.weekend)
        try:
            if then == "keep":
                return _keep(code, rule)
            with wiring().open_work(actor()) as work:
                cases = rehearse_path(work, code, rule)
        except Invalid as refusal:
            _say(form, refusal)
        else:
            return _preview(found, rule, cases)
    page = render_template(
        "partners/path.html", found=found, form=form, places=places, seen=request.form.get("seen", found.path.version)
    )
    return (page, 422) if form.errors else page


@partners.route("/partners/<code>/deputies/<int:seat_id>", methods=["GET", "POST"])
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
@steps_up
def deputy(code: str, seat_id: int) -> Any:
    """The days on which a deputy acts."""
    today = local_day(Calendar(zone=find_entry(code).time_zone), moment())
    with wiring().open_reading() as session:
        desk = find_desk(session, actor(), code, today)
    seat = next((one for one in desk.speakers if one.seat_id == seat_id and one.role == "deputy"), None)
    if seat is None:
        raise NotFound
    form = DeputyForm(data={"starts_on": seat.starts_on, "ends_on": seat.ends_on})
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                set_deputy_days(work, code, seat_id, form.starts_on.data, form.ends_on.data)
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(problem_words(problem))
        else:
            flash(_("The days of %(name)s are kept.", name=seat.name), "ok")
            return redirect(url_for("partners.desk", code=code), 303)
    page = render_template("partners/deputy.html", code=code, seat=seat, form=form)
    return (page, 422) if form.errors else page


def _load(code: str) -> PathPage:
    today = local_day(Calendar(zone=find_entry(code).time_zone), moment())
    with wiring().open_reading() as session:
        return find_path(session, actor(), code, today)


def _keep(code: str, rule: PartnerRule) -> Response:
    with wiring().open_work(actor()) as work:
        version = change_path(work, code, rule, seen_version=request.form.get("seen", 0, int))
    flash(_("Version %(number)s of the path holds for requests from now on.", number=version), "ok")
    return redirect(url_for("partners.desk", code=code, _anchor="path"), 303)


def _preview(found: PathPage, rule: PartnerRule, cases: tuple[RehearsedCase, ...]) -> str:
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "then")]
    return render_template(
        "partners/path_preview.html",
        found=found,
        rule=rule,
        cases=cases,
        differing=[one for one in cases if one.comes_to.differs],
        carried=carried,
        state_tag=state_tag,
    )


def _say(form: PathForm, refusal: Invalid) -> None:
    for problem in refusal.problems:
        place = PLACE_OF.get(problem.field, problem.field)
        form[place if place in form else "signatures_needed"].say(problem_words(problem))
