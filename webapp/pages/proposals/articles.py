"""What the chosen articles ask: why each is served, its questions, and the indicators it brings (R15, R16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.claims import EVIDENCE_AT_MOST, claimable, key_of
from webapp.domain.initiative import Question, QuestionKind, Sentence
from webapp.domain.mapping import JUSTIFICATION_AT_MOST, Asked, ask, read_mapping
from webapp.domain.policy import Action
from webapp.pages.proposals.forms import kept_values, partner_choices
from webapp.pages.proposals.merging import stand, status_of, take_theirs, write_seen
from webapp.pages.proposals.room import proposals
from webapp.pages.proposals.sections import after, answer_to_save, load, save
from webapp.pages.shared.context import rulebook, wiring
from webapp.pages.shared.fields import CharsField, ChoicesField, CleanStringField, NumberField, PickOneField
from webapp.pages.shared.guard import actor, opens_to
from webapp.queries.access import find_proposal
from webapp.queries.proposals.around import find_contents

YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]
CLAIM_PARTS = ("evidence", "indicator")
CITY_FIELDS = ("city_a", "partner_a", "city_b", "partner_b")


@proposals.route("/proposals/<reference>/articles/answers", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def answers(reference: str) -> Any:
    """Why each article is served, and the questions that it brings."""
    head, held, _organisations = load(reference, "articles")
    asked = ask(read_mapping(held.content), rulebook().initiative)
    if not asked:
        return redirect(url_for("proposals.picker", reference=reference))
    made = _answers_form(asked)

    def flat(content: Mapping[str, Any]) -> dict[str, Any]:
        return _filled(asked, content)

    form, saved = made(data=flat(held.content)), None
    if request.method == "POST":
        take_theirs(form, flat(held.content), held.version)
        fits = form.validate()
        saved = save(reference, "articles", {**held.content, **_answered(asked, form, held.content)})
        seen = write_seen(form, kept_values(form))
        answer = answer_to_save(reference, "articles", saved, fits=fits, seen=seen)
        if answer is not None and not request.headers.get("X-Autosave"):
            return redirect(_after_answers(reference), 303)
        if answer is not None:
            return answer
    standing = stand(form, lambda values: made(formdata=None, data=values), held, saved, flat)
    page = render_template(
        "proposals/answers.html",
        head=head,
        asked=asked,
        form=form,
        standing=standing,
        claimable=claimable,
        claim_field=claim_field,
    )
    return page, status_of(saved)


@proposals.route("/proposals/<reference>/results", methods=["GET", "POST"])
@opens_to(Action.EDIT_PROPOSAL, judged_by_verb=True)
def results(reference: str) -> Any:
    """A baseline and a target for each indicator of the mapped articles."""
    head, held, _organisations = load(reference, "results")
    with wiring().open_reading() as session:
        find_proposal(session, rulebook(), actor(), reference, Action.EDIT_PROPOSAL)
        contents = find_contents(session, head.id)
    asked = ask(read_mapping(contents.get("articles", {})), rulebook().initiative)
    given = held.content.get("indicators") or {}
    made = type("ResultsForm", (FlaskForm,), indicator_fields(asked))
    form, saved = made(data=flat_indicators(held.content)), None
    if request.method == "POST":
        take_theirs(form, flat_indicators(held.content), held.version)
        fits = form.validate()
        saved = save(reference, "results", {"indicators": {**given, **read_indicators(asked, form)}})
        answer = answer_to_save(reference, "results", saved, fits=fits, seen=write_seen(form, kept_values(form)))
        if answer is not None:
            return answer
    standing = stand(form, lambda values: made(formdata=None, data=values), held, saved, flat_indicators)
    page = render_template("proposals/results.html", head=head, asked=asked, form=form, standing=standing)
    return page, status_of(saved)


PARTS = ("baseline", "target", "how_measured")


def _answers_form(asked: tuple[Asked, ...]) -> type[FlaskForm]:
    fields: dict[str, Any] = {}
    for entry in asked:
        fields[f"j-{entry.key}"] = CharsField(entry.article.short_title, max_chars=JUSTIFICATION_AT_MOST, rows=4)
        for sentence in claimable(entry):
            fields.update(_claim_fields(entry, sentence))
        for question in entry.questions:
            fields.update(question_fields(entry.key, question))
    return type("AnswersForm", (FlaskForm,), fields)


def _claim_fields(entry: Asked, sentence: Sentence) -> dict[str, Any]:
    """One sentence of the article: what shows that the project serves it, and what counts it (R67)."""
    name = claim_field(entry, sentence)
    counted = [(indicator.id, indicator.label) for indicator in entry.indicators]
    evidence = _("What shows it: “%(sentence)s”", sentence=sentence.text)
    indicator = _("Counted by, for: “%(sentence)s”", sentence=sentence.text)
    return {
        f"{name}-evidence": CharsField(evidence, max_chars=EVIDENCE_AT_MOST, rows=2),
        f"{name}-indicator": PickOneField(indicator, choices=counted, empty=_("None")),
    }


def claim_field(entry: Asked, sentence: Sentence) -> str:
    """How the form names a sentence."""
    return f"c-{entry.key}-{key_of(sentence)}"


def question_fields(key: str, question: Question) -> dict[str, Any]:
    """The fields of one question of an article."""
    name = f"q-{key}-{question.id}"
    hint = question.hint
    if question.kind is QuestionKind.CITY_PAIR:
        return {
            f"{name}-{part}": PickOneField(question.label, choices=partner_choices())
            if part.startswith("partner")
            else CleanStringField(question.label, max_chars=100, description=hint if part == "city_a" else "")
            for part in CITY_FIELDS
        }
    if question.kind is QuestionKind.NUMBER:
        return {name: NumberField(question.label, least=0, unit=question.unit, description=hint)}
    if question.kind is QuestionKind.YES_NO:
        return {name: ChoicesField(question.label, choices=YES_NO, description=hint)}
    if question.options:
        many = question.kind is QuestionKind.CHOICES
        options = [(option.id, option.label) for option in question.options]
        return {name: ChoicesField(question.label, choices=options, multiple=many, description=hint)}
    if question.kind is QuestionKind.TEXT:
        return {name: CleanStringField(question.label, max_chars=question.max_length or 300, description=hint)}
    return {name: CharsField(question.label, max_chars=question.max_length or 3000, rows=5, description=hint)}


def _filled(asked: tuple[Asked, ...], content: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for entry in asked:
        data[f"j-{entry.key}"] = (content.get("justifications") or {}).get(entry.key, "")
        given = (content.get("answers") or {}).get(entry.key, {})
        claimed = (content.get("claims") or {}).get(entry.key, {})
        for sentence in claimable(entry):
            claim = claimed.get(key_of(sentence)) or {}
            data |= {f"{claim_field(entry, sentence)}-{part}": claim.get(part) or "" for part in CLAIM_PARTS}
        data |= filled_answers(entry, given)
    return data


def filled_answers(entry: Asked, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions of one article, by the names of their fields."""
    data: dict[str, Any] = {}
    for question in entry.questions:
        value = given.get(question.id)
        name = f"q-{entry.key}-{question.id}"
        if question.kind is QuestionKind.CITY_PAIR:
            pair = value if isinstance(value, dict) else {}
            data |= {f"{name}-{part}": pair.get(part, "") for part in CITY_FIELDS}
        else:
            data[name] = value
    return data


