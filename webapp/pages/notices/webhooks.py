"""The administrator's page of webhooks: other systems that are told of events, their secrets, what they got."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.webhooks import LONGEST_URL, write_secret
from webapp.pages.notices.outbox import STATES
from webapp.pages.notices.room import notices
from webapp.pages.shared.context import wiring
from webapp.pages.shared.fields import CleanStringField
from webapp.pages.shared.guard import actor, opens_to, steps_up
from webapp.pages.shared.problem_words import words
from webapp.queries.notices import webhooks as ask
from webapp.services.notices import webhooks as verbs


class WebhookForm(FlaskForm):
    """Another system."""

    url = CleanStringField(
        _l("Address"),
        max_chars=LONGEST_URL,
        required=_l("Enter the address that is called"),
        description=_l("It begins with https:// and can be reached from the open network."),
    )
    what_for = CleanStringField(_l("What for"), max_chars=150, required=_l("Say which system this is"))


@notices.route("/desk/webhooks", methods=["GET", "POST"])
@opens_to(Action.MANAGE_WEBHOOKS)
def webhooks() -> str | tuple[str, int] | Response:
    """All of them, and a form for another."""
    form = WebhookForm()
    if form.validate_on_submit():
        try:
            with wiring().open_work(actor()) as work:
                added = verbs.add_webhook(work, form.url.data, form.what_for.data)
            flash(_("The system is told from now on. Set the secret there."), "ok")
            return redirect(url_for("notices.webhook", webhook_id=added), 303)
        except Invalid as invalid:
            form.url.say(words(invalid.problems[0]))
    with wiring().open_reading() as session:
        lines = ask.list_webhooks(session)
    page = render_template("notices/webhooks.html", lines=lines, form=form)
    return (page, 422) if form.errors else page


@notices.get("/desk/webhooks/<int:webhook_id>")
@opens_to(Action.MANAGE_WEBHOOKS)
@steps_up
def webhook(webhook_id: int) -> str:
    """One: its secret, and what it was sent last."""
    with wiring().open_reading() as session:
        line = ask.find_webhook(session, webhook_id)
        messages = ask.list_messages(session, webhook_id)
    if line is None:
        abort(404)
    with wiring().open_work(actor()) as work:
        secret = write_secret(verbs.read_secret(work, webhook_id))
    return render_template("notices/webhook.html", line=line, messages=messages, secret=secret, states=STATES)


@notices.post("/desk/webhooks/<int:webhook_id>/stop")
@opens_to(Action.MANAGE_WEBHOOKS)
def stop_webhook(webhook_id: int) -> Response:
    """Tell it no more."""
    with wiring().open_work(actor()) as work:
        verbs.stop_webhook(work, webhook_id)
    flash(_("The system is told no more."), "ok")
    return redirect(url_for("notices.webhook", webhook_id=webhook_id), 303)


@notices.post("/desk/webhooks/<int:webhook_id>/resume")
@opens_to(Action.MANAGE_WEBHOOKS)
def resume_webhook(webhook_id: int) -> Response:
    """Tell it again."""
    with wiring().open_work(actor()) as work:
        verbs.resume_webhook(work, webhook_id)
    flash(_("The system is told again from now on."), "ok")
    return redirect(url_for("notices.webhook", webhook_id=webhook_id), 303)


@notices.post("/desk/webhooks/<int:webhook_id>/messages/<int:row_id>/again")
@opens_to(Action.MANAGE_WEBHOOKS)
def send_webhook_again(webhook_id: int, row_id: int) -> Response:
    """Send a message again."""
    with wiring().open_work(actor()) as work:
        verbs.send_again(work, webhook_id, row_id)
    flash(_("The message goes out again in a moment, under the same id."), "ok")
    return redirect(url_for("notices.webhook", webhook_id=webhook_id), 303)
