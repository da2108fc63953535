"""Plays the demonstration's past, day by day, up to now, by the real verbs."""

from __future__ import annotations

import gc
import heapq
from datetime import UTC, datetime, time, timedelta
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import select

from config import demo
from webapp.adapters.clocks import SetClock
from webapp.cli.demo.calls import make_calls
from webapp.cli.demo.journey import Days, walk
from webapp.cli.demo.passing import past_of, second_process
from webapp.cli.demo.people import make_deputies, make_people, make_person, make_reviewers
from webapp.cli.demo.state import LOADED, HalfLoaded, NotEmpty, find_loaded
from webapp.cli.demo.story import Story
from webapp.cli.demo.world import World
from webapp.domain.events import Event
from webapp.models.initiative import InitiativeRow
from webapp.queries.clock import read_clock
from webapp.wiring import Wiring

AGO = 170
# For each stage: how many days ago its youngest proposal began, and how many more each other one.
BEGAN = {
    "draft": (2, 2),
    "screening": (5, 2),
    "returned": (11, 3),
    "endorsement": (14, 2),
    "review": (24, 1),
    "deliberation": (38, 1),
    "conditions": (42, 3),
    "approved": (42, 2),
    "published": (75, 5),
    "declined": (56, 6),
    "ineligible": (12, 9),
    "lapsed": (50, 1),
    "withdrawn": (14, 14),
}
APPLICANT, COLLABORATOR = "applicant@demo.example", "collaborator@demo.example"
SATURDAY = 5
EVENING = time(16, 30)


def load_demo(wired: Wiring, *, count: int | None = None, alone: bool = False) -> int | None:
    """Load the demonstration into an installation without people; returns how many proposals, or None if it is there.

    `alone`: this process does all of it, where nobody but it reaches the database. Raises HalfLoaded, NotEmpty.
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
    gc.freeze()  # what is there by now stays; looking through it again and again takes a tenth of the time
    with second_process(None if alone else wired.settings) as second:
        return _play(World(past_of(wired, clock), clock, second), now, count)


def _play(world: World, now: datetime, count: int | None) -> int:
    given = demo.people()
    make_people(world, given)
    make_calls(world, now)
    make_reviewers(world, given)
    stories = _choose(count)
    _make_owners(world, given, stories)
    steps: list[tuple[datetime, int, Days]] = []
    for story in stories:
        heapq.heappush(steps, (_working(now - timedelta(days=story.days), story), story.number, walk(world, story)))
    evening = datetime.combine(world.clock.at.date(), EVENING, UTC)
    while evening < now:
        _play_until(world, steps, evening, stories)
        world.let_time_act(evening)
        evening += timedelta(days=1)
    _play_until(world, steps, now, stories)
    world.clock.at = now
    make_deputies(world, given)
    world.let_time_act(now)
    with world.open_as_system() as work:
        for initiative_id in work.session.scalars(select(InitiativeRow.id)):
            work.record(Event(LOADED, "initiative", initiative_id, {"proposals": len(stories)}))
    return len(stories)


def _play_until(world: World, steps: list[tuple[datetime, int, Days]], end: datetime, stories: list[Story]) -> None:
    while steps and steps[0][0] < end:
        at, number, days = heapq.heappop(steps)
        world.clock.at = at
        pause = next(days, None)
        if pause is not None:
            heapq.heappush(steps, (_working(at + timedelta(days=pause), stories[number]), number, days))


def _choose(count: int | None) -> list[Story]:
    """The stories: the first of each stage, then the second of each, and so on."""
    journeys, proposals = demo.journeys(), demo.proposals()
    columns = [[(stage, place, one) for place, one in enumerate(ids)] for stage, ids in journeys["stages"].items()]
    in_turn = [one for one in chain.from_iterable(zip_longest(*columns)) if one is not None]
    return [
        _story(proposals[one], stage, place, number, is_applicants=one in journeys["applicant"])
        for number, (stage, place, one) in enumerate(in_turn[:count])
    ]


def _story(given: dict[str, Any], stage: str, place: int, number: int, *, is_applicants: bool) -> Story:
    least, more = BEGAN[stage]
    owner = APPLICANT if is_applicants else given["sections"]["partners"]["lead_contact_email"]
    editor = COLLABORATOR if is_applicants and stage == "returned" else ""
    return Story(given, stage, place, number, owner, least + more * place, editor)


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


def _working(at: datetime, story: Story) -> datetime:
    """That day or the next working one, at this story's time of day."""
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    hour, minute = divmod(story.number * 37 % 420, 60)
    return at.replace(hour=8 + hour, minute=minute, second=story.number * 7 % 60, microsecond=0)


def _morning(at: datetime) -> datetime:
    return at.replace(hour=7, minute=0, second=0, microsecond=0)
