"""Every page sends the number of statements that one table says, whether its lists have one row or three."""

from __future__ import annotations

from flask import Flask

from tests.browsing import Browser
from tests.counting import statements
from tests.pages.subjects import World, grow, make_world
from tests.statements_table import PAGES, Page
from webapp.adapters.clocks import SetClock
from webapp.wiring import Wiring

ADD = 'add to tests/statements_table.py:  "{rule}": Page("owner", 5, part="name in tests/pages/subjects.py"),'


def test_every_page_is_in_the_table_and_no_other(web: Flask) -> None:
    rules = {
        rule.rule for rule in web.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    }
    missing, gone = sorted(rules - set(PAGES)), sorted(set(PAGES) - rules)
    lines = [ADD.format(rule=rule) for rule in missing]
    lines += [f"take out of tests/statements_table.py:  {rule}" for rule in gone]
    assert not lines, "\n" + "\n".join(lines)


def test_statements_do_not_grow_with_rows(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    world = make_world(wired, clock, browse)
    one = found(world, "1 row")
    assert not one, one
    grow(world)
    grow(world)
    three = found(world, "3 rows")
    assert not three, three


def test_a_number_that_differs_is_found(browse: Browser, wired: Wiring, clock: SetClock) -> None:
    world = World(wired, clock, browse, people={"public": None})
    page = PAGES["/calls"]
    assert differs(world, "/calls", page, "no row") == []
    for other in (Page(page.who, page.statements - 1), Page(page.who, page.statements, status=404)):
        assert differs(world, "/calls", other, "no row") != []


def found(world: World, rows: str) -> str:
    """What the pages do other than the table says, a line each."""
    for rule, page in PAGES.items():  # what is asked only when something has changed is asked now
        world.open(page.who).get(page.path(rule, world.names), headers=page.headers).close()
    lines = [line for rule, page in PAGES.items() for line in differs(world, rule, page, rows)]
    return "".join(f"\n{line}" for line in lines)


def differs(world: World, rule: str, page: Page, rows: str) -> list[str]:
    """What the page does other than the table says, in a line."""
    path, visitor = page.path(rule, world.names), world.open(page.who)
    with statements(world.wired) as sent, visitor.get(path, headers=page.headers) as answer:
        status = answer.status_code
    if (status, len(sent)) == (page.status, page.statements):
        return []
    return [f"{rule} ({path}, {rows}) as {page.who}: status {status}, {len(sent)} statements; expected {page}"]
