"""How a person wants to be written to: once a day, or under Alerts alone; kinds; proposals; days of rest (R52)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.policy import Action
from webapp.pages.notices.room import notices
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.reader import time_zone
from webapp.queries.notices.bell import find_choices
from webapp.services.notices.kinds import list_kinds
from webapp.services.notices.wishes import choose_kinds, choose_wishes, mute_proposal

HOURS = tuple(str(hour) for hour in range(24))


@notices.get("/alerts/mails")
@opens_to(Action.USE_ACCOUNT)
def mails() -> str:
    """What the person chose, and what can be chosen."""
    with wiring().open_work(actor()) as work:
        chosen = find_choices(work.session, actor())
        kinds = list_kinds(work, str(get_locale()), time_zone())
    partner = rulebook().initiative.partner(chosen.partner)
    return render_template(
        "notices/wishes.html",
        chosen=chosen,
        partner=partner.name(str(get_locale())) if partner else "",
        optional=[kind for kind in kinds if not kind.is_mandatory],
        mandatory=[kind for kind in kinds if kind.is_mandatory],
    )


@notices.post("/alerts/mails")
@opens_to(Action.USE_ACCOUNT)
def choose_mails() -> Response:
    """Keep what the person chose."""
    how = request.form.get("how", "")
    with wiring().open_work(actor()) as work:
        choose_wishes(
            work,
            hour=int(how) if how in HOURS else None,
            app_only=how == "app",
            quiet_weekends="quiet_weekends" in request.form,
        )
        choose_kinds(work, request.form.getlist("shown"), request.form.getlist("kind"))
    flash(_("We write to you like this from now on. What cannot wait still comes at once."), "ok")
    return redirect(url_for("notices.mails"), 303)


@notices.post("/alerts/proposals")
@opens_to(Action.USE_ACCOUNT)
def choose_proposal() -> Response:
    """Silence a proposal, or have its mails again."""
    silent = request.form.get("silent") == "y"
    with wiring().open_work(actor()) as work:
        mute_proposal(work, request.form.get("reference", ""), silent=silent)
    if silent:
        flash(_("You get no more mails of this proposal but those that ask you to do something."), "ok")
    else:
        flash(_("You get the mails of this proposal again."), "ok")
    return redirect(url_for("notices.mails"), 303)
