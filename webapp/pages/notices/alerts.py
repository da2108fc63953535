"""The page behind the bell: what a person was told, newest first, by proposal."""

from __future__ import annotations

from collections.abc import Iterable

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.policy import Action
from webapp.pages.notices.room import notices, unread_words
from webapp.pages.shared.addresses import row_number
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.notices.bell import PAGE, Alert, list_alerts
from webapp.services.notices.read import mark_read


@notices.get("/alerts")
@opens_to(Action.USE_ACCOUNT)
def alerts() -> str:
    """What the person was told, 50 at a time."""
    before = request.args.get("before", type=row_number)
    with wiring().open_reading() as session:
        found = list_alerts(session, actor(), before=before)
    return render_template(
        "notices/alerts.html",
        groups=_by_proposal(found),
        newest=found[0].id if found else 0,
        has_unread=any(not alert.is_read for alert in found),
        newer_url=url_for("notices.alerts") if before else "",
        older_url=url_for("notices.alerts", before=found[-1].id) if len(found) == PAGE else "",
    )


@notices.post("/alerts/read")
@opens_to(Action.USE_ACCOUNT)
def read_alerts() -> Response:
    """Mark one notification, or all that the person saw, as read."""
    only, up_to = (request.form.get(name, type=row_number) for name in ("id", "up_to"))
    with wiring().open_work(actor()) as work:
        mark_read(work, only=only, up_to=up_to)
    return redirect(url_for("notices.alerts"), 303)


@notices.get("/alerts/count")
@opens_to(Action.USE_ACCOUNT)
def alerts_count() -> Response:
    """The bell's number by itself, for staff pages that stay open: one indexed question."""
    return Response(unread_words(), mimetype="text/plain")


def _by_proposal(found: Iterable[Alert]) -> list[tuple[str, str, list[Alert]]]:
    """(reference, title, alerts) with the proposal that has the newest alert first."""
    groups: dict[str, tuple[str, str, list[Alert]]] = {}
    for alert in found:
        groups.setdefault(alert.reference, (alert.reference, alert.title, []))[2].append(alert)
    return list(groups.values())
