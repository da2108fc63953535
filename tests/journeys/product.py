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
    """Start servers, pages, worker, beat and mailbox with the demonstration; stop them all at the end."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
    own = {"DESK_DATA_DIR": str(folder), "DESK_PORT": "0", "DESK_DEV_MAIL_PORT": "0", "DESK_DEMO": "1"}
    command = [sys.executable, "-m", "config.launch"]
    with (
        (folder / "launch.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env={**given, **own}, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield Product(_wait_until_ready(process, folder / "launch.log"))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text().splitlines():
            if " is ready at " in line:
                return line.split(" is ready at ")[1].split()[0]
        time.sleep(PATIENCE)
    raise AssertionError(f"the product did not start:\n{log.read_text()}")
