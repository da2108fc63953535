"""Where a person who has signed in goes, with the session's cookie."""

from __future__ import annotations

from flask import g, redirect, url_for
from werkzeug.wrappers import Response

from webapp.domain.people import PUBLIC, Actor, Role
from webapp.pages.shared.context import wiring
from webapp.pages.shared.cookies import set_session_cookie
from webapp.services import sessions


def home_of(who: Actor) -> str:
    """Where a person's work is; first of all their second factor, where their seats wait for it."""
    if who.must_enrol:
        return url_for("people.security")
    if who.has(Role.SECRETARIAT, Role.AUDITOR):
        return "/desk"
    if who.has(Role.FOCAL_POINT, Role.DEPUTY):
        return "/endorsements"
    if who.has(Role.REVIEWER):
        return "/reviews"
    if who.has(Role.ADMINISTRATOR):
        return url_for("people.list_people")
    return "/proposals"


def go_in(token: str, wanted: str) -> Response:
    """Go to where the person wanted to go, or to where their work is."""
    limits = wiring().rules.limits
    with wiring().open_reading() as session:
        found = sessions.find_session(session, token, limits, wiring().ports.clock.now())
    who = g.actor = found.actor if found else PUBLIC
    answer = redirect(wanted or home_of(who), 303)
    set_session_cookie(answer, token)
    return answer
