"""One whole run of the product, processes and servers: ready, alone in its folder, killed, run again, stopped."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from config.embedded import remove_servers
from config.launch.health import ask

ROOT = Path(__file__).resolve().parents[2]
Run = tuple["subprocess.Popen[str]", int]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the servers' user can reach, with nothing left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-") as reachable:
        Path(reachable).chmod(0o755)
        yield Path(reachable) / "desk"
        remove_servers(Path(reachable) / "desk")


def start(folder: Path, **more: str) -> "subprocess.Popen[str]":
    """Start a run without the demo, on any free port."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DESK_")}
    env = bare | {"DESK_DATA_DIR": str(folder), "DESK_DEMO": "0", "DESK_PORT": "0"} | more
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )


@contextmanager
def running(folder: Path, **more: str) -> Iterator[Run]:
    """A run that is ready, and its port; killed afterwards if it still runs."""
    with start(folder, **more) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if ready := re.search(r"is ready at http://127\.0\.0\.1:(\d+) ", line):
                break
        else:
            pytest.fail("".join(said))
        yield process, int(ready[1])
        process.kill()


def of(folder: Path) -> set[int]:
    """Every process that was started for this folder."""
    mark = f"DESK_DATA_DIR={folder}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def seconds_until_none(folder: Path) -> float:
    """How long processes of this folder are still there; 20 s at most."""
    began = time.monotonic()
    while of(folder) and time.monotonic() < began + 20:
        time.sleep(0.1)
    return time.monotonic() - began


def what_is_left(folder: Path) -> str:
    """The commands of the processes that are still there, with what each waits for."""
    said = []
    for one in sorted(of(folder)):
        entry = Path(f"/proc/{one}")
        with suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state = re.findall(r"^(?:State|PPid):\s*(.+)$", (entry / "status").read_text(), re.M)
            said.append(f"{one} {state}: {command[:160]}")
    return "\n".join(said)


def is_ready(port: int) -> bool:
    """Whether the pages answer."""
    return ask({"DESK_PORT": str(port)})[0] == http.client.OK


def answer_to_too_much(port: int) -> str:
    """What a browser shows that sends 40 MB, of which it reads the answer only after the last of them."""
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/sign-in", b"--x" + bytes(40 * 1024 * 1024), form)
        answer = connection.getresponse()
        assert answer.status == http.client.REQUEST_ENTITY_TOO_LARGE
        return answer.read().decode()


@pytest.mark.slow
def test_a_run_stands_alone_in_its_folder_ends_when_killed_and_begins_again(folder: Path) -> None:
    with running(folder) as (first, port):
        assert is_ready(port)
        assert len(of(folder)) > 8
        second = start(folder)
        assert f"already runs in {folder} at http://127.0.0.1:{port}" in second.communicate(timeout=30)[0]
        assert second.returncode == 1
        assert is_ready(port)
        assert "too large to send" in answer_to_too_much(port)
        first.kill()
        assert seconds_until_none(folder) < 10
    with running(folder) as (again, port):
        assert is_ready(port)
        again.send_signal(signal.SIGTERM)
        assert again.wait(20) == 0
        assert seconds_until_none(folder) < 1


def watchdog_of(folder: Path) -> int:
    """The process that watches over the run."""
    (found,) = (pid for pid in of(folder) if b"config.launch.watchdog" in Path(f"/proc/{pid}/cmdline").read_bytes())
    return found


@pytest.mark.slow
def test_all_end_when_run_and_watchdog_are_killed_while_a_task_is_stuck(folder: Path) -> None:
    """A mail server that takes the call and says nothing holds a task for as long as the worker waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        address = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        slow = {"DESK_MAIL_URL": address, "DESK_MAIL_TIMEOUT_SECONDS": "60", "DESK_WORKER_SHUTDOWN_SECONDS": "1"}
        with running(folder, **slow) as (run, _port):
            env = dict(line.split("=", 1) for line in (folder / "environment").read_text().splitlines())
            command = [sys.executable, "-m", "webapp.cli", "admin", "create", "admin@desk.example", "--name", "Admin"]
            subprocess.run(command, cwd=ROOT, env=os.environ | env, check=True, stdout=subprocess.DEVNULL)
            call, _from = silent.accept()
            with call:
                os.kill(watchdog_of(folder), signal.SIGKILL)
                run.kill()
                assert seconds_until_none(folder) < 10, what_is_left(folder)
