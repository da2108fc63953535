"""Whether the record is whole, and its daily roots to keep elsewhere (R62)."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template

from webapp.domain.audit import write_root
from webapp.domain.errors import NotFound
from webapp.domain.policy import Action
from webapp.pages.desk.room import desk
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.guard import opens_to
from webapp.queries.audit import find_root, list_roots
from webapp.services.audit import verify


@desk.get("/desk/audit")
@opens_to(Action.SEE_AUDIT)
def audit() -> str:
    """Whether every chain of events is whole, looked at now; the roots of the last days."""
    with wiring().open_reading() as session:
        report = verify(session)
        roots = list_roots(session)
    return render_template("desk/audit.html", report=report, roots=roots, now=moment())


@desk.get("/desk/audit/roots/<day>")
@opens_to(Action.SEE_AUDIT)
def audit_root(day: str) -> Response:
    """The root of a day, as a file to keep elsewhere."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    with wiring().open_reading() as session:
        found = find_root(session, wanted)
    if found is None:
        raise NotFound
    name = f"proposal-desk-root-{found.day.isoformat()}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write_root(found), mimetype="text/plain", headers=headers)
