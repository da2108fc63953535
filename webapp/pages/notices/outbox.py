"""The secretariat's view of the outbox: by state and age, one row with what can be done about it (R56)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.notices import CANCELLED_FROM, RETRIED_FROM
from webapp.domain.people import Role
from webapp.domain.policy import Action
from webapp.domain.register import guard_cell
from webapp.pages.notices.room import notices
from webapp.pages.shared.addresses import row_number
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.fields import CharsField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.notices import outbox as ask
from webapp.services.notices.addresses import write_to_again
from webapp.services.outbox.cancel import cancel_row
from webapp.services.outbox.retry import retry_row, retry_rows

UNSETTLED = ("pending", "sending", "dead", "unknown", "suppressed")
STATES = {
    "pending": (_l("Waiting"), "info"),
    "sending": (_l("Being sent"), "info"),
    "sent": (_l("Done"), "ok"),
    "dead": (_l("Given up"), "bad"),
    "unknown": (_l("May have arrived"), "warn"),
    "suppressed": (_l("Address set aside"), "warn"),
    "cancelled": (_l("Called off"), "mute"),
}
AGES = {
    "hour": (_l("Older than an hour"), timedelta(hours=1)),
    "day": (_l("Older than a day"), timedelta(days=1)),
    "week": (_l("Older than a week"), timedelta(days=7)),
}
COLUMNS = (
    "id",
    "kind",
    "about",
    "state",
    "to_address",
    "subject",
    "attempts",
    "created_at",
    "due_at",
    "sent_at",
    "reason",
)
EXPORTED = 5000
KINDS = {"event": _l("Event to tell"), "mail": _l("Mail"), "task": _l("Task"), "webhook": _l("Call to another system")}


class CallOffForm(FlaskForm):
    """Why a row is called off."""

    reason = CharsField(_l("Why is it called off?"), max_chars=400, rows=3, required=_l("Enter the reason"))


@notices.get("/desk/outbox")
@opens_to(Action.SEE_OUTBOX)
def outbox() -> str:
    """Rows by state and age; by default those that are not settled."""
    asked = _asked()
    with wiring().open_reading() as session:
        now = moment()
        counts = ask.count_states(session)
        lines = ask.list_rows(session, actor(), **_filter(asked, now))
        aside = ask.list_addresses_aside(session)
        late, late_since = ask.count_late_timers(session, now)
    kept = {name: asked[name] or None for name in ("state", "q", "age")}
    older = url_for("notices.outbox", **kept, before=lines[-1].id) if len(lines) == ask.PAGE else ""
    return render_template(
        "notices/outbox.html",
        counts=[(STATES[one.state], KINDS[one.kind], one, ago(one.oldest_at, now)) for one in counts],
        lines=lines,
        aside=aside,
        late=late,
        late_since=ago(late_since, now) if late_since else "",
        states=STATES,
        kinds=KINDS,
        ages=AGES,
        state=asked["state"],
        search=asked["q"],
        age=asked["age"],
        retried=[line.id for line in lines if line.state in RETRIED_FROM],
        older_url=older,
        newer_url=url_for("notices.outbox", **kept) if asked["before"] else "",
        may_write=actor().has(Role.SECRETARIAT),
    )


@notices.get("/desk/outbox.csv")
@opens_to(Action.SEE_OUTBOX)
def outbox_csv() -> Response:
    """The same rows, at most five thousand, as CSV; nothing in it can execute in a spreadsheet (R59)."""
    with wiring().open_reading() as session:
        now = moment()
        lines = ask.list_rows(session, actor(), **_filter(_asked(), now), limit=EXPORTED)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([guard_cell(getattr(line, name)) for name in COLUMNS] for line in lines)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="outbox-{now:%Y%m%d-%H%M}.csv"'
    return answer


@notices.post("/desk/outbox/retry")
@opens_to(Action.SEE_OUTBOX)
def retry_outbox_rows() -> Response:
    """Send all rows again that the person saw."""
    with wiring().open_work(actor()) as work:
        done = retry_rows(work, request.form.getlist("row", type=row_number))
    flash(
        ngettext("One row is due now and goes out in a moment.", "%(num)s rows are due now and go out soon.", done),
        "ok",
    )
    return redirect(url_for("notices.outbox"), 303)


def _asked() -> dict[str, Any]:
    """What the address asks for; what it cannot mean is left out."""
    state, age = request.args.get("state", ""), request.args.get("age", "")
    return {
        "state": state if state in STATES else "",
        "q": request.args.get("q", "").strip()[:100],
        "age": age if age in AGES else "",
        "before": request.args.get("before", type=row_number),
    }


def _filter(asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The same as the question wants it: by default what is not settled."""
    return {
        "states": (asked["state"],) if asked["state"] else () if asked["q"] else UNSETTLED,
        "search": asked["q"],
        "before": asked["before"],
        "older_than": now - AGES[asked["age"]][1] if asked["age"] else None,
    }


@notices.get("/desk/outbox/<int:row_id>")
@opens_to(Action.SEE_OUTBOX)
def outbox_row(row_id: int) -> str:
    """One row: what it is, what became of it, what can be done."""
    return _show(row_id, CallOffForm())


@notices.post("/desk/outbox/<int:row_id>/retry")
@opens_to(Action.SEE_OUTBOX)
def retry_outbox_row(row_id: int) -> Response:
    """Send it again."""
    with wiring().open_work(actor()) as work:
        retry_row(work, row_id)
    flash(_("It is due now and goes out in a moment."), "ok")
    return redirect(url_for("notices.outbox_row", row_id=row_id), 303)


@notices.post("/desk/outbox/<int:row_id>/cancel")
@opens_to(Action.SEE_OUTBOX)
def cancel_outbox_row(row_id: int) -> Response | tuple[str, int]:
    """Call it off, with a reason."""
    form = CallOffForm()
    if not form.validate():
        return _show(row_id, form), 422
    try:
        with wiring().open_work(actor()) as work:
            cancel_row(work, row_id, form.reason.data)
    except Invalid as invalid:
        form.reason.say(words(invalid.problems[0]))
        return _show(row_id, form), 422
    flash(_("It is called off."), "ok")
    return redirect(url_for("notices.outbox_row", row_id=row_id), 303)


@notices.post("/desk/outbox/addresses/again")
@opens_to(Action.SEE_OUTBOX)
def let_address_in_again() -> Response:
    """Write to an address again that was set aside."""
    with wiring().open_work(actor()) as work:
        write_to_again(work, request.form.get("email", ""))
    flash(_("Mail goes to this address again. Send again what was not delivered."), "ok")
    return redirect(url_for("notices.outbox"), 303)


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 120:
        return _("%(count)s s", count=seconds)
    if seconds < 7200:
        return _("%(count)s min", count=seconds // 60)
    if seconds < 172800:
        return _("%(count)s h", count=seconds // 3600)
    return _("%(count)s days", count=seconds // 86400)


def _show(row_id: int, form: CallOffForm) -> str:
    with wiring().open_reading() as session:
        line = ask.find_row(session, actor(), row_id)
    if line is None:
        abort(404)
    return render_template(
        "notices/outbox_row.html",
        line=line,
        form=form,
        state=STATES[line.state],
        kind=KINDS[line.kind],
        may_retry=line.state in RETRIED_FROM,
        may_cancel=line.state in CANCELLED_FROM,
    )
