"""Check answers, submit, the receipt, withdrawal (R9, R10)."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.completeness import find_problems
from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.domain.sign_offs import sign_off_problems
from webapp.domain.versions import content_hash
from webapp.pages.proposals.forms import WithdrawForm
from webapp.pages.proposals.items import KINDS
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import section_url
from webapp.pages.shared.context import form_key, moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.pages.shared.section_words import SECTION_NAMES
from webapp.queries.access import find_proposal, may
from webapp.queries.proposals import lists
from webapp.queries.proposals.around import find_around, find_contents, frozen_contents
from webapp.queries.proposals.reading import read_proposal
from webapp.queries.proposals.sign_offs import list_sign_offs
from webapp.services.proposals.submit import submit as submit_verb
from webapp.services.proposals.withdraw import withdraw as withdraw_verb


@proposals.get("/proposals/<reference>/check")
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def check(reference: str) -> str:
    """The whole proposal before it is submitted, and everything that is still missing (R9)."""
    return _check_page(reference)


@proposals.post("/proposals/<reference>/submit")
@opens_to(Action.SUBMIT_PROPOSAL, judged_by_verb=True)
def submit(reference: str) -> Any:
    """Submit; a second press has no second effect."""
    try:
        with wiring().open_work(actor()) as work:
            submit_verb(work, reference, form_key=form_key())
    except Invalid:
        return _check_page(reference), 422
    return redirect(url_for("proposals.submitted", reference=reference), 303)


@proposals.get("/proposals/<reference>/submitted")
@opens_to(Action.READ_OWN_WORK, judged_by_verb=True)
def submitted(reference: str) -> str:
    """The receipt, and what happens next."""
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.READ_OWN_WORK)
        versions = lists.list_versions(session, head.id)
    return render_template("proposals/submitted.html", head=head, receipt=versions[0] if versions else None)


@proposals.route("/proposals/<reference>/withdraw", methods=["GET", "POST"])
@opens_to(Action.WITHDRAW_PROPOSAL, judged_by_verb=True)
def withdraw(reference: str) -> Any:
    """Withdraw, after a confirm page that says who is told."""
    form = WithdrawForm()
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.WITHDRAW_PROPOSAL)
    if form.validate_on_submit():
        with wiring().open_work(actor()) as work:
            revision = request.form.get("revision", 0, int)
            withdraw_verb(work, reference, revision=revision, reason=form.reason.data or "", form_key=form_key())
        flash(_("The proposal is withdrawn."), "ok")
        return redirect(url_for("proposals.proposal", reference=reference), 303)
    return render_template(
        "proposals/withdraw.html", head=head, form=form, once=form_key()
    ), 422 if form.errors else 200


def problem_url(reference: str, problem: Problem) -> str:
    """The page and field at which a problem is mended."""
    for kind, chosen in KINDS.items():
        match = re.match(rf"{chosen.field}\.(\d+)", problem.field)
        if match and chosen.section == problem.section:
            number = int(match.group(1)) + 1
            field = problem.field.rpartition(".")[2]
            return url_for("proposals.item", reference=reference, kind=kind, number=number) + f"#{field}"
        if problem.field == chosen.field and chosen.section == problem.section:
            return section_url(reference, problem.section) + f"#{kind}"
    if problem.section == "articles" and problem.field.startswith(("answers.", "claims.", "justifications.")):
        return url_for("proposals.answers", reference=reference) + f"#{_answer_id(problem.field)}"
    return section_url(reference, problem.section) + f"#{problem.field.removeprefix('indicators.')}"


def _answer_id(field: str) -> str:
    parts = field.split(".")
    letter = {"justifications": "j", "claims": "c"}.get(parts[0], "q")
    return "-".join([letter, *parts[1:]])


def _check_page(reference: str) -> str:
    rules = rulebook()
    with wiring().open_reading() as session:
        head = find_proposal(session, rules, actor(), reference, Action.EDIT_PROPOSAL)
        contents = find_contents(session, head.id)
        around = find_around(session, rules, head.id, head.call_id, contents)
        view = read_proposal(session, rules, head, draft=True)
        call = lists.find_call(session, head.call_id)
        sign_offs = list_sign_offs(session, head.id, contents)
        sha256 = content_hash(frozen_contents(session, head.id, contents, around.sections_off)) if sign_offs else ""
    problems = find_problems(contents, around)
    unsigned = sign_off_problems(sign_offs, sha256)
    listed: dict[str, list[tuple[str, str]]] = {}
    for problem in problems:
        listed.setdefault(problem.section, []).append((problem_url(reference, problem), words(problem)))
    return render_template(
        "proposals/check.html",
        head=head,
        view=view,
        call=call,
        listed=[(SECTION_NAMES[section], rows) for section, rows in listed.items()],
        change={section: section_url(reference, section) for section in SECTION_NAMES},
        count=len(problems),
        sign_offs=[(one, one.standing(sha256)) for one in sign_offs],
        unsigned=[words(problem) for problem in unsigned],
        can_submit=may(actor(), Action.SUBMIT_PROPOSAL, head.facts),
        once=form_key(),
        now=moment(),
    )
