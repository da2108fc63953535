"""A message by hand: choose who gets it, write it, look at it, send it, see how far it came (R56)."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.stages import STAGES
from webapp.pages.notices.outbox import STATES
from webapp.pages.notices.room import notices
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.fields import CharsField, ChoicesField, CleanStringField, PickOneField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.mails import as_mail
from webapp.pages.shared.problem_words import words
from webapp.pages.shared.reader import partner_name, stage_tag
from webapp.queries.calls import list_calls
from webapp.queries.notices import messages as ask
from webapp.services.notices.messages import SUBJECT_MOST, TEXT_MOST, check_message, preview_message, read_audience
from webapp.services.notices.messages import send_message as send_verb

CIRCLES = {
    "applicants": _l("Applicants of submitted proposals"),
    "collaborators": _l("Collaborators of submitted proposals"),
    "focal_points": _l("Focal points"),
    "deputies": _l("Deputies"),
    "reviewers": _l("Reviewers"),
    "secretariat": _l("Secretariat"),
}
ALL = _l("All")


class MessageForm(FlaskForm):
    """What is written, and to whom."""

    circles = ChoicesField(
        _l("Who gets it"),
        choices=list(CIRCLES.items()),
        multiple=True,
        required=_l("Choose at least one group of people"),
    )
    call = PickOneField(_l("Of one call"), empty=ALL, description=_l("For applicants, collaborators and reviewers."))
    partner = PickOneField(_l("Of one partner"), empty=ALL, description=_l("For all but reviewers and secretariat."))
    stage = PickOneField(_l("In one stage"), empty=ALL, description=_l("For applicants and collaborators."))
    language = PickOneField(_l("Who reads this language"), empty=ALL)
    subject = CleanStringField(_l("Subject"), required=_l("Enter a subject"), max_chars=SUBJECT_MOST)
    text = CharsField(
        _l("Text"),
        required=_l("Enter the text of the message"),
        max_chars=TEXT_MOST,
        rows=10,
        description=_l("An empty line begins a paragraph. A greeting by name stands before it. Nothing confidential."),
    )


@notices.get("/desk/messages")
@opens_to(Action.WRITE_MESSAGE)
def messages() -> str:
    """The messages that were sent."""
    with wiring().open_reading() as session:
        found = ask.list_messages(session)
    return render_template("notices/messages.html", found=found)


@notices.route("/desk/messages/new", methods=["GET", "POST"])
@opens_to(Action.WRITE_MESSAGE)
def new_message() -> str | tuple[str, int]:
    """Write it; posted: how many it would reach, to be looked at and sent or changed. Nothing is sent here."""
    form = _form()
    if not form.is_submitted():
        return render_template("notices/message_new.html", form=form)
    fitting = None
    if "change" not in request.form and form.validate():
        try:
            with wiring().open_work(actor()) as work:
                check_message(form.subject.data, form.text.data)
                fitting = ask.find_fitting(work.session, read_audience(work, _audience(form)))
        except Invalid as invalid:
            _say(form, invalid)
        if fitting is not None and not fitting.count:
            form.circles.say(words_for_nobody())
            fitting = None
    if fitting is None:
        return render_template("notices/message_new.html", form=form), 422 if form.errors else 200
    return render_template(
        "notices/message_check.html", form=form, fitting=fitting, circles=CIRCLES, once=form_key(), kept=_kept(form)
    )


@notices.post("/desk/messages/letter")
@opens_to(Action.WRITE_MESSAGE)
def message_letter() -> Response:
    """The mail by itself, as it would look; nothing is sent."""
    with wiring().open_work(actor()) as work:
        return as_mail(preview_message(work, request.form.get("subject", ""), request.form.get("text", "")).html)


@notices.post("/desk/messages")
@opens_to(Action.WRITE_MESSAGE)
def send_message() -> Response | tuple[str, int]:
    """Send it."""
    form = _form()
    if form.validate():
        try:
            with wiring().open_work(actor()) as work:
                made = send_verb(work, form.subject.data, form.text.data, _audience(form), form_key=form_key())
            return redirect(url_for("notices.message", message_id=made), 303)
        except Invalid as invalid:
            _say(form, invalid)
    return render_template("notices/message_new.html", form=form), 422


@notices.get("/desk/messages/<int:message_id>")
@opens_to(Action.WRITE_MESSAGE)
def message(message_id: int) -> Response:
    """What was sent and how far it came; the page asks again by itself while it is under way."""
    with wiring().open_reading() as session:
        found = ask.find_message(session, message_id) or abort(404)
        progress = ask.find_progress(session, found.event_id)
    under_way = progress.told < found.people or any(progress.by_state.get(one) for one in ("pending", "sending"))
    since = (moment() - found.at).total_seconds()
    # Who left meanwhile is told no more: after an hour nobody is waited for.
    waits = under_way and since < 3600
    shown = {"found": found, "progress": progress, "states": STATES, "circles": CIRCLES, "under_way": waits}
    answer = make_response(render_template("notices/message.html", **shown))
    if waits:
        answer.headers["Refresh"] = "5"
    return answer


def words_for_nobody() -> Any:
    """What is said where the filter fits nobody."""
    return _l("Nobody fits. Choose another group, or take a filter away")


def _form() -> MessageForm:
    form = MessageForm()
    with wiring().open_reading() as session:
        form.call.choices = [(call.code, call.title) for call in list_calls(session, actor(), moment())]
    form.partner.choices = [(one.code, partner_name(one.code)) for one in rulebook().initiative.partners]
    form.stage.choices = [(stage, stage_tag(stage, "staff")[0]) for stage in STAGES if stage != "draft"]
    form.language.choices = [(code, code) for code in wiring().settings.languages]
    return form


def _audience(form: MessageForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("circles", "call", "partner", "stage", "language")}


def _kept(form: MessageForm) -> list[tuple[str, str]]:
    """Every field as a hidden one, for the page that asks once more."""
    single = [(name, form[name].data or "") for name in ("call", "partner", "stage", "language", "subject", "text")]
    return [*(("circles", circle) for circle in form.circles.data), *single]


def _say(form: MessageForm, invalid: Invalid) -> None:
    for problem in invalid.problems:
        form[problem.field].say(words(problem))
