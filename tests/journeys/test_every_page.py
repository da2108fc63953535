"""Every page in Chromium, as whoever it is for: axe finds nothing, nothing overflows, no script fails, none is heavy.

The answers come from the application itself; no server stands between, so that each page of the table is met in the
small world that its tests already know.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Error, Page, Route

from tests import statements_table
from tests.browsing import Browser as Browse
from tests.browsing import Visitor
from tests.pages.subjects import make_world
from webapp.adapters.clocks import SetClock
from webapp.wiring import Wiring

pytestmark = pytest.mark.journey

SITE = "http://desk.example"
STAFF = ("KE", "CN", "secretary", "second", "administrator", "auditor", "reviewer 0", "reviewer 1", "reviewer 2")
RUN_AXE = "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(found => found.violations)"
LIGHT, HEAVY = (30_000, 3), (60_000, 5)
"""How many bytes, compressed, and requests the first view of a page takes at most: anybody's, and staff's."""

OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Look:
    """How the reader sees it."""

    name: str
    width: int
    theme: Literal["light", "dark"]
    language: str

    def __str__(self) -> str:
        return self.name


LOOKS = (Look("wide, light, English", 1280, "light", "en"), Look("narrow, dark, Arabic", 360, "dark", "ar"))


@dataclass
class Reader:
    """One person's browser, whose every request the application answers; what it fetched for the page it shows."""

    page: Page
    visitor: Visitor
    language: str
    fetched: list[tuple[str, int, int]]
    failed: list[str]

    def answer(self, route: Route) -> None:
        """Give the browser what the application says."""
        if route.request.method != "GET":  # what a script sends by itself later is not the page that is looked at
            route.fulfill(status=204)
            return
        place = urlsplit(route.request.url)
        path = place.path + (f"?{place.query}" if place.query else "")
        if not place.path.startswith("/static/"):
            path += f"{'&' if place.query else '?'}lang={self.language}"
        given = {"Accept": route.request.headers.get("accept", "*/*")}
        with self.visitor.client.get(path, headers=given, follow_redirects=True) as found:
            body = found.get_data()
            headers = {name: value for name, value in found.headers if name.lower() != "content-length"}
            self.fetched.append((path, found.status_code, len(gzip.compress(body, 6))))
            route.fulfill(status=found.status_code, headers=headers, body=body)

    def look_at(self, path: str, status: int) -> Iterator[str]:
        """What is wrong with a page, a line each; nothing where it is no page but a file."""
        self.fetched.clear()
        self.failed.clear()
        try:
            answer = self.page.goto(SITE + path)
        except Error as error:
            if "Download is starting" in error.message:
                return
            raise
        assert answer is not None
        if "html" not in answer.headers.get("content-type", ""):
            return
        if "sandbox" in answer.headers.get("content-security-policy", ""):
            return  # a letter in a frame, where no script runs, axe no more than any other
        for one in self.page.evaluate(RUN_AXE):
            for node in one["nodes"]:
                yield f"{one['id']}: {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        over = self.page.evaluate(OVERFLOW)
        if over > 0:
            yield f"{over} pixels wider than the screen"
        yield from self.failed
        if answer.status != status:
            yield f"status {answer.status}"
        yield from (f"{found} {name}" for name, found, _ in self.fetched[1:] if found >= 400)

    def weigh(self, limits: tuple[int, int]) -> Iterator[str]:
        """What is too heavy of the page that is shown."""
        size = sum(bytes_ for _, _, bytes_ in self.fetched)
        own_script = any(name.startswith("/static/passkey.js") for name, _, _ in self.fetched)
        if size > limits[0] or len(self.fetched) > limits[1] + own_script:
            yield f"{size} bytes in {len(self.fetched)} requests: {[name for name, _, _ in self.fetched]}"


@pytest.mark.rule("R64")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_is_sound(browser: Browser, browse: Browse, wired: Wiring, clock: SetClock, look: Look) -> None:
    world = make_world(wired, clock, browse)
    problems: list[str] = []
    seen = 0
    for who in dict.fromkeys(page.who for page in statements_table.PAGES.values()):
        with reading(browser, world.open(who), look) as reader:
            for rule, one in statements_table.PAGES.items():
                if one.who == who and not one.headers:
                    path = one.path(rule, world.names)
                    found = [*reader.look_at(path, one.status), *reader.weigh(HEAVY if who in STAFF else LIGHT)]
                    problems += [f"{path} as {who}: {line}" for line in found]
                    seen += 1
    assert not problems, "\n" + "\n".join(problems)
    assert seen > 100


@contextmanager
def reading(browser: Browser, visitor: Visitor, look: Look) -> Iterator[Reader]:
    """A browser of this person with this look."""
    context = browser.new_context(viewport={"width": look.width, "height": 800}, color_scheme=look.theme)
    context.add_init_script(AXE_SCRIPT)
    reader = Reader(context.new_page(), visitor, look.language, [], [])
    context.route("**/*", reader.answer)
    reader.page.on("pageerror", lambda error: reader.failed.append(f"script: {error.message}"))
    try:
        yield reader
    finally:
        context.close()
