"""Child processes: tied to their parent, known by birth, stopped with all that they started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import processes
from config.processes import birth, members, start_tied, stop_groups, wait_until_gone, working_in

ROOT = Path(__file__).resolve().parents[2]
DEAF = "trap '' TERM; sleep 60 & wait; sleep 60"
Started = list["subprocess.Popen[bytes]"]


@pytest.fixture
def started() -> Iterator[Started]:
    """Processes of a test, all ended after it."""
    all_of_them: Started = []
    yield all_of_them
    for process in all_of_them:
        stop_groups({process.pid: signal.SIGKILL}, 2)
        process.wait()


def grown(group: int, number: int) -> bool:
    """Wait until a group has so many members."""
    deadline = time.monotonic() + 5
    while len(members([group])) < number and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(members([group])) == number


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_gets_its_farewell_when_the_parent_dies(tmp_path: Path, blow: signal.Signals) -> None:
    word = tmp_path / "word"
    script = f"trap 'echo bye > {word}; exit' INT; echo $$; while :; do sleep 0.05; done"
    parent = (
        "import sys, time; from pathlib import Path; from config.processes import start_tied\n"
        f"child = start_tied(['sh', '-c', {script!r}], log=Path({str(tmp_path / 'log')!r}), farewell=2)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        deadline = time.monotonic() + 5
        while not (tmp_path / "log").read_text().strip() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(blow)
        assert wait_until_gone([child], 5)
    assert word.read_text() == "bye\n"


def test_output_goes_to_the_log_and_a_long_log_is_moved(
    tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOG_BYTES", 5)
    log = tmp_path / "part.log"
    for text in ("first line", "second"):
        started.append(start_tied(["sh", "-c", f"echo {text}; echo $0 >&2"], log=log))
        assert started[-1].wait() == 0
    assert log.read_text() == "second\nsh\n"
    assert log.with_name("part.log.1").read_text() == "first line\nsh\n"


def test_a_group_ends_by_asking_or_else_by_force(tmp_path: Path, started: Started) -> None:
    willing = start_tied(["sh", "-c", "sleep 60 & sleep 60"], log=tmp_path / "log")
    deaf = start_tied(["sh", "-c", DEAF], log=tmp_path / "log")
    started += [willing, deaf]
    assert grown(willing.pid, 3)
    assert grown(deaf.pid, 2)
    children = members([deaf.pid])
    assert not stop_groups({willing.pid: signal.SIGTERM, deaf.pid: signal.SIGTERM}, 0.5)
    assert members([willing.pid, deaf.pid]) == []
    assert wait_until_gone(children, 0)
    assert willing.wait() == -signal.SIGTERM
    assert deaf.wait() == -signal.SIGKILL


def test_signal_0_gives_time_without_asking(tmp_path: Path, started: Started) -> None:
    started.append(start_tied(["sh", "-c", "sleep 0.3"], log=tmp_path / "log"))
    assert stop_groups({started[0].pid: 0}, 3)
    assert started[0].wait() == 0


def test_birth_tells_the_living_from_the_gone(started: Started, tmp_path: Path) -> None:
    started.append(start_tied(["sleep", "60"], log=tmp_path / "log"))
    pid = started[0].pid
    assert birth(pid) == birth(pid) != ""
    assert birth(pid) >= birth(os.getpid())
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone([pid], 2)
    assert birth(pid) == ""  # ended, though nobody has taken leave of it yet


def test_a_process_is_found_by_its_folder_even_when_that_is_removed(tmp_path: Path, started: Started) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    started.append(start_tied(["sleep", "60"], log=tmp_path / "log", cwd=folder))
    deadline = time.monotonic() + 5
    while not working_in(folder, "sleep") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert working_in(folder, "sleep") == [started[0].pid]
    assert working_in(folder, "postgres") == []
    folder.rmdir()
    assert working_in(folder, "sleep") == [started[0].pid]
