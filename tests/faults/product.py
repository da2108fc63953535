"""Real processes of the product over a test's own database and broker, to be killed, stopped and begun again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.parts import BEAT, MAILBOX, ROOT, WORKER, Part
from config.processes import members, start_tied
from config.settings import Settings

PARTS: dict[str, Part] = {part.name: part for part in (WORKER, BEAT, MAILBOX)}


@dataclass
class Product:
    """The parts that run, by name; their logs are in the folder."""

    settings: Settings
    folder: Path
    changes: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str] | None = None) -> None:
        """Start a part, or any Python command under that name."""
        arguments = [sys.executable, *(command or PARTS[name].arguments)]
        self.running[name] = start_tied(arguments, log=self.folder / f"{name}.log", env=self._environment(), cwd=ROOT)

    def kill(self, name: str) -> None:
        """Kill a part with all its children, as a power cut would."""
        process = self.running.pop(name)
        for pid in members([process.pid]):
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        """What a part wrote."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        given = {
            "DATABASE_URL": settings.database_url,
            "MIGRATION_URL": settings.migration_url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "BASE_URL": settings.base_url,
            "DATA_DIR": str(settings.data_dir),
            "DEMO": "1",
            "DEV_MAIL_PORT": str(settings.dev_mail_port),
            "OUTBOX_SWEEP_SECONDS": str(settings.outbox_sweep_seconds),
            "OUTBOX_LEASE_SECONDS": str(settings.outbox_lease_seconds),
            "OUTBOX_FIRST_PAUSE_SECONDS": str(settings.outbox_first_pause_seconds),
            "LOG_LEVEL": "WARNING",
            **self.changes,
        }
        clean = {key: value for key, value in os.environ.items() if not key.startswith("DESK_")}
        return {**clean, "PYTHONPATH": str(ROOT), **{f"DESK_{key}": value for key, value in given.items()}}


@contextmanager
def product(settings: Settings, folder: Path) -> Iterator[Product]:
    """Parts to be started; whatever still runs at the end is killed."""
    made = Product(settings, folder)
    try:
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)


def wait_until(true: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Wait until something is true; False when the time is over."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def listens(port: int) -> bool:
    """Whether something on this machine takes connections at the port."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
