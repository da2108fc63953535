"""Every route as every role, against one table: who gets in, who is refused, who may not know (R1–R3)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.browsing import Browser
from tests.factories import make_person, make_seat
from tests.policy_table import ROLES, TABLE
from webapp.domain.people import Role
from webapp.models.people import Person
from webapp.wiring import Wiring

SEATS = {
    "secretariat": (Role.SECRETARIAT, {}),
    "auditor": (Role.AUDITOR, {}),
    "administrator": (Role.ADMINISTRATOR, {"initiative_id": None}),
    "focal_point": (Role.FOCAL_POINT, {"partner": "KE"}),
}
# Values for the parts of addresses that name a thing: one that does not exist.
VALUES = {"reference": "PD-2026-00001-8", "int": "999999999", "default": "unknown"}


def routes(app: Flask) -> list[tuple[str, str]]:
    """(method, rule) of every route; the rules are sorted."""
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.endpoint != "static"
    }
    return sorted(found, key=lambda one: (one[1], one[0]))


@pytest.mark.rule("R3")
def test_the_table_has_every_route_and_no_other(web: Flask) -> None:
    assert sorted(TABLE) == sorted({f"{method} {rule}" for method, rule in routes(web)})


@pytest.mark.rule("R1", "R2", "R3")
@pytest.mark.parametrize("role", ROLES)
def test_every_route_as_this_role(web: Flask, browse: Browser, wired: Wiring, role: str) -> None:
    person = person_of(wired, role)
    wrong = []
    for method, rule in routes(web):
        expected = TABLE.get(f"{method} {rule}", "")
        visitor = browse(person)  # signing out is among the routes
        answer = visitor.get(fill(rule)) if method == "GET" else visitor.post(fill(rule))
        got = word(answer.status_code, answer.location or "")
        allowed = expected_word(expected, role)
        if got not in allowed:
            wrong.append((method, rule, sorted(allowed), got))
    assert "\n".join(map(str, wrong)) == ""


def person_of(wired: Wiring, role: str) -> Person | None:
    """A person who holds just this role; nobody for the public."""
    if role == "public":
        return None
    person = make_person(wired)
    if role in SEATS:
        seat, scope = SEATS[role]
        make_seat(wired, person, seat, **scope)
    return person


def fill(rule: str) -> str:
    """An address of the route that names things which do not exist."""
    return re.sub(
        r"<(?:(\w+):)?(\w+)>",
        lambda part: VALUES.get(part[2], VALUES["int"] if part[1] == "int" else VALUES["default"]),
        rule,
    )


def word(status: int, location: str) -> str:
    """What an answer means for access."""
    if status in (301, 302, 303) and "/sign-in?next" in location:
        return "sign_in"
    if status == 403:
        return "refused"
    if status == 404:
        return "hidden"
    return "fault" if status >= 500 else "in"


def expected_word(entry: str, role: str) -> set[str]:
    """What the table says for this role.

    public: everybody gets in. signed_in: whoever is signed in does. thing: the thing that the address
    names decides; as it does not exist, nobody may know of it. seats: those seats get in.
    """
    if entry == "public":
        return {"in"}
    if entry == "public_thing":
        return {"in", "hidden", "sign_in"}
    if entry == "hidden":
        return {"hidden"}
    if role == "public":
        return {"sign_in"}
    if entry == "signed_thing":
        return {"in", "hidden"}
    if entry == "signed_in":
        return {"in"}
    if entry == "thing":
        return {"hidden"}
    if entry == "form_thing":
        return {"in", "hidden"}
    if entry.startswith("seats_thing:"):
        return {"hidden", "in"} if role in entry.removeprefix("seats_thing:").split() else {"refused", "hidden"}
    return {"in"} if role in entry.removeprefix("seats:").split() else {"refused", "hidden"}
