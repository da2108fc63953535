"""Whoever runs the installation helps an administrator who has lost every second factor."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result

from tests.factories import make_person
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.models.factors import CodeApp
from webapp.queries.factors import find_factors
from webapp.wiring import Wiring


def test_second_factors_are_removed_by_command(
    committed: Wiring, command: Callable[..., Result], clock: SetClock
) -> None:
    person = make_person(committed, email="admin@demo.example")
    with committed.open_work(SYSTEM) as work:
        work.session.add(CodeApp(person_id=person.id, sealed_secret=b"x", made_at=work.now, confirmed_at=work.now))
    done = command(committed.settings, "admin", "clear-factors", "Admin@demo.example")
    assert done.exit_code == 0, done.output
    with committed.open_reading() as session:
        assert not find_factors(session, person.id).any
    for email in ("admin@demo.example", "nobody@demo.example"):
        again = command(committed.settings, "admin", "clear-factors", email)
        assert again.exit_code == 1
        assert "no second factor" in again.output
