"""The pages, room by room."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint


def rooms(*, demo: bool) -> Iterator[Blueprint]:
    """The blueprints of all rooms; the demonstration's own only where it is on."""
    from webapp.pages.calls.pages import calls
    from webapp.pages.clarifications.pages import clarifications
    from webapp.pages.decisions.pages import decisions
    from webapp.pages.desk.pages import desk
    from webapp.pages.endorsements.pages import endorsements
    from webapp.pages.notices.pages import notices
    from webapp.pages.partners.pages import partners
    from webapp.pages.people.pages import people
    from webapp.pages.proposals.pages import proposals
    from webapp.pages.register.pages import register
    from webapp.pages.reviews.pages import reviews
    from webapp.pages.shared.health import health

    yield people
    yield proposals
    yield notices
    yield calls
    yield desk
    yield endorsements
    yield partners
    yield clarifications
    yield decisions
    yield register
    yield reviews
    yield health
    if demo:
        from webapp.pages.dev.mail import dev

        yield dev
