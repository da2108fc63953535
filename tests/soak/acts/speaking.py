"""Partners speak: acknowledge, give their word, ask, wish for changes, consult, extend, withdraw, join later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.people import MINISTRY
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.endorsements import Ministry
from webapp.domain.people import link_token
from webapp.models.endorsements import Endorsement
from webapp.models.people import MailedLink
from webapp.models.proposals import Proposal
from webapp.services.endorsements.afterwards import extend, withdraw_word
from webapp.services.endorsements.answering import acknowledge, answer
from webapp.services.endorsements.asking import ask, request_adjustments
from webapp.services.endorsements.consulting import advise, consult
from webapp.services.work import UnitOfWork

OWES = ("delivered", "acknowledged", "in_consultation")
POSITIVE = ("endorsed", "endorsed_with_conditions", "no_objection", "no_objection_tacit")
# The word, the states in which it can be said, how likely.
WORDS = (
    ("endorse", OWES, 6),
    ("endorse_with_conditions", OWES, 2),
    ("no_objection", OWES, 2),
    ("stand_aside", OWES, 1),
    ("object", (*OWES, "no_objection_tacit"), 1),
    ("same_answer", ("revalidation_needed",), 8),
    ("another_answer", ("revalidation_needed", "objected"), 4),
    ("break_silence", ("no_objection_tacit",), 6),
    ("confirm", ("expired",), 8),
    ("accede", ("stands_aside", "lapsed", "not_needed"), 8),
)
LATER = ("confirm", "accede")
FIELDS = ("plan.activities", "safeguards.security", "basics.title", "documents")


def in_play(seen: Seen, proposal: Proposal) -> bool:
    """Live, and not with its applicant."""
    stage = seen.stage(proposal)
    return stage.kind == "live" and "applicant" not in stage.waits_for


def is_alive(seen: Seen, proposal: Proposal) -> bool:
    """Not over: some move leads on, and it is not closed."""
    table = seen.workflow(proposal)
    return seen.stage(proposal).kind != "closed" and any(proposal.stage in move.sources for move in table.moves)


@room
def speak(seen: Seen, world: World) -> Iterator[Act]:
    """Acknowledge, and every word."""
    for proposal in seen.proposals:
        for case in seen.cases.get(proposal.id, []):
            code = seen.partners[case.partner_id].code
            may = [one for one in seen.speakers(case.partner_id) if one not in seen.team(proposal)]
            play, alive = in_play(seen, proposal), is_alive(seen, proposal)
            noted = partial(acknowledge_it, proposal.reference, code)
            yield act("acknowledge", may, noted, now=play and case.state == "delivered", about=proposal.id)
            for word, states, weight in WORDS:
                yield act(
                    f"word:{word}",
                    may,
                    partial(_say, proposal, case, code, word, f"{word}:{case.id}:{world.turns}"),
                    now=case.state in states and (alive if word in LATER else play),
                    ripe=_expected(seen, proposal, case, word),
                    turn=[one for one in may if one not in _signed(case)],
                    weight=weight,
                    about=proposal.id,
                    once=True,
                )


def _expected(seen: Seen, proposal: Proposal, case: Endorsement, word: str) -> bool:
    if word == "accede":
        return any(one.lets_join and one.state == "confirmed" for one in seen.decisions.get(proposal.id, []))
    if word == "another_answer" and case.state == "objected":
        return seen.calls[proposal.call_id].endorsement.get("on_objection") == "mediate"
    return True


def _signed(case: Endorsement) -> set[int]:
    return {signed[0] for signed in case.content.get("signatures", [])}


def acknowledge_it(reference: str, code: str, work: UnitOfWork) -> None:
    """The verb in the shape of an act."""
    acknowledge(work, reference, code)


def _say(proposal: Proposal, case: Endorsement, code: str, word: str, key: str, work: UnitOfWork) -> None:
    version = proposal.current_version_id if word == "accede" else case.version_id
    answer(work, proposal.reference, code, word, version or 0, "Show us the plan of the clinics.", key)


@room
def ask_back(seen: Seen, world: World) -> Iterator[Act]:
    """Ask, wish for changes, consult, extend, withdraw."""
    for proposal in seen.proposals:
        for case in seen.cases.get(proposal.id, []):
            code, about = seen.partners[case.partner_id].code, proposal.id
            may = [one for one in seen.speakers(case.partner_id) if one not in seen.team(proposal)]
            owes = in_play(seen, proposal) and case.state in OWES
            key = f"{case.id}:{world.turns}"
            field = FIELDS[case.revision % len(FIELDS)]
            asking = partial(_ask, proposal.reference, code, field, key)
            yield act("ask", may, asking, now=owes, weight=2, about=about, once=True)
            wishing = partial(_wish, proposal.reference, code, field, key)
            yield act("request_adjustments", may, wishing, now=owes, weight=2, about=about, once=True)
            consulting = partial(_consult, proposal.reference, code, key)
            yield act(
                "consult",
                may,
                consulting,
                now=owes,
                ripe=case.state != "in_consultation",
                weight=2,
                about=about,
                once=True,
            )
            more = partial(_extend, proposal.reference, code, key)
            yield act(
                "extend", may, more, now=owes, ripe=not case.content.get("extended"), weight=2, about=about, once=True
            )
            yield act(
                "withdraw_word",
                may,
                partial(_withdraw, proposal.reference, code, key),
                now=is_alive(seen, proposal) and case.state in POSITIVE,
                weight=1,
                about=about,
                once=True,
            )


def _ask(reference: str, code: str, field: str, key: str, work: UnitOfWork) -> None:
    ask(work, reference, code, {field: "What do you mean here?"}, form_key=f"ask:{key}")


def _wish(reference: str, code: str, field: str, key: str, work: UnitOfWork) -> None:
    request_adjustments(work, reference, code, {field: "Name the districts."}, form_key=f"wish:{key}")


def _consult(reference: str, code: str, key: str, work: UnitOfWork) -> None:
    others = () if code == "TH" else (Ministry("Treasury", f"treasury@{code.lower()}.example"),)
    names = (MINISTRY.name,) if code == "TH" else ()
    consult(work, reference, code, names, others, "Is the sum in the plan?", f"consult:{key}")


def _extend(reference: str, code: str, key: str, work: UnitOfWork) -> None:
    extend(work, reference, code, form_key=f"extend:{key}")


def _withdraw(reference: str, code: str, key: str, work: UnitOfWork) -> None:
    day = (work.now + timedelta(days=3)).date()
    withdraw_word(work, reference, code, "The budget was cut.", day, f"withdraw:{key}")


@room
def advise_partner(seen: Seen, world: World) -> Iterator[Act]:
    """A ministry advises: whoever holds the link."""
    links = {link.id: link for link in seen.links}
    cases = {case.id: case for found in seen.cases.values() for case in found}
    proposals = {one.id: one for one in seen.proposals}
    for row in seen.consultations:
        case, link = cases[row.endorsement_id], links[row.link_id]
        yield act(
            "advise",
            world.ids.values(),
            partial(_advise, link),
            now=in_play(seen, proposals[case.proposal_id]),
            ripe=case.state == "in_consultation" and row.advised_at is None,
            turn=(world.ids["stranger"],),
            about=case.proposal_id,
        )


def _advise(link: MailedLink, work: UnitOfWork) -> None:
    token = link_token(work.ports.signing_key, link.id, link.nonce)
    advise(work, token, text="It is in the plan.", name="Chan Dara")
