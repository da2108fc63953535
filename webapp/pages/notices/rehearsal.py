"""Pick an event and a proposal: who would be told, when, in which language, and the mail as it would look (R76)."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.adapters.formats import moment as written
from webapp.domain.errors import Refusal
from webapp.domain.notices import next_digest
from webapp.domain.policy import Action
from webapp.pages.notices.room import notices
from webapp.pages.shared.context import moment, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mails import as_mail
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries.notices.rehearsal import Rehearsed, rehearse
from webapp.services.notices.preview import preview_rehearsed


@notices.get("/desk/notices/rehearsal")
@opens_to(Action.SEE_DESK)
def rehearsal() -> str:
    """The form, and for an event and a proposal whom it would tell; nobody is told."""
    event, reference = request.args.get("event", ""), request.args.get("reference", "").strip()[:40]
    found: list[Rehearsed] = []
    refused = ""
    if event and reference:
        try:
            with wiring().open_reading() as session:
                found = rehearse(session, wiring().rules, actor(), event, reference, now=moment())[1]
        except Refusal as refusal:
            refused = refusal_words(refusal)
    return render_template(
        "notices/rehearsal.html",
        events=sorted(wiring().rules.notices.by_event),
        event=event,
        reference=reference,
        found=[(one, _when(one)) for one in found],
        refused=refused,
        chosen=request.args.get("who", ""),
    )


@notices.get("/desk/notices/rehearsal/letter")
@opens_to(Action.SEE_DESK)
def rehearsed_letter() -> Response:
    """The mail that one of them would get, by itself."""
    event, reference, who = (request.args.get(name, "")[:60] for name in ("event", "reference", "who"))
    with wiring().open_work(actor()) as work:
        return as_mail(preview_rehearsed(work, event, reference, who).html)


def _when(one: Rehearsed) -> str:
    notice, wish, person = one.notice, one.wish, one.recipient
    if notice.urgency == "app" or wish.is_muted:
        return _("Under Alerts alone")
    if notice.carries_secret or notice.urgency == "mail_only" or wish.digest_hour is None:
        return _("At once")
    at = next_digest(moment(), wish.digest_hour, person.time_zone)
    return _("In the daily mail of %(time)s", time=written(at, person.time_zone))
