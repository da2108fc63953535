"""The desk's first page, and the workflow's picture with its numbers."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext
from markupsafe import Markup

from webapp.domain.policy import Action
from webapp.domain.stages import STAGES
from webapp.domain.workflow import draw_svg
from webapp.pages.desk.room import desk
from webapp.pages.desk.tallies import find_tallies
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.desk import count_stages

USUAL = "standard-1"
"""The workflow that is shown first."""


@desk.get("/desk")
@opens_to(Action.SEE_DESK)
def overview() -> str:
    """How many proposals are where, since when, how many overdue."""
    tallies = find_tallies(actor(), moment())
    counts = {one.stage: one for one in tallies.stages}
    known = {stage.id: stage for workflow in rulebook().workflows.values() for stage in workflow.stages}
    stages = [known[stage] for stage in STAGES if stage in known]
    live = [stage for stage in stages if stage.is_live]
    return render_template(
        "desk/overview.html",
        lines=[(stage, counts[stage.id]) for stage in stages if stage.id in counts],
        open_ones=sum(counts[stage.id].proposals for stage in live if stage.id in counts),
        ours=sum(
            counts[stage.id].proposals for stage in live if stage.id in counts and "secretariat" in stage.waits_for
        ),
        overdue=sum(one.overdue for one in counts.values()),
        waiting=tallies.waiting,
        now=moment(),
    )


@desk.get("/desk/workflow")
@opens_to(Action.SEE_DESK)
def show_workflow() -> str:
    """A workflow as a picture, with the number of proposals in each stage (R23)."""
    known = {workflow.key: workflow for workflow in rulebook().workflows.values()}
    workflow = known.get(request.args.get("name", "")) or known[USUAL]
    with wiring().open_reading() as session:
        found = count_stages(session, actor(), moment(), (workflow.id, workflow.version))
    counts = {one.stage: one.proposals for one in found}
    return render_template(
        "desk/workflow.html",
        workflow=workflow,
        known=known,
        counts=counts,
        # Drawn by ourselves from the table, every text of it escaped.
        picture=Markup(draw_svg(workflow, counts, say=gettext, standalone=False)),  # noqa: S704
    )
