"""The secretariat mends endorsements: letters sent again, signatories named and confirmed, lapsed cases reopened."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from tests.soak.acting import Act, act, room
from tests.soak.acts.speaking import in_play, is_alive
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.models.audit import EventRow
from webapp.models.endorsements import Endorsement
from webapp.queries.endorsements.desk import NAMED
from webapp.services.endorsements import mending
from webapp.services.notices.addresses import write_to_again
from webapp.services.work import UnitOfWork

REPEATED_IN = ("to_request", "requested", "delivered", "acknowledged", "in_consultation")


@room
def mend(seen: Seen, world: World) -> Iterator[Act]:
    """What can be done for a partner's case."""
    for proposal in seen.proposals:
        desk, about = seen.desk(proposal), proposal.id
        for case in seen.cases.get(proposal.id, []):
            play, code = in_play(seen, proposal), seen.partners[case.partner_id].code
            reference, lost = proposal.reference, case.state == "undeliverable"
            again = partial(_send_again, reference, code)
            yield act("send_again", desk, again, now=play and case.state in REPEATED_IN, weight=1, about=about)
            speakers = seen.speakers(case.partner_id)
            for person in speakers[-1:]:
                naming = partial(_name, reference, code, person)
                yield act("name_signatory", desk, naming, now=play and lost, weight=8, about=about)
                replacing = partial(_replace, reference, code, person)
                alive = is_alive(seen, proposal) and not lost
                ripe = case.signatory_id != person
                yield act("replace_signatory", desk, replacing, now=alive, ripe=ripe, weight=1, about=about)
            confirming = partial(_confirm, reference, code, case)
            yield act("confirm_signatory", desk, confirming, now=play and lost, weight=8, about=about)
            reopening = partial(_reopen, reference, code)
            lapsed = play and case.state == "lapsed"
            yield act("reopen_case", desk, reopening, now=lapsed, weight=8, about=about)


def _send_again(reference: str, code: str, work: UnitOfWork) -> None:
    mending.send_again(work, reference, code)


def _name(reference: str, code: str, person: int, work: UnitOfWork) -> None:
    mending.name_signatory(work, reference, code, person_id=person, designation="Note verbale 12 of this month")


def _replace(reference: str, code: str, person: int, work: UnitOfWork) -> None:
    mending.replace_signatory(work, reference, code, person_id=person)


def _confirm(reference: str, code: str, case: Endorsement, work: UnitOfWork) -> None:
    named = select(EventRow.id).where(
        EventRow.name == NAMED, EventRow.payload["endorsement_id"].as_integer() == case.id
    )
    event = work.session.scalars(named.order_by(EventRow.id.desc()).limit(1)).one_or_none()
    mending.confirm_signatory(work, reference, code, event_id=event or 0)


def _reopen(reference: str, code: str, work: UnitOfWork) -> None:
    mending.reopen(work, reference, code, reason="The ministry was on strike.")


@room
def let_in_again(seen: Seen, world: World) -> Iterator[Act]:
    """Write again to an address that works now."""
    may = (*seen.staff, world.ids["administrator"])
    for address in sorted(seen.set_aside):
        yield act("write_to_again", may, partial(_write_again, world, address), weight=2)


def _write_again(world: World, address: str, work: UnitOfWork) -> None:
    write_to_again(work, address)
    world.bounces.discard(address)
