"""The demonstration's mailbox: every mail that was sent, by person, as text and as HTML, with working links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from webapp.domain.policy import Action
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import opens_to
from webapp.pages.shared.mails import as_mail
from webapp.queries.notices import mailbox as ask

dev = Blueprint("dev", __name__)
PAGE = 50


@dev.app_context_processor
def mailbox_link() -> dict[str, Any]:
    """The strip's link to the mailbox."""
    return {"demo_mail_url": url_for("dev.mail")}


@dev.get("/dev/mail")
@opens_to(Action.USE_DEMO)
def mail() -> str:
    """The mails, newest first, of everybody or of one address."""
    to, before = request.args.get("to", ""), request.args.get("before", type=int)
    with wiring().open_reading() as session:
        boxes = ask.list_boxes(session)
        mails = ask.list_summaries(session, to=to, before=before, limit=PAGE)
    older = url_for("dev.mail", to=to or None, before=mails[-1].id) if len(mails) == PAGE else ""
    return render_template("dev/mail.html", boxes=boxes, mails=mails, to=to, before=before, older_url=older)


@dev.get("/dev/mail.json")
@opens_to(Action.USE_DEMO)
def mail_json() -> Response:
    """The same for programs: `?to=` one address, `?after=` the id of the last mail known; newest first."""
    to, after = request.args.get("to", ""), request.args.get("after", 0, type=int)
    with wiring().open_reading() as session:
        mails = ask.list_caught(session, to=to, after=after)
    return jsonify(
        [
            {
                "id": one.id,
                "to": one.to,
                "subject": one.subject,
                "text": one.text,
                "html": one.html,
                "headers": [{"name": name, "value": value} for name, value in one.headers],
                "links": list(one.links),
                "received_at": one.received_at.isoformat(),
            }
            for one in mails
        ]
    )


@dev.get("/dev/mail/<int:mail_id>")
@opens_to(Action.USE_DEMO)
def mail_shown(mail_id: int) -> str:
    """One mail, text and HTML side by side."""
    return render_template("dev/mail_shown.html", mail=_find(mail_id))


@dev.get("/dev/mail/<int:mail_id>/html")
@opens_to(Action.USE_DEMO)
def mail_html(mail_id: int) -> Response:
    """The HTML part by itself, in a sandbox; its links lead the whole window."""
    return as_mail(_find(mail_id).html)


def _find(mail_id: int) -> ask.Caught:
    with wiring().open_reading() as session:
        found = ask.find_caught(session, mail_id)
    return found or abort(404)
