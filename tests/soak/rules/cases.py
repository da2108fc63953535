"""Endorsement: what `endorsement.md` says is always true, judged anew from rows and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.soak.judging import Look, rule
from tests.soak.people import PATHS
from webapp.domain.endorsements import Around, read_case
from webapp.models.endorsements import Endorsement

WAITING = ("waiting_applicant", "adjustment_requested")
SPOKEN = ("endorsed", "endorsed_with_conditions", "no_objection")
POSITIVE = (*SPOKEN, "no_objection_tacit")


@rule("R30")
def one_case_for_each_partner(look: Look) -> Iterator[str]:
    """One for each (proposal, partner), on a version of the proposal, its row saying what its content says."""
    for proposal in look.seen.proposals:
        cases = look.seen.cases.get(proposal.id, [])
        for partner, count in Counter(case.partner_id for case in cases).items():
            if count > 1:
                yield f"{proposal.reference} has {count} cases of partner {partner}"
        versions = {one.id for one in look.seen.versions.get(proposal.id, [])}
        for case in cases:
            held = read_case(case.content, Around())
            if (held.state, held.version, held.signatory) != (case.state, case.version_id, case.signatory_id):
                yield f"case {case.id} says {case.state} {case.version_id}, its content {held.state} {held.version}"
            if case.version_id not in versions:
                yield f"case {case.id} is about a version of another proposal"


@rule("R24", "R30")
def cases_are_told_by_events(look: Look) -> Iterator[str]:
    """Each event of a case begins where the one before has led, and the last leads to where the case is."""
    states = look.world.memory.case_states
    for event in look.events:
        case_id = event.payload.get("endorsement_id")
        if case_id is None or "from" not in event.payload or "to" not in event.payload:
            continue
        before = states.get(case_id, "unopened")
        if event.payload["from"] != before:
            yield f"case {case_id}: {event.name} leaves {event.payload['from']}, it stood at {before}"
        states[case_id] = event.payload["to"]
    for case in _cases(look):
        if states.get(case.id) != case.state:
            yield f"case {case.id} is at {case.state}, its events lead to {states.get(case.id)}"


@rule("R32")
def no_word_without_a_letter_that_came(look: Look) -> Iterator[str]:
    """Who gave a word had the request; tacit consent only where declared, acknowledged and noticed twice."""
    for case in _cases(look):
        held = read_case(case.content, Around())
        for word in look.seen.words.get(case.id, []):
            stands = word.outcome != "acceded_late" and held.outcome == word.outcome
            if stands and held.asked_at is None and held.acknowledged_at is None:
                yield f"case {case.id} has the word {word.outcome} and no letter that came"
            if word.outcome == "no_objection_tacit" and not _is_silent(look, case):
                yield f"case {case.id} was read as consenting by silence"


def _is_silent(look: Look, case: Endorsement) -> bool:
    held = read_case(case.content, Around())
    path = PATHS[look.seen.partners[case.partner_id].code]
    return path.silence_is_consent and held.acknowledged_at is not None and not held.silence_broken


@rule("R31", "R34")
def words_are_given_by_who_may(look: Look) -> Iterator[str]:
    """New words: on the version that the case was about, by nobody who is part of the proposal, signed by enough."""
    for event in look.events:
        word_id, case_id = event.payload.get("word_id"), event.payload.get("endorsement_id")
        case = next((one for one in _cases(look) if one.id == case_id), None)
        if word_id is None or case is None:
            continue
        word = next(one for one in look.seen.words[case.id] if one.id == word_id)
        held = read_case(case.content, Around())
        proposal = next(one for one in look.seen.proposals if one.id == case.proposal_id)
        if look.act and word.given_by_id in look.seen.team(proposal):
            yield f"word {word.id} was given by a member of {proposal.reference}"
        if look.act and word.version_id != case.version_id:
            yield f"word {word.id} is on version {word.version_id}, shown was {case.version_id}"
        needed = PATHS[look.seen.partners[case.partner_id].code].signatures_needed
        repeats = event.name in ("EndorsementRepeated", "EndorsementConfirmed")
        signed = {one.by for one in held.signatures if one.outcome == word.outcome}
        if word.outcome in SPOKEN and not repeats and case.state == word.outcome and len(signed) < needed:
            yield f"word {word.id} was signed by {len(signed)}, its path asks for {needed}"


@rule("R68")
def what_is_asked_is_open(look: Look) -> Iterator[str]:
    """A case waits for the applicant exactly while something it asked is open."""
    for case in _cases(look):
        points = [one for one in look.seen.points.get(case.id, []) if one.state == "open"]
        if bool(points) != (case.state in WAITING):
            yield f"case {case.id} is at {case.state} with {len(points)} open points"
        stops = read_case(case.content, Around()).stops
        if any(stop.until is None for stop in stops) != (case.state in WAITING):
            yield f"case {case.id} is at {case.state}, its clock {'stands' if stops else 'runs'}"


@rule("R33")
def review_waits_for_enough_words(look: Look) -> Iterator[str]:
    """When a proposal has just gone on to review, the lead's word is positive, and as many others' as it takes."""
    for event in look.events:
        if event.name != "EndorsementSufficed" or not look.act:
            continue
        proposal = next(one for one in look.seen.proposals if one.id == event.subject_id)
        asks = look.seen.calls[proposal.call_id].endorsement
        cases = look.seen.cases.get(proposal.id, [])
        good = [case for case in cases if case.state in POSITIVE]
        others = sum(not case.is_lead for case in good)
        wanted = asks.get("others", 1) if asks.get("asks") == "lead_and" else 1
        if not any(case.is_lead for case in good) or others < wanted:
            yield f"{proposal.reference} went on with {[case.state for case in cases]}"


@rule("R34")
def vacancies_are_raised(look: Look) -> Iterator[str]:
    """A partner that is to be asked and has nobody who can sign has an open vacancy."""
    for case in _cases(look):
        proposal = next(one for one in look.seen.proposals if one.id == case.proposal_id)
        play = look.seen.stage(proposal).is_live and "applicant" not in look.seen.stage(proposal).waits_for
        waits = case.state == "to_request" and case.signatory_id is None and look.swept >= {"outbox"}
        if play and waits and case.partner_id not in look.seen.vacant:
            yield f"case {case.id} waits for somebody who can sign, and no vacancy says so"


def _cases(look: Look) -> Iterator[Endorsement]:
    return (case for cases in look.seen.cases.values() for case in cases)
