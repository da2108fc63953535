"""A partner's own page, for its focal points and the secretariat; its days; and all partners for the secretariat."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.calendars import Calendar, local_day
from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.partners.forms import DayForm
from webapp.pages.partners.path_form import WEEKDAYS
from webapp.pages.partners.public import find_entry, reader_language
from webapp.pages.partners.room import partners
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.endorsement_words import MATERIAL, VACANCIES, state_tag
from webapp.pages.shared.filters import list_words
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words as problem_words
from webapp.queries.endorsements.queue import WAITING
from webapp.queries.partners import PartnerDesk, find_desk, list_states
from webapp.services.partners import days as verbs

Answer = str | tuple[str, int] | Response


@partners.route("/partners/<code>/desk", methods=["GET", "POST"])
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
def desk(code: str) -> Answer:
    """The partner's proposals, people, path, days, and the organisations that wait; adds a day."""
    found = _load(code)
    entry = find_entry(code)
    form = DayForm()
    if request.method == "POST" and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                verbs.add_day(
                    work, code, day=form.day.data, is_working=form.kind_.data == "working", name=form.name.data
                )
        except Invalid as refusal:
            for problem in refusal.problems:
                form[problem.field].say(problem_words(problem))
        else:
            flash(_("The day is added. Times that it moves are reckoned anew."), "ok")
            return redirect(url_for("partners.desk", code=code, _anchor="days"), 303)
    page = render_template(
        "partners/desk.html",
        found=found,
        entry=entry,
        weekend=list_words([str(WEEKDAYS[day]) for day in sorted(frozenset(found.path.weekend) or entry.weekend)]),
        form=form,
        now=moment(),
        state_tag=state_tag,
        vacancy=VACANCIES.get(found.vacancy, ""),
        material=list_words([str(MATERIAL.get(name, name)) for name in found.path.material]),
    )
    return (page, 422) if form.errors else page


@partners.post("/partners/<code>/days/<int:day_id>/remove")
@opens_to(Action.MANAGE_PARTNER, judged_by_verb=True)
def remove_day(code: str, day_id: int) -> Response:
    """Take a day out again."""
    with wiring().open_work(actor()) as work:
        verbs.remove_day(work, code, day_id)
    flash(_("The day is removed. Times that it moves are reckoned anew."), "ok")
    return redirect(url_for("partners.desk", code=code, _anchor="days"), 303)


@partners.get("/desk/partners")
@opens_to(Action.MANAGE_PARTNERS)
def all_on_desk() -> str:
    """All partners for the secretariat: who speaks for them, what waits, and where nobody can sign."""
    with wiring().open_reading() as session:
        states = list_states(session, WAITING)
    language = reader_language()
    entries = {entry.code: entry for entry in rulebook().initiative.partners}
    known = [state for state in states if state.code in entries]
    known.sort(key=lambda state: (not state.vacancy, entries[state.code].sort_name(language).casefold()))
    return render_template("partners/states.html", states=known, vacancies=VACANCIES)


def _load(code: str) -> PartnerDesk:
    today = local_day(Calendar(zone=find_entry(code).time_zone), moment())
    with wiring().open_reading() as session:
        return find_desk(session, actor(), code, today)
