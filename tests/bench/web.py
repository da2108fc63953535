"""The pages under the real gunicorn, and people who ask for them over connections that stay open."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import html5lib

from config.launch.parts import ROOT, WEB
from config.processes import living, start_tied, stop_groups
from config.settings import Settings
from webapp.domain.people import SYSTEM
from webapp.models.people import Person
from webapp.pages.shared.guard import SESSION_COOKIE
from webapp.services import sessions
from webapp.wiring import Wiring

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time in seconds since the processes began: of the pages' processes, of the database's."""

    web: float
    database: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.web - other.web, self.database - other.database)


@dataclass(frozen=True, slots=True)
class Site:
    """Running pages: their port, and the processes whose time is counted."""

    port: int
    web_pid: int
    database_pid: int

    def spent(self) -> Spent:
        """What was spent up to now, by processes that have ended too."""
        return Spent(processor_seconds(self.web_pid), processor_seconds(self.database_pid))


@contextmanager
def pages(settings: Settings, folder: Path, database_pid: int) -> Iterator[Site]:
    """Serve the pages as production does (`config/gunicorn.conf.py`, two workers) while the block lasts."""
    given = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "PORT": str(settings.port),
        "MAIL_URL": settings.mail_url,
        "MAIL_FROM": settings.mail_from,
        "DATA_DIR": str(settings.data_dir),
        "LOG_LEVEL": "WARNING",
        "SECOND_FACTOR": "offered",
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
    env = {**clean, "PYTHONPATH": str(ROOT), **{f"DESK_{name}": value for name, value in given.items()}}
    process = start_tied([sys.executable, *WEB.arguments], log=folder / "web.log", env=env, cwd=ROOT)
    try:
        _wait(settings.port)
        yield Site(settings.port, process.pid, database_pid)
    finally:
        stop_groups({process.pid: 15}, 6)
        process.wait()


@dataclass
class Line:
    """One connection that stays open; opened anew when the server closed it."""

    port: int
    held: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: str = "") -> tuple[int, list[str], str]:
        """Status, cookies that were set, and the answer's text."""
        for last in (False, True):
            self.held = self.held or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.held.request(method, path, body or None, dict(headers))
                answer = self.held.getresponse()
                found = answer.read().decode()
                return answer.status, answer.headers.get_all("Set-Cookie") or [], found
            except (http.client.HTTPException, OSError):
                self.held.close()
                self.held = None
                if last:
                    raise
        raise AssertionError


@dataclass
class Reader:
    """One person's cookies over a line that several people may share."""

    line: Line
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """The page; it must be there."""
        status, page = self._ask("GET", path)
        assert status == 200, f"{path}: {status}"
        return page

    def post(self, path: str, form: Mapping[str, str]) -> None:
        """Send a form, which must be taken."""
        status, page = self._ask("POST", path, urlencode(form))
        assert status == 303, f"{path}: {status} {page[:3000]}"

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, cookies, page = self.line.ask(method, path, headers, body)
        for cookie in cookies:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return status, page


def sign_in(wired: Wiring, line: Line, person_id: int | None) -> Reader:
    """A reader whose session is open, as the sign-in page leaves it; nobody is the public."""
    if person_id is None:
        return Reader(line)
    with wired.open_work(SYSTEM) as work:
        token = sessions.open_session(work, work.session.get_one(Person, person_id), device="bench", shared=False)
    return Reader(line, {SESSION_COOKIE: token})


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the page's form that posts to an address."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        if (form.get("action") or "").endswith(action) and (form.get("method") or "").lower() == "post":
            fields = (one for one in form.iter("input") if one.get("type") == "hidden")
            return {one.get("name", ""): one.get("value", "") for one in fields}
    raise LookupError(f"no form posts to {action}")


def processor_seconds(root: int) -> float:
    """Processor time of a process and all that came of it, in seconds."""
    found = living()
    wanted, grown = {root}, True
    while grown:
        more = {pid for pid, fields in found.items() if int(fields[1]) in wanted} - wanted
        wanted |= more
        grown = bool(more)
    # utime, stime, and those of children that have ended (man 5 proc); the state is the first field.
    return sum(int(found[pid][place]) for pid in wanted if pid in found for place in (11, 12, 13, 14)) / TICKS


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    line = Line(port)
    while time.monotonic() < deadline:
        try:
            if line.ask("GET", "/readyz", {})[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the pages do not answer; see web.log")
