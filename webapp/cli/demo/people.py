"""Makes the demonstration's people and gives them their seats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from webapp.cli.demo.world import World
from webapp.domain.people import Role
from webapp.models.calls import Call
from webapp.models.initiative import InitiativeRow
from webapp.models.partners import Partner
from webapp.models.people import Person
from webapp.services.people.reviewer_profile import ProfileText, write_profile
from webapp.services.people.seats import grant_seat
from webapp.services.work import UnitOfWork

DEPUTY_DAYS = 21
BY_INITIATIVE = (Role.SECRETARIAT, Role.AUDITOR)


def make_people(world: World, given: dict[str, Any]) -> None:
    """Everybody with an account; all seats but those of reviewers (they need a call) and deputies."""
    with world.open_as_system() as work:
        password_hash = work.ports.hasher.hash(given["password"])
        for one in given["people"]:
            person = make_person(work, one, password_hash)
            for seat in one["seats"]:
                if seat["role"] not in (Role.REVIEWER, Role.DEPUTY):
                    grant_seat(work, person, Role(seat["role"]), **_scope(work, seat))


def make_person(work: UnitOfWork, given: dict[str, Any], password_hash: str) -> Person:
    """One person whose address is confirmed."""
    person = Person(
        email=given["email"],
        name=given["name"],
        language=given["language"],
        time_zone=given["time_zone"],
        password_hash=password_hash,
        confirmed_at=work.now,
        created_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    return person


def make_deputies(world: World, given: dict[str, Any]) -> None:
    """Those who act for a focal point from today on, for three weeks."""
    with world.open_as_system() as work:
        today = work.now.date()
        for one in given["people"]:
            for seat in one["seats"]:
                if seat["role"] == Role.DEPUTY:
                    person = work.session.scalars(select(Person).where(Person.email == one["email"])).one()
                    days = {"starts_on": today, "ends_on": today + timedelta(days=DEPUTY_DAYS)}
                    grant_seat(work, person, Role.DEPUTY, **_scope(work, seat), **days)


def make_reviewers(world: World, given: dict[str, Any]) -> None:
    """Reviewers of every call there is, each with the profile they write of themselves."""
    reviewers = [one for one in given["people"] if "profile" in one]
    with world.open_as_system() as work:
        calls = list(work.session.scalars(select(Call.id).order_by(Call.id)))
        for one in reviewers:
            person = work.session.scalars(select(Person).where(Person.email == one["email"])).one()
            for call_id in calls:
                grant_seat(work, person, Role.REVIEWER, call_id=call_id)
    for one in reviewers:
        profile = one["profile"]
        with world.open_as(one["email"]) as work:
            write_profile(
                work,
                ProfileText(
                    languages=profile["languages"],
                    expertise={int(article): level for article, level in profile["expertise"].items()},
                    partner_code=profile["partner"],
                    load_max=profile["load_max"],
                ),
            )


def _scope(work: UnitOfWork, seat: dict[str, str]) -> dict[str, object]:
    role = seat["role"]
    if role in BY_INITIATIVE:
        return {"initiative_id": work.session.scalars(select(InitiativeRow.id)).one()}
    if "partner" in seat:
        return {"partner_id": work.session.scalars(select(Partner.id).where(Partner.code == seat["partner"])).one()}
    return {}
