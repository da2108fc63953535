"""Partners keep their own house: path, days, deputies, seats; and calls are closed or opened early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from tests.soak.acting import Act, act, room
from tests.soak.people import PATHS, SPEAKERS
from tests.soak.seen import Seen
from tests.soak.world import World
from webapp.domain.calls import phase
from webapp.domain.people import Role, link_token
from webapp.models.calls import Call
from webapp.models.people import MailedLink
from webapp.services.calls.opening import close_call
from webapp.services.calls.sealing import unseal_early
from webapp.services.partners.days import add_day, remove_day
from webapp.services.partners.deputies import set_deputy_days
from webapp.services.partners.paths import change_path, current_path
from webapp.services.people.invitations import accept_invitation, invite
from webapp.services.people.seats import end_seat
from webapp.services.work import UnitOfWork


@room
def keep_house(seen: Seen, world: World) -> Iterator[Act]:
    """A partner's path, days, deputies and seats."""
    today = seen.now.date()
    for partner in seen.partners.values():
        if partner.code not in PATHS:
            continue
        points = seen.seated(Role.FOCAL_POINT, partner=partner.id)
        may = (*points, *seen.staff, world.ids["administrator"])
        turning = partial(_turn_path, partner.code, partner.id)
        yield act("change_path", may, turning, weight=1)
        day = today + timedelta(days=3 + len(seen.days))
        yield act("add_day", may, partial(_add_day, partner.code, day), ripe=len(seen.days) < 3, weight=1)
        for row in seen.days:
            if row.partner_id == partner.id:
                yield act("remove_day", may, partial(_remove_day, partner.code, row.id), weight=1)
        for seat in seen.seats:
            if seat.partner_id != partner.id:
                continue
            if seat.role == Role.DEPUTY:
                acting = partial(_set_days, partner.code, seat.id, today, seat.starts_on is not None)
                yield act("set_deputy_days", may, acting, now=seat.ended_at is None, weight=1)
            ending = partial(_end, seat.id)
            more = len(points) > 1 or seat.role == Role.DEPUTY or partner.code == "KH"
            yield act("end_seat", may, ending, now=seat.ended_at is None, ripe=more, weight=1)
        yield from _seat_anew(seen, world, partner.code, may)


def _seat_anew(seen: Seen, world: World, code: str, may: tuple[int, ...]) -> Iterator[Act]:
    """Whoever lost the seat is invited to it again."""
    partner = next(one.id for one in seen.partners.values() if one.code == code)
    for name, role in SPEAKERS[code]:
        out = world.ids[name] not in seen.seated(role, partner=partner)
        inviting = partial(_invite, f"{name}@demo.example", role, code)
        yield act("invite_to_seat", may, inviting, ripe=out, weight=3 if out else 1)


@room
def take_seats(seen: Seen, world: World) -> Iterator[Act]:
    """Accept an invitation to a seat."""
    by_address = {f"{name}@demo.example": person for name, person in world.ids.items()}
    for link in seen.links:
        if link.kind == "invitation":
            now = link.used_at is None and link.expires_at > seen.now
            yield act("take_seat", (by_address[link.email],), partial(_take, link), now=now, weight=4)


@room
def keep_calls(seen: Seen, world: World) -> Iterator[Act]:
    """Close a call before its time; open what is sealed."""
    may = (*seen.staff, world.ids["administrator"])
    for call in seen.calls.values():
        sealed = bool(call.publication.get("sealed")) and not call.publication.get("unsealed_at")
        closing = partial(_close, world, call)
        is_open = phase(call.opens_at, call.closes_at, seen.now) == "open"
        yield act("close_call", may, closing, now=is_open, ripe=call.code == "sealed", weight=1, sees=True)
        opening = partial(_unseal, world, call)
        yield act("unseal_early", may, opening, now=sealed, weight=1, sees=True)


def _turn_path(code: str, partner_id: int, work: UnitOfWork) -> None:
    now = current_path(work, partner_id)
    plain = replace(PATHS[code], answer_days=PATHS[code].answer_days + now.version % 2)
    change_path(work, code, plain, seen_version=now.version)


def _add_day(code: str, day: date, work: UnitOfWork) -> None:
    add_day(work, code, day=day, is_working=False, name="Day of mourning")


def _remove_day(code: str, day_id: int, work: UnitOfWork) -> None:
    remove_day(work, code, day_id)


def _set_days(code: str, seat_id: int, today: date, endless: bool, work: UnitOfWork) -> None:
    if endless:
        set_deputy_days(work, code, seat_id, None, None)
    else:
        set_deputy_days(work, code, seat_id, today, today + timedelta(days=10))


def _end(seat_id: int, work: UnitOfWork) -> None:
    end_seat(work, seat_id)


def _invite(email: str, role: Role, code: str, work: UnitOfWork) -> None:
    invite(work, email, role, partner_code=code)


def _take(link: MailedLink, work: UnitOfWork) -> None:
    accept_invitation(work, link_token(work.ports.signing_key, link.id, link.nonce))


def _close(world: World, call: Call, work: UnitOfWork) -> None:
    close_call(work, call.code, revision=world.seen(call.revision))


def _unseal(world: World, call: Call, work: UnitOfWork) -> None:
    unseal_early(work, call.code, "The panel meets earlier.", revision=world.seen(call.revision))
