"""Ends what a run of the product started when the run itself is killed, in order and within ten seconds.

The run writes each process it starts into a file. Started beside them, the watchdog waits for the end of a pipe that
only the run holds; then the run is over, and whatever it left is stopped: nothing, if it could do so itself.
"""

import os
import signal
import sys
from pathlib import Path

from config.embedded import stop_servers
from config.processes import birth, stop_groups

PATIENCE = 5.0


def note(data_dir: Path, pid: int) -> None:
    """Write down a process that was started, with what tells it from a later one of the same number."""
    with _started(data_dir).open("a") as file:
        file.write(f"{_boot()} {pid} {birth(pid)}\n")


def clear_up(data_dir: Path, patience: float = PATIENCE) -> None:
    """Stop all that was written down and still runs, then the servers. The kernel has asked each to end already."""
    file = _started(data_dir)
    lines = file.read_text().splitlines() if file.exists() else []
    named = [line.split(" ") for line in lines]
    stop_groups(
        {int(pid): 0 for boot, pid, born in named if boot == _boot() and birth(int(pid)) in ("", born)}, patience
    )
    stop_servers(data_dir)
    file.unlink(missing_ok=True)


def _started(data_dir: Path) -> Path:
    return data_dir / "started"


def _boot() -> str:
    """What tells one start of the machine from another."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def main() -> None:
    """Wait for the end of the standard input, then clear up the data folder named; no signal but the last ends this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1024):
        pass
    clear_up(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
