"""Runs the whole product on one machine: servers, tables, pages, worker, beat, mailbox; stops them all at the end."""

import fcntl
import functools
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from config.embedded import EmbeddedError, embedded_postgres, embedded_valkey, private_file, servers_folder
from config.launch.crew import Crew, LaunchError
from config.launch.health import ask
from config.launch.parts import ROOT, choose_ports, environment, is_true, parts
from config.launch.watchdog import clear_up
from config.processes import birth

READY_SECONDS = 60
TAKE_OVER_SECONDS = 15
PREPARE = """
import sys
from click import ClickException
from config.settings import SettingsError
from webapp.cli import desk
try:
    for words in sys.argv[1:]:
        desk(words.split(), standalone_mode=False)
except ClickException as error:
    sys.exit(error.format_message())
except SettingsError as error:
    sys.exit(str(error))
"""


class Stopped(BaseException):
    """Someone asked this run to end."""


def say(text: str) -> None:
    """Tell the person at the terminal, if one still listens."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123


class Laps:
    """How long each stretch of the start took."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.taken: list[str] = []

    def lap(self, name: str) -> None:
        """Close the stretch that began at the last call."""
        now = time.monotonic()
        self.taken.append(f"{name} {now - self.last:.1f} s")
        self.last = now

    def __str__(self) -> str:
        return f"{time.monotonic() - self.began:.1f} s: {', '.join(self.taken)}"


def run(data_dir: Path, given: Mapping[str, str], servers_alone: bool = False) -> None:
    """Start everything, say the address, watch over it until someone asks to stop. Raises LaunchError, Stopped.

    `servers_alone` starts no more than the servers, for commands that want the tables to themselves.
    """
    laps = Laps()
    data_dir.mkdir(parents=True, exist_ok=True)
    with sole_run(data_dir) as lock, watchdog(data_dir, lock), ExitStack() as stack:
        check_kind(data_dir, given)
        servers, processes = start_servers(stack, data_dir, given)
        laps.lap("servers")
        ports, changed = choose_ports(given)
        env = environment(given, data_dir, servers, ports)
        private_file(data_dir / "environment", "".join(f"{k}={v}\n" for k, v in env.items() if k.startswith("DESK_")))
        crew = Crew(data_dir, env, say)
        stack.callback(crew.stop)
        if servers_alone:
            (data_dir / "prepared").unlink(missing_ok=True)  # who knows what is done to the tables now
            say(f"PostgreSQL and Valkey run ({laps}). Beside them: python3 run.py desk … Ctrl-C stops them.")
        else:
            for line in changed:
                say(line)
            start_parts(
                crew, env, laps, own_database="postgres" in processes, own_mail=bool(given.get("DESK_MAIL_URL"))
            )
            sign(lock, env["DESK_BASE_URL"])
            say(f"Proposal Desk is ready at {env['DESK_BASE_URL']} ({laps}). Ctrl-C stops it.")
        stack.callback(say, "Stopping.")
        while True:
            crew.tend()
            if fallen := [name for name, process in processes.items() if process.poll() is not None]:
                raise LaunchError(f"{fallen[0]} has ended; its log is {servers_folder(data_dir)}/{fallen[0]}.log.")
            time.sleep(0.2)


def start_parts(crew: Crew, env: Mapping[str, str], laps: Laps, own_database: bool, own_mail: bool) -> None:
    """Bring the tables up to date, start all parts, and wait until the pages answer."""
    demo = is_true(env["DESK_DEMO"])
    prepare(crew, env, own_database)
    laps.lap("tables and demo" if demo else "tables")
    for part in parts(demo, own_mail):
        crew.start(part)
    wait_until_ready(env, crew)
    laps.lap("processes")


def sign(lock: IO[str], address: str = "") -> None:
    """Write into the lock who holds it, and where people find the product."""
    lock.truncate(0)
    lock.write(f"{os.getpid()} {birth(os.getpid())} {address}\n")
    lock.flush()


@contextmanager
def sole_run(data_dir: Path) -> Iterator[IO[str]]:
    """Hold the folder's lock; a run that was killed holds it until its watchdog has cleared up, which is waited for."""
    with (data_dir / "run.lock").open("a+") as lock:
        deadline = time.monotonic() + TAKE_OVER_SECONDS
        told = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                pid, born, address, *_ = [*lock.read().split(), "", "", ""]
                alive = bool(pid) and birth(int(pid)) == born
                if alive or time.monotonic() > deadline:
                    where = f" at {address}" if address else ""
                    raise LaunchError(
                        f"Proposal Desk already runs in {data_dir}{where} (process {pid}). "
                        "Stop it first, or set DESK_DATA_DIR to another folder for a second one."
                    ) from None
                if not told:
                    say("The run before was killed; waiting until its processes have ended.")
                    told = True
                time.sleep(0.1)
        sign(lock)
        yield lock


