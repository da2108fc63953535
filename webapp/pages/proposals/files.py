"""Documents: attached, removed, downloaded under the policy of their proposal."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.policy import Action
from webapp.domain.proposals import DOCUMENT_READERS
from webapp.pages.proposals.forms import UploadForm
from webapp.pages.proposals.room import proposals
from webapp.pages.shared.content_words import DOCUMENT_STATES, REFUSALS
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.fields.files import plain_name
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.queries.access import find_head_by_id, find_proposal, may
from webapp.queries.proposals import lists
from webapp.queries.proposals.reading import read_proposal
from webapp.services.proposals.documents import add_document, remove_document


@proposals.route("/proposals/<reference>/documents", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def documents(reference: str) -> Any:
    """The documents of a draft; each file is stored at once."""
    form = UploadForm()
    form.files.max_bytes = wiring().rules.limits.upload_bytes
    if form.validate_on_submit():
        for file in form.files.data:
            try:
                with wiring().open_work(actor()) as work:
                    add_document(work, reference, plain_name(file), cast(BinaryIO, file.stream))
            except Invalid as refusal:
                for problem in refusal.problems:
                    form.files.say(words(problem))
        if not form.errors:
            flash(_("Stored. A check of the content follows within a minute."), "ok")
            return redirect(url_for("proposals.documents", reference=reference), 303)
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.EDIT_PROPOSAL)
        view = read_proposal(session, rulebook(), head, draft=True)
    page = render_template(
        "proposals/documents.html",
        head=head,
        view=view,
        form=form,
        states=DOCUMENT_STATES,
        refusals=REFUSALS,
        scans=wiring().ports.documents.scans,
    )
    return page, 422 if form.errors else 200


@proposals.post("/proposals/<reference>/documents/<public_id>/remove")
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def remove(reference: str, public_id: str) -> Response:
    """Take a document out of the draft."""
    with wiring().open_work(actor()) as work:
        remove_document(work, reference, public_id)
    flash(_("The document is removed."), "ok")
    return redirect(url_for("proposals.documents", reference=reference), 303)


@proposals.get("/documents/<public_id>")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def download(public_id: str) -> Response:
    """One document, always as an attachment, to those who may read its proposal (`reliability.md` §3, 3)."""
    with wiring().open_reading() as session:
        found = lists.find_document(session, public_id)
        head = find_head_by_id(session, rulebook(), found.proposal_id) if found else None
    if found is None or head is None or not any(may(actor(), to, head.facts) for to in DOCUMENT_READERS[found.purpose]):
        raise NotFound
    if found.state != "accepted":
        raise NotFound
    answer = send_file(
        wiring().ports.files.open(found.sha256),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer
