"""Switching mails off by the address that a mail names: by one press of a mail program (RFC 8058) or on a page."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from webapp.pages.notices.room import notices
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, public, takes_no_token
from webapp.services.notices.mute import mute_notice


@notices.get("/unsubscribe/<token>")
@public("who got the mail may stop its kind without signing in; opening the page changes nothing")
def unsubscribe(token: str) -> str:
    """Ask before anything is switched off: mail scanners open every address."""
    return render_template("notices/unsubscribe.html", token=token, done=False)


@notices.post("/unsubscribe/<token>")
@public("who got the mail may stop its kind without signing in; the token says whose and which")
@takes_no_token("a mail program sends this, which has no form of ours; it can switch mails off and nothing else")
def switch_off(token: str) -> str | Response:
    """Switch this kind of mail off."""
    with wiring().open_work(actor()) as work:
        mute_notice(work, token)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response(status=200, mimetype="text/plain")
    return render_template("notices/unsubscribe.html", token=token, done=True)