def _answered(asked: tuple[Asked, ...], form: FlaskForm, content: Mapping[str, Any]) -> dict[str, Any]:
    """The justifications and answers, as content keeps them; those of articles no longer mapped stay."""
    justifications = {**(content.get("justifications") or {})}
    justifications |= {entry.key: form[f"j-{entry.key}"].kept for entry in asked}
    claims = {**(content.get("claims") or {})}
    given: dict[str, dict[str, Any]] = {}
    for entry in asked:
        claims[entry.key] = _claimed(entry, form)
        given[entry.key] = read_answers(entry, form)
    return {"justifications": justifications, "answers": given, "claims": claims}


def read_answers(entry: Asked, form: FlaskForm) -> dict[str, Any]:
    """What was answered to the questions of one article, by question."""
    found: dict[str, Any] = {}
    for question in entry.questions:
        name = f"q-{entry.key}-{question.id}"
        if question.kind is QuestionKind.CITY_PAIR:
            found[question.id] = {part: form[f"{name}-{part}"].kept for part in CITY_FIELDS}
        else:
            found[question.id] = form[name].kept
    return found


def _claimed(entry: Asked, form: FlaskForm) -> dict[str, Any]:
    """The claims for one article; a sentence about which nothing was said is left out."""
    found = {}
    for sentence in claimable(entry):
        claim = {part: form[f"{claim_field(entry, sentence)}-{part}"].kept or "" for part in CLAIM_PARTS}
        if any(claim.values()):
            found[key_of(sentence)] = claim
    return found


def _after_answers(reference: str) -> str:
    if request.form.get("then") == "list":
        return after(reference, "articles")
    return url_for("proposals.results", reference=reference)


def read_indicators(asked: tuple[Asked, ...], form: FlaskForm) -> dict[str, dict[str, Any]]:
    """What was entered of each indicator, by its key."""
    keys = [entry.indicator_key(indicator) for entry in asked for indicator in entry.indicators]
    return {key: {part: form[f"{key}-{part}"].kept for part in PARTS} for key in keys}


def indicator_fields(asked: tuple[Asked, ...]) -> dict[str, Any]:
    """The fields of the indicators that these articles bring."""
    fields: dict[str, Any] = {}
    for entry in asked:
        for indicator in entry.indicators:
            key, name = entry.indicator_key(indicator), indicator.label
            fields[f"{key}-baseline"] = NumberField(_("Baseline: %(name)s", name=name), unit=indicator.unit)
            fields[f"{key}-target"] = NumberField(_("Target: %(name)s", name=name), unit=indicator.unit)
            how = _("How it is measured: %(name)s", name=name)
            fields[f"{key}-how_measured"] = CharsField(how, max_chars=1000, rows=2)
    return fields


def flat_indicators(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the results hold of the indicators, by the names of their fields."""
    given = content.get("indicators") or {}
    return {f"{key}-{part}": (value or {}).get(part, "") for key, value in given.items() for part in PARTS}