@contextmanager
def watchdog(data_dir: Path, lock: IO[str]) -> Iterator[None]:
    """Run the watchdog, which shares the lock; first clear up after a run whose own watchdog was killed as well."""
    clear_up(data_dir, 1)
    logs = data_dir / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    with (logs / "watchdog.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.launch.watchdog", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
    with process:  # which closes the pipe, then waits for its end
        yield


def check_kind(data_dir: Path, given: Mapping[str, str]) -> None:
    """Refuse to open the demo's folder as a real installation, or the other way round: its password is public."""
    kind = "demo" if is_true(given.get("DESK_DEMO") or "1") else "installation"
    file = data_dir / "kind"
    if file.exists() and (was := file.read_text()) != kind:
        held = "the demo" if was == "demo" else "an installation"
        raise LaunchError(f"{data_dir} holds {held}. Set DESK_DATA_DIR to another folder, or change DESK_DEMO.")
    file.write_text(kind)


def start_servers(
    stack: ExitStack, data_dir: Path, given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, subprocess.Popen[bytes]]]:
    """Start the servers that no address was given for; return the addresses of those and their processes."""
    tell = functools.cache(say)  # what holds for both is said once
    addresses: dict[str, str] = {}
    processes: dict[str, subprocess.Popen[bytes]] = {}
    if not given.get("DESK_DATABASE_URL"):
        database = stack.enter_context(embedded_postgres(data_dir, say=tell))
        addresses |= {"DESK_DATABASE_URL": database.application_url, "DESK_MIGRATION_URL": database.owner_url}
        processes["postgres"] = database.process
    if not given.get("DESK_REDIS_URL"):
        broker = stack.enter_context(embedded_valkey(data_dir, say=tell))
        addresses["DESK_REDIS_URL"] = broker.url
        processes["valkey-server"] = broker.process
    return addresses, processes


def prepare(crew: Crew, env: Mapping[str, str], own_database: bool) -> None:
    """Bring tables, initiative and demo up to date; passed over if neither they nor what makes them has changed."""
    demo = ["demo load --count 60"] if is_true(env["DESK_DEMO"]) else []
    done = crew.data_dir / "prepared"
    state = state_of_sources(crew.data_dir, env)
    if own_database and done.exists() and done.read_text() == state:
        return
    crew.do("prepare", PREPARE, ["migrate", "initiative load", *demo])
    done.write_text(state)


def state_of_sources(data_dir: Path, env: Mapping[str, str]) -> str:
    """What tells one state of the code, the data that come with it, and the cluster they were put into from another."""
    told = hashlib.sha256(f"{env['DESK_DEMO']} {env.get('DESK_INITIATIVE', '')}\n".encode())
    sources = (path for name in ("config", "migrations", "webapp") for path in (ROOT / name).rglob("*"))
    for path in [*sorted(sources), servers_folder(data_dir) / "postgres.ready"]:
        if "__pycache__" not in path.parts and path.is_file():
            told.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    return told.hexdigest()


def wait_until_ready(env: Mapping[str, str], crew: Crew) -> None:
    """Ask /readyz until it says yes; a part that ends before that ends the start."""
    deadline = time.monotonic() + READY_SECONDS
    status, answer = 0, ""
    while time.monotonic() < deadline:
        crew.check()
        status, answer = ask(env)
        if status == http.client.OK:
            return
        time.sleep(0.05)
    raise LaunchError(f"Not ready after {READY_SECONDS} s; /readyz says: {status} {answer}\n{crew.tail('web')}")


def stop_on_signals(act: Callable[[int, FrameType | None], object]) -> None:
    """Let `act` take the signals that ask a process to end; a closed terminal stays ignored where it was (nohup)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, act)


def main() -> None:
    """Run until asked to stop; the exit code is 0 then, and 1 when something could not start or has ended."""

    def stop(number: int, _: FrameType | None) -> NoReturn:
        stop_on_signals(lambda *_: None)  # once is enough; what follows must not be cut short
        raise Stopped(signal.Signals(number).name)

    stop_on_signals(stop)
    given = dict(os.environ)
    data_dir = Path(given.get("DESK_DATA_DIR") or ROOT / ".desk").resolve()
    try:
        run(data_dir, given, servers_alone=sys.argv[1:] == ["servers"])
    except Stopped:
        sys.exit(0)
    except (LaunchError, EmbeddedError) as error:
        say(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
