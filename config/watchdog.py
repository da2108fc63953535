"""Ends what a run of the product started when the run itself is killed, in order and within ten seconds.

Started beside the other parts with one end of a pipe, into which the run writes each process it starts. When the pipe
ends, so has the run: whatever it left is stopped, which is nothing if it could do so itself.
"""

import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from config.embedded import stop_servers
from config.processes import birth, stop_groups

PATIENCE = 5.0


def watch(lines: Iterable[str], data_dir: Path) -> None:
    """Read `<process> <birth>` until the pipe ends, then stop what was named and the servers under `data_dir`."""
    started: dict[int, str] = {}
    for line in lines:
        pid, _, born = line.rstrip("\n").partition(" ")
        started[int(pid)] = born
    # The kernel has asked each to end already; a number that was given to another process since is left alone.
    stop_groups([pid for pid, born in started.items() if birth(pid) in ("", born)], PATIENCE)
    stop_servers(data_dir)


def main() -> None:
    """Watch the standard input for the data folder named on the command line; no signal but the last one ends this."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(sys.stdin, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
