"""The running parts of the product: started, noted for the watchdog, begun again when one falls, stopped in order."""

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import Popen

from config.launch.parts import ROOT, Part
from config.launch.watchdog import note
from config.processes import start_tied, stop_groups

FALLS, FALL_SECONDS = 3, 60


class LaunchError(Exception):
    """The product cannot start or go on; the message says why and what to do."""


class Crew:
    """The processes of one run."""

    def __init__(self, data_dir: Path, env: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.data_dir, self.logs, self.env, self.say = data_dir, data_dir / "logs", env, say
        self.patience = float(env.get("DESK_WORKER_SHUTDOWN_SECONDS") or 4) + 1
        self.running: dict[Part, Popen[bytes]] = {}
        self.falls: dict[Part, list[float]] = {}

    def do(self, name: str, program: str, words: Sequence[str]) -> None:
        """Run a piece of Python to its end. Raises LaunchError with the end of its log."""
        process = self._begin(name, [sys.executable, "-c", program, *words], signal.SIGTERM)
        if process.wait() != 0:
            raise LaunchError(f"{', '.join(words)}: failed.\n{self.tail(name)}")

    def start(self, part: Part) -> None:
        """Start a part."""
        self.running[part] = self._begin(part.name, part.command, part.farewell)

    def _begin(self, name: str, command: Sequence[str], farewell: signal.Signals) -> Popen[bytes]:
        log = self.logs / f"{name}.log"
        process = start_tied(command, log=log, farewell=farewell, env=self.env, cwd=ROOT)
        note(self.data_dir, process.pid)
        return process

    def fallen(self) -> list[Part]:
        """The parts that have ended without being asked to."""
        return [part for part, process in self.running.items() if process.poll() is not None]

    def check(self) -> None:
        """Raise LaunchError if a part has ended."""
        for part in self.fallen():
            raise LaunchError(f"The {part.name} does not start.\n{self.tail(part.name)}")

    def tend(self) -> None:
        """Begin a fallen part again; one that falls three times in a minute ends the run with LaunchError."""
        for part in self.fallen():
            code = self.running[part].returncode
            stop_groups({self.running[part].pid: 0}, 0)
            now = time.monotonic()
            recent = self.falls[part] = [*(t for t in self.falls.get(part, []) if t > now - FALL_SECONDS), now]
            if len(recent) >= FALLS:
                raise LaunchError(f"The {part.name} has ended {FALLS} times in a minute.\n{self.tail(part.name)}")
            self.say(
                f"The {part.name} has ended ({code}) and is started again; its log is {self.logs}/{part.name}.log."
            )
            self.start(part)

    def stop(self) -> None:
        """Stop them all: those that nobody needs first, together, then the others."""
        for needed in (False, True):
            leaving = {part: each for part, each in self.running.items() if part.needed_by_others is needed}
            asked = {each.pid: part.farewell for part, each in leaving.items() if each.poll() is None}
            stop_groups(asked, self.patience)
            for process in leaving.values():
                process.wait()

    def tail(self, name: str, lines: int = 12) -> str:
        """The end of a log, with its place."""
        log = self.logs / f"{name}.log"
        text = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join([f"The end of {log}:", *text[-lines:]])
