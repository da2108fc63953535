"""The whole product as `make run` starts it, in a folder of its own, and the mails that it sends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
START_SECONDS = 240
MAIL_SECONDS = 60
PATIENCE = 0.25


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived."""

    subject: str
    text: str
    links: tuple[str, ...]

    def link(self, part: str) -> str:
        """The first of its links that holds this part."""
        found = [link for link in self.links if part in link]
        assert found, f"no link with {part} in “{self.subject}”: {self.links}"
        return found[0]


@dataclass(frozen=True, slots=True)
class Product:
    """A product that runs."""

    address: str

    def load(self, path: str) -> str:
        """What is at that path, as a program of anybody's reads it."""
        with urlopen(f"{self.address}{path}", timeout=30) as answer:  # noqa: S310 - the address is our own
            return str(answer.read().decode("utf-8"))

    def mails_to(self, email: str) -> list[Mail]:
        """The mails of one address, the newest first, from the mailbox that programs read."""
        found: list[dict[str, Any]] = json.loads(self.load(f"/dev/mail.json?{urlencode({'to': email})}"))
        assert all("auto-generated" in str(one["headers"]) for one in found)
        return [Mail(one["subject"], one["text"], tuple(one["links"])) for one in found]

    def wait_for_mail(self, email: str, subject: str, *, count: int = 1) -> Mail:
        """The newest mail of that address with these words in its subject, once there are so many of them."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails = self.mails_to(email)
            found = [mail for mail in mails if subject in mail.subject]
            assert len(found) <= count, f"told more than once: {[mail.subject for mail in found]}"
            if len(found) == count:
                return found[0]
            time.sleep(PATIENCE)
        raise AssertionError(f"no mail “{subject}” to {email}; there is {[mail.subject for mail in mails]}")


@contextmanager
def running(folder: Path) -> Iterator[Product]:
    """Start servers, pages, worker, beat and mailbox with the demonstration; stop them all at the end.

    A journey brings a call, a proposal and reviewers of its own: of the demonstration it needs the people alone. So
    one proposal is loaded beforehand, and the start that follows finds the demonstration there.
    """
    with _launched(folder, "servers") as (process, log):
        _wait_for(process, log, "PostgreSQL and Valkey run")
        known = dict(line.split("=", 1) for line in (folder / "environment").read_text().splitlines())
        for words in ("migrate", "initiative load", "demo load --count 1"):
            command = [sys.executable, "-m", "webapp.cli", *words.split()]
            done = subprocess.run(
                command, check=False, cwd=ROOT, env={**os.environ, **known}, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
    with _launched(folder) as (process, log):
        yield Product(_wait_for(process, log, " is ready at ").split()[0])


@contextmanager
def _launched(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
    own = {"DESK_DATA_DIR": str(folder), "DESK_PORT": "0", "DESK_DEV_MAIL_PORT": "0", "DESK_DEMO": "1"}
    command = [sys.executable, "-m", "config.launch", *words]
    log = folder / f"launch{''.join(words)}.log"
    with (
        log.open("w") as told,
        subprocess.Popen(command, cwd=ROOT, env={**given, **own}, stdout=told, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield process, log
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait_for(process: subprocess.Popen[bytes], log: Path, words: str) -> str:
    """What the launcher says after these words, once it says them."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text().splitlines():
            if words in line:
                return line.split(words, 1)[1]
        time.sleep(PATIENCE)
    raise AssertionError(f"the product did not start:\n{log.read_text()}")
