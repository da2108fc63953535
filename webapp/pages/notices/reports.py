"""Where a provider reports what became of mails: a program posts here, in the provider's own form."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.pages.notices.room import notices
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor, public, takes_no_token
from webapp.services.outbox.bounces import take_provider_report


@notices.post("/mail/reports/<provider>")
@public("a provider has no account here; what it did not sign is not there")
@takes_no_token("a program sends this, which has no form of ours; the provider's signature is judged instead")
def mail_report(provider: str) -> Response:
    """Take a report."""
    with wiring().open_work(actor()) as work:
        take_provider_report(work, provider, request.get_data(cache=False))
    return Response(status=200, mimetype="text/plain")
