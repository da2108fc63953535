"""Files that go with the letter of a decision: attached to its draft, taken off again (R75)."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.pages.decisions.deciding import deliberation
from webapp.pages.decisions.forms import DraftForm, LetterFileForm, padded
from webapp.pages.decisions.room import decisions
from webapp.pages.shared.context import wiring
from webapp.pages.shared.fields.files import plain_name
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.services.decisions.files import add_letter_file, remove_letter_file


@decisions.post("/desk/proposals/<reference>/decision/files")
@opens_to(Action.DRAFT_DECISION, judged_by_verb=True)
def add_file(reference: str) -> Any:
    """Attach a file to the letter."""
    form = LetterFileForm()
    form.files.max_bytes = wiring().rules.limits.upload_bytes
    if form.validate():
        file = form.files.data[0]
        try:
            with wiring().open_work(actor()) as work:
                revision = request.form.get("revision", 0, int)
                add_letter_file(work, reference, plain_name(file), cast(BinaryIO, file.stream), revision=revision)
        except Invalid as refusal:
            for problem in refusal.problems:
                form.files.say(words(problem))
        else:
            flash(_("Stored. A check of the content follows within a minute."), "ok")
            return redirect(url_for("decisions.decision", reference=reference, _anchor="files"), 303)
    page = deliberation(reference)
    given = DraftForm(formdata=None, data=page["given"])
    shown = {**page, "rows": padded(page["rows"]), "upload_form": form}
    errors = [("#files", message) for message in form.files.errors]
    return render_template("decisions/decision.html", form=given, errors=errors, **shown), 422


@decisions.post("/desk/proposals/<reference>/decision/files/<public_id>/remove")
@opens_to(Action.DRAFT_DECISION, judged_by_verb=True)
def remove_file(reference: str, public_id: str) -> Response:
    """Take a file off the letter."""
    with wiring().open_work(actor()) as work:
        remove_letter_file(work, reference, public_id, revision=request.form.get("revision", 0, int))
    flash(_("The file is taken off the letter."), "ok")
    return redirect(url_for("decisions.decision", reference=reference, _anchor="files"), 303)
