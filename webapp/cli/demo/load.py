"""Plays the demonstration's past, day by day, up to now, by the real verbs."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from config import demo
from webapp.adapters.clocks import SetClock
from webapp.cli.demo.calls import make_calls
from webapp.cli.demo.others import OTHERS, Others, other_processes
from webapp.cli.demo.passing import act_once, is_due, past_of
from webapp.cli.demo.people import make_deputies, make_people, make_person, make_reviewers
from webapp.cli.demo.player import Player
from webapp.cli.demo.state import LOADED, HalfLoaded, NotEmpty, find_loaded
from webapp.cli.demo.story import Story, choose_stories
from webapp.cli.demo.world import World
from webapp.domain.events import Event
from webapp.models.initiative import InitiativeRow
from webapp.queries.clock import read_clock
from webapp.wiring import Wiring

AGO = 170
EVENING = time(16, 30)


def load_demo(wired: Wiring, *, count: int | None = None, alone: bool = False) -> int | None:
    """Load the demonstration into an installation without people; returns how many proposals, or None if it is there.

    Several processes play a part of the proposals each, unless this one is to do it `alone`. Raises HalfLoaded,
    NotEmpty, OthersFailed.
    """
    with wired.open_reading() as session:
        match find_loaded(session):
            case "whole":
                return None
            case "half":
                raise HalfLoaded
            case "strangers":
                raise NotEmpty
            case _:
                pass
        now = read_clock(session, wired.ports.clock)
    clock = SetClock(_morning(now - timedelta(days=AGO)))
    gc.disable()  # a short life, in which looking for rubbish takes a tenth of the time
    with past_of(wired, clock) as past:
        world, stories = World(past, clock), choose_stories(count)
        if alone:
            _prepare(world, now, stories)
            _play(world, Player(world, stories, now), Others(()), now)
        else:
            with other_processes(wired.settings, now, len(stories)) as others:
                _prepare(world, now, stories)  # meanwhile the others come up
                _play(world, Player(world, stories[:: OTHERS + 1], now), others, now)
        _end(world, now, len(stories))
        return len(stories)


def _prepare(world: World, now: datetime, stories: list[Story]) -> None:
    """People and calls, before any proposal."""
    given = demo.people()
    make_people(world, given)
    make_calls(world, now)
    make_reviewers(world, given)
    _make_owners(world, given, stories)


def _play(world: World, player: Player, others: Others, now: datetime) -> None:
    """Day by day: what people do, by all processes; then what time and workers do, by all."""
    evening = datetime.combine(world.clock.at.date(), EVENING, UTC)
    while evening < now:
        with others.at_work("play", evening):
            player.play_until(evening)
        _let_time_act(world, others, evening)
        evening += timedelta(days=1)
    with others.at_work("play", now):
        player.play_until(now)
    _let_time_act(world, others, now)


def _let_time_act(world: World, others: Others, at: datetime) -> None:
    """Fire what is due at that time, then tell, do and send everything, as worker and beat do."""
    world.clock.at = at
    if not is_due(world.wired, at):
        return  # as on most days, and asking is much quicker than doing nothing
    with others.at_work("act", at):
        act_once(world.open_as_system)
    while is_due(world.wired, at):
        act_once(world.open_as_system)


def _end(world: World, now: datetime, count: int) -> None:
    world.clock.at = now
    make_deputies(world, demo.people())
    while is_due(world.wired, now):
        act_once(world.open_as_system)
    with world.open_as_system() as work:
        for initiative_id in work.session.scalars(select(InitiativeRow.id)):
            work.record(Event(LOADED, "initiative", initiative_id, {"proposals": count}))


def _make_owners(world: World, given: dict[str, Any], stories: list[Story]) -> None:
    """The lead's contact of each proposal has an account, and owns it unless somebody else does."""
    known = {one["email"] for one in given["people"]}
    with world.open_as_system() as work:
        password_hash = work.ports.hasher.hash(given["password"])
        for story in stories:
            if story.owner not in known:
                known.add(story.owner)
                name = story.given["sections"]["partners"]["lead_contact_name"]
                person = {"email": story.owner, "name": name, "language": "en", "time_zone": "UTC"}
                make_person(work, person, password_hash)


def _morning(at: datetime) -> datetime:
    return at.replace(hour=7, minute=0, second=0, microsecond=0)
