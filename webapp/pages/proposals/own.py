"""One's own proposals: the list, a new draft, the task list of a draft, the status of one that is under way."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.completeness import section_state
from webapp.domain.errors import NotNow
from webapp.domain.policy import Action
from webapp.domain.proposals import SECTION_GROUPS, is_editable
from webapp.domain.workflow import find_stage
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import section_url
from webapp.pages.proposals.timeline import is_mapping_offered, public_steps, returned_reason
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.section_words import GROUP_NAMES, SECTION_NAMES
from webapp.queries.access import ProposalHead, find_proposal, may
from webapp.queries.audit import list_history
from webapp.queries.calls import list_open
from webapp.queries.clarifications import first_due
from webapp.queries.endorsements.points import list_owed
from webapp.queries.proposals import lists
from webapp.queries.proposals import steps as find_steps
from webapp.queries.proposals.around import find_around, find_contents
from webapp.queries.proposals.reading import read_proposal
from webapp.services.proposals.create import create_draft
from webapp.services.proposals.withdraw import delete_draft


@proposals.get("/proposals")
@opens_to(Action.USE_ACCOUNT)
def mine() -> str:
    """One's own proposals, with whose turn it is (R27)."""
    with wiring().open_reading() as session:
        found = lists.list_own(session, actor())
    stages = {line.reference: find_stage(rulebook().workflow(line.workflow), line.stage) for line in found}
    return render_template("proposals/mine.html", found=found, stages=stages, now=moment())


@proposals.route("/proposals/new", methods=["GET", "POST"])
@opens_to(Action.CREATE_PROPOSAL)
def new() -> Any:
    """Choose a call and begin a draft."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            reference = create_draft(
                work, request.form.get("call", ""), form_key=form_key(), copy_of=request.form.get("copy_of", "")
            )
        return redirect(url_for("proposals.proposal", reference=reference), 303)
    with wiring().open_reading() as session:
        invited = find_steps.second_steps(session)
        calls = [call for call in list_open(session, moment()) if call.phase == "open" and call.code not in invited]
    chosen = request.args.get("call", "")
    return render_template(
        "proposals/new.html", calls=calls, chosen=chosen, copy_of=request.args.get("copy_of", ""), once=form_key()
    )


@proposals.get("/proposals/<reference>")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def proposal(reference: str) -> Any:
    """The task list of a draft, or where a proposal is (R27)."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.READ_PROPOSAL)
        # What is changed and not sent yet is for those alone who work on it.
        own = may(actor(), Action.READ_OWN_WORK, head.facts)
        editing = own and is_editable(rules.workflow(head.workflow), head.stage)
        history = list_history(session, "proposal", head.id)
        call = lists.find_call(session, head.call_id)
        people = lists.list_working(session, head.id, head.owner_id)
        versions = lists.list_versions(session, head.id)
        view = read_proposal(session, rules, head, draft=editing)
        asked_until = first_due(session, head.id)
        owed = list_owed(session, head.id) if head.submitted_at else ()
        following = find_steps.find_next(session, rules, head) if own and head.submitted_at else None
    common = {
        "head": head,
        "call": call,
        "people": people,
        "versions": versions,
        "view": view,
        "stage": find_stage(rules.workflow(head.workflow), head.stage),
        "now": moment(),
        "own": own,
        "is_owner": actor().person_id == head.owner_id,
        "reason": returned_reason(history),
        "mapping_offered": is_mapping_offered(history),
        "asked_until": asked_until,
        "owed": owed,
        "following": following,
        "once": form_key(),
    }
    if editing:
        return render_template("proposals/task_list.html", **common, **_tasks(head))
    return render_template("proposals/status.html", **common, steps=public_steps(history))


@proposals.get("/proposals/<reference>/read")
@opens_to(Action.READ_PROPOSAL, judged_by_verb=True)
def read(reference: str) -> str:
    """The whole proposal, to read or to print."""
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.READ_PROPOSAL)
        view = read_proposal(session, rules, head)
    return render_template("proposals/read.html", head=head, view=view)


@proposals.route("/proposals/<reference>/delete", methods=["GET", "POST"])
@opens_to(Action.DELETE_PROPOSAL, judged_by_verb=True)
def delete(reference: str) -> Any:
    """Delete a draft, after a confirm page."""
    if request.method == "POST":
        with wiring().open_work(actor()) as work:
            delete_draft(work, reference)
        flash(_("The draft %(reference)s is deleted.", reference=reference), "ok")
        return redirect(url_for("proposals.mine"), 303)
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.DELETE_PROPOSAL)
    if head.submitted_at is not None:
        raise NotNow("drafts_only")
    return render_template("proposals/delete.html", head=head)


def _tasks(head: ProposalHead) -> dict[str, Any]:
    """The sections in their groups, each with its state."""
    with wiring().open_reading() as session:
        contents = find_contents(session, head.id)
        around = find_around(session, rulebook(), head.id, head.call_id, contents)
        view = read_proposal(session, rulebook(), head, draft=True)
    groups, states = [], []
    for group, sections in SECTION_GROUPS:
        rows = []
        for section in sections:
            if section in around.sections_off:
                continue
            state, fixes = section_state(section, contents, around, documents=len(view.documents))
            rows.append((str(SECTION_NAMES[section]), section_url(head.reference, section), state, fixes))
            states.append(state)
        if rows:
            groups.append((str(GROUP_NAMES[group]), rows))
    return {"groups": groups, "states": states, "complete": sum(state == "complete" for state in states)}
