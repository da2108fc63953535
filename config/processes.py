"""Child processes that end with the process that started them, and finding those an earlier run left (Linux)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

TIE = Path(__file__).with_name("tie.py")
LOG_BYTES = 5_000_000


def start_tied(
    command: Sequence[str | Path],
    *,
    log: Path,
    farewell: int = signal.SIGTERM,
    user: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; the kernel sends it `farewell` when the process that called this dies.

    Output goes to the end of `log`. `user` is the number of the user (and group) to become; only root may ask for it.
    Call it from a thread that lives as long as the child should: the kernel watches the calling thread.
    """
    tie = [sys.executable, "-ISs", str(TIE), str(int(farewell)), str(os.getpid()), "-" if user is None else str(user)]
    with open_log(log) as output:
        return subprocess.Popen(
            tie + [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )


def as_user(user: int | None) -> dict[str, Any]:
    """Arguments for `subprocess` that make the child another user, in that user's group alone."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def open_log(log: Path) -> IO[bytes]:
    """Open a log to append to; one that grew above 5 MB is first moved to `.1`."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.open("ab")


def living() -> dict[int, list[str]]:
    """Every process that runs, by its number, with the fields of /proc/<pid>/stat from the state on (zombies aside)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                found[int(entry.name)] = fields
    return found


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    fields = text[text.rindex(")") + 2 :].split()
    return [] if fields[0] in "ZX" else fields


def birth(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty if it has ended. Tells a reused number apart."""
    fields = _stat(pid)
    return fields[19] if fields else ""


def members(groups: Iterable[int]) -> list[int]:
    """The processes that run in any of these process groups."""
    wanted = {str(group) for group in groups}
    return [pid for pid, fields in living().items() if fields[2] in wanted]


def working_in(folder: Path, program: str) -> list[int]:
    """The processes of a program (by its name) whose working folder is `folder`, also if it was removed since."""
    found = []
    for pid in living():
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            place = str(Path(f"/proc/{pid}/cwd").readlink()) if name == program else ""
        except OSError:
            continue
        if place.removesuffix(" (deleted)") == str(folder):
            found.append(pid)
    return found


def heads_of(pids: Iterable[int]) -> list[int]:
    """Those of the processes that are not children of another of them."""
    given = set(pids)
    return [pid for pid in given if (fields := _stat(pid)) and int(fields[1]) not in given]


def wait_until_gone(pids: Iterable[int], seconds: float) -> bool:
    """Wait until none of the processes runs; False if some still does when the time is over."""
    births = {pid: birth(pid) for pid in pids}
    deadline = time.monotonic() + seconds
    while any(born and birth(pid) == born for pid, born in births.items()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to processes; those that have ended meanwhile are passed over."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def stop_groups(groups: Mapping[int, int], patience: float) -> bool:
    """Ask the leader of each group to end, by the signal given for it, then end all that is left after `patience` s.

    True if asking was enough. Signal 0 asks nothing: for those that have been asked already.
    """
    for leader, number in groups.items():
        send([leader], number)
    deadline = time.monotonic() + patience
    while rest := members(groups):
        if time.monotonic() > deadline:
            send(rest, signal.SIGKILL)
            wait_until_gone(rest, 2)
            return False
        time.sleep(0.03)
    return True
