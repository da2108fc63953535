"""A dry run: what past proposals would have met under another workflow, shipped or from a file (R22)."""

from __future__ import annotations

import tomllib

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.policy import Action
from webapp.domain.workflow import Divergence, Workflow, find_move, parse, problems
from webapp.pages.desk.room import desk
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.fields import MultiFileField
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.reader import stage_tag
from webapp.queries.workflow import Rehearsal, rehearse_workflow

NEWEST = 2000
FILE_AT_MOST = 100_000


class RehearsalForm(FlaskForm):
    """A changed workflow as a file."""

    file = MultiFileField(
        _l("A changed workflow"),
        max_files=1,
        max_bytes=FILE_AT_MOST,
        extensions=("toml",),
        required=_l("Choose the file of the workflow"),
        description=_l("A TOML file like those of the product. Nothing of it is kept."),
    )


@desk.route("/desk/workflow/rehearsal", methods=["GET", "POST"])
@opens_to(Action.SEE_DESK)
def rehearsal() -> str | tuple[str, int]:
    """Choose a workflow, see which proposals would have gone elsewhere, and where; nothing is changed."""
    known = {workflow.key: workflow for workflow in rulebook().workflows.values()}
    form = RehearsalForm()
    chosen = known.get(request.args.get("name", ""))
    if form.validate_on_submit():
        chosen = _read(form)
    found = _rehearse(chosen) if chosen else None
    page = render_template(
        "desk/rehearsal.html",
        known=known,
        form=form,
        chosen=chosen,
        found=found,
        lines=[(line, _words(chosen, line.divergence)) for line in found.lines] if found and chosen else [],
        kinds=_kinds(found) if found else [],
        newest=NEWEST,
    )
    return (page, 422) if form.errors else page


def _read(form: RehearsalForm) -> Workflow | None:
    """The workflow in the file; what is wrong with it is said at the field."""
    try:
        workflow = parse(tomllib.loads(form.file.data[0].read().decode("utf-8")))
        notices = rulebook().notices
        found = problems(workflow, frozenset(notices.by_event) | frozenset(notices.silent))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        form.file.say(_("This file is no workflow. Mend it: %(what)s", what=str(error)[:200]))
        return None
    if found:
        form.file.say(_("This workflow cannot be used. Mend it: %(what)s", what="; ".join(found[:3])))
        return None
    return workflow


def _rehearse(workflow: Workflow) -> Rehearsal:
    with wiring().open_reading() as session:
        return rehearse_workflow(session, rulebook(), actor(), workflow, moment(), newest=NEWEST)


def _kinds(found: Rehearsal) -> list[tuple[str, int]]:
    names = {
        "elsewhere": _("Would have gone to another stage"),
        "no_move": _("Would have stayed: there is no such step"),
        "no_reason": _("Would have stayed: the step asks a reason"),
        "late": _("Would have run out of time"),
        "rule": _("The same stages, but another rule decides"),
    }
    return [(names[kind], count) for kind, count in found.kinds]


def _words(workflow: Workflow, one: Divergence) -> str:
    """Where a proposal would have gone another way, in a sentence."""
    step = find_move(workflow, one.stage, one.move)
    values = {
        "step": _(step.name) if step else one.move,
        "stage": _stage_words(workflow, one.stage),
        "was": stage_tag(one.was, "staff")[0],
        "would": _stage_words(workflow, one.would),
    }
    sentences = {
        "elsewhere": _("From “%(stage)s” it would have gone to “%(would)s” instead of “%(was)s”.", **values),
        "no_move": _("It would have stayed in “%(stage)s” instead of going to “%(was)s”.", **values),
        "no_reason": _("“%(step)s” asks a reason, and none was given: it would have stayed in “%(stage)s”.", **values),
        "late": _("The time in “%(stage)s” would have been over before: it would have gone to “%(would)s”.", **values),
        "rule": _("“%(step)s” is allowed by another rule than it was.", **values),
    }
    return sentences[one.kind]


def _stage_words(workflow: Workflow, stage: str) -> str:
    """The staff's word for a stage of this workflow."""
    return next((_(one.staff) for one in workflow.stages if one.id == stage), stage)
