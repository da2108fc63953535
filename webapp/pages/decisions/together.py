"""Many decisions at once: drafted, confirmed, released together, each its own event and letter (R47, R75)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.domain.decisions import draft_problems, fill_letter, letter_problems
from webapp.domain.errors import Invalid, Refusal
from webapp.domain.policy import Action
from webapp.pages.decisions.forms import ManyForm, given_conditions, padded, read_conditions, say
from webapp.pages.decisions.room import decisions
from webapp.pages.decisions.words import DECIDED, RECOMMENDATIONS, TONES, first_letter
from webapp.pages.shared.context import moment, rulebook, wiring
from webapp.pages.shared.guard import actor, opens_to
from webapp.pages.shared.problem_words import words
from webapp.pages.shared.refusal_words import words as refusal_words
from webapp.queries import decisions as ask
from webapp.queries.access import find_proposal
from webapp.queries.people import find_account
from webapp.services.decisions import confirm
from webapp.services.decisions.draft import Draft, draft_decision
from webapp.services.decisions.letter import preview_letter
from webapp.services.work import UnitOfWork

Verb = Callable[[UnitOfWork, str, int], object]


@decisions.get("/desk/decisions")
@opens_to(Action.SEE_DESK)
def in_work() -> str:
    """What is to decide, what waits for a second member of the secretariat, what is held until it is released."""
    with wiring().open_reading() as session:
        to_decide = ask.list_to_decide(session, rulebook(), actor())
        pending = ask.list_pending(session, rulebook(), actor())
    return render_template(
        "decisions/in_work.html",
        to_decide=to_decide,
        drafted=[one for one in pending if one.state == "drafted"],
        staged=[one for one in pending if one.state == "staged"],
        decided=DECIDED,
        tones=TONES,
        recommendations=RECOMMENDATIONS,
        now=moment(),
    )


@decisions.post("/desk/decisions/draft")
@opens_to(Action.SEE_DESK)
def draft_together() -> Any:
    """Ask what is decided of the selected, show each letter, then save each draft (R47)."""
    with wiring().open_reading() as session:
        lines = [one for one in ask.list_to_decide(session, rulebook(), actor()) if _is_chosen(one.reference)]
    if not lines:
        return _back()
    step = request.form.get("step", "")
    form = ManyForm() if step else ManyForm(formdata=None)
    rows = given_conditions()
    if step and form.validate():
        try:
            _check(form, rows)
            letters = [(one, _letter(one.reference, form)) for one in lines]
            if step == "save":
                return _report(_("Drafts"), _each(lines, lambda work, ref, seen: _draft(work, ref, seen, form, rows)))
            return render_template(
                "decisions/draft_check.html", form=form, rows=rows, letters=letters, decided=DECIDED, tones=TONES
            )
        except Invalid as invalid:
            say(form, invalid.problems)
    page = render_template("decisions/draft_many.html", form=form, rows=padded(rows), lines=lines)
    return (page, 422) if form.errors else page


@decisions.post("/desk/decisions/confirm")
@opens_to(Action.SEE_DESK)
def confirm_together() -> Any:
    """Show each letter as it will be sent, then confirm each: at once, or held (R46, R47, R75)."""
    lines = [one for one in _pending("drafted") if one.drafted_by_id != actor().person_id]
    if not lines:
        return _back()
    act = request.form.get("act", "")
    if act in ("send", "hold"):
        done = _each(
            lines, lambda work, ref, seen: confirm.confirm_decision(work, ref, revision=seen, hold=act == "hold")
        )
        said = _("Confirmed. The letter is on its way.") if act == "send" else _("Confirmed, and held.")
        return _report(_("Confirmed"), [(ref, words or said) for ref, words in done])
    return _ask("decisions/confirm_many.html", lines)


@decisions.post("/desk/decisions/release")
@opens_to(Action.SEE_DESK)
def release_together() -> Any:
    """Show once more what takes effect, then release each (R75)."""
    lines = _pending("staged")
    if not lines:
        return _back()
    if request.form.get("act") == "release":
        done = _each(lines, lambda work, ref, seen: confirm.release_decision(work, ref, revision=seen))
        said = _("Released. The letter is on its way.")
        return _report(_("Released"), [(ref, words or said) for ref, words in done])
    return _ask("decisions/release_many.html", lines)


def _is_chosen(reference: str) -> bool:
    return reference in request.form.getlist("reference")


def _pending(state: str) -> list[ask.PendingLine]:
    with wiring().open_reading() as session:
        found = ask.list_pending(session, rulebook(), actor())
    return [one for one in found if one.state == state and _is_chosen(one.reference)]


def _ask(template: str, lines: list[ask.PendingLine]) -> str:
    letters = []
    for one in lines:
        with wiring().open_work(actor()) as work:
            find_proposal(work.session, work.rules, actor(), one.reference, Action.DELIBERATE)
            letters.append((one, preview_letter(work, one.proposal_id)))
    return render_template(template, letters=letters, decided=DECIDED, tones=TONES)


def _each(lines: Any, verb: Verb) -> list[tuple[str, str]]:
    """Do the verb for each in a unit of work of its own; what refused it, in words, or nothing."""
    done: list[tuple[str, str]] = []
    for one in lines:
        refused = ""
        try:
            with wiring().open_work(actor()) as work:
                verb(work, one.reference, request.form.get(f"revision-{one.reference}", 0, int))
        except Invalid as invalid:
            refused = " ".join(words(problem) for problem in invalid.problems)
        except Refusal as refusal:
            refused = refusal_words(refusal)
        done.append((one.reference, refused))
    return done


def _draft(work: UnitOfWork, reference: str, revision: int, form: ManyForm, rows: list[tuple[str, str]]) -> None:
    given = Draft(form.outcome.data, form.reason.data, _letter(reference, form), read_conditions(rows))
    draft_decision(work, reference, given, revision=revision)


def _letter(reference: str, form: ManyForm) -> str:
    with wiring().open_reading() as session:
        head = find_proposal(session, rulebook(), actor(), reference, Action.DELIBERATE)
        applicant = find_account(session, head.owner_id)
    name = applicant.address_as or applicant.name
    if not form.letter.data.strip():
        return first_letter(form.outcome.data, title=head.title, name=name, language=applicant.language)
    return fill_letter(form.letter.data, {"name": name, "title": head.title, "reference": head.reference})


def _check(form: ManyForm, rows: list[tuple[str, str]]) -> None:
    """Everything that keeps such a draft from being saved, before the letters are shown."""
    letter = form.letter.data.strip()
    found = draft_problems(
        form.outcome.data, form.reason.data, letter or form.outcome.data, read_conditions(rows), moment().date()
    )
    found += letter_problems(letter)
    if found:
        raise Invalid(found)


def _report(what: str, done: list[tuple[str, str]]) -> str:
    saved = _("Saved. Another member of the secretariat confirms it.")
    return render_template("decisions/report.html", what=what, done=[(ref, text or saved) for ref, text in done])


def _back() -> Any:
    return redirect(url_for("decisions.in_work"), 303)
