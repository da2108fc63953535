"""Running the product: ports, settings handed on, one run a folder, parts that fall, and clearing up after a kill."""

import fcntl
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import __main__ as launch
from config.launch.crew import Crew, LaunchError
from config.launch.health import ask
from config.launch.parts import Part, choose_ports, environment, parts
from config.launch.watchdog import clear_up, note
from config.processes import birth, members, start_tied, stop_groups
from config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"DESK_PORT": "8000", "DESK_DEV_MAIL_PORT": "8025"}
SLEEP = Part("sleeper", ("-c", "import time; time.sleep(60)"))
KEPT = Part("kept", ("-c", "import time; time.sleep(60)"), needed_by_others=True)


@pytest.fixture
def said() -> list[str]:
    """What a person would have been told."""
    return []


@pytest.fixture
def crew(tmp_path: Path, said: list[str]) -> Iterator[Crew]:
    """A crew whose parts are ended after the test."""
    (tmp_path / "logs").mkdir()
    crew = Crew(tmp_path, dict(os.environ), said.append)
    yield crew
    crew.stop()


def test_a_port_in_use_gives_way_to_the_next_free_one_and_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wish = taken.getsockname()[1]
        chosen, told = choose_ports({"DESK_PORT": str(wish), "DESK_DEV_MAIL_PORT": "0"})
    assert wish < int(chosen["DESK_PORT"]) < wish + 100
    assert told == [f"Port {wish} is in use; the pages are on {chosen['DESK_PORT']}."]
    assert int(chosen["DESK_DEV_MAIL_PORT"]) > 0


def test_what_is_given_wins_over_what_the_run_makes_and_nothing_given_is_the_demo(tmp_path: Path) -> None:
    servers = {"DESK_DATABASE_URL": "postgresql://own/desk", "DESK_REDIS_URL": "redis://own"}
    demo = environment({"DESK_PORT": ""}, tmp_path, servers, PORTS)
    assert demo["DESK_DEMO"] == "1"
    assert demo["DESK_BASE_URL"] == "http://127.0.0.1:8000"
    assert demo["DESK_SECRET_KEY"] == environment({}, tmp_path, servers, PORTS)["DESK_SECRET_KEY"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    given = {
        "DESK_BASE_URL": "https://desk.example.org",
        "DESK_SECRET_KEY": "k" * 40,
        "DESK_DEMO": "0",
        "DESK_MAIL_URL": "smtp://mail",
        "DESK_DATABASE_URL": "postgresql://theirs/desk",
    }
    real = environment(given, tmp_path, {"DESK_REDIS_URL": "redis://own"}, PORTS)
    assert given.items() <= real.items()


@pytest.mark.parametrize("demo", ["0", "1"])
def test_the_environment_of_the_parts_is_whole(tmp_path: Path, demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = {"DESK_DATABASE_URL": "postgresql://own/desk", "DESK_REDIS_URL": "redis://own"}
    for name in [name for name in os.environ if name.startswith("DESK_")]:
        monkeypatch.delenv(name)
    for name, value in environment({"DESK_DEMO": demo}, tmp_path, servers, PORTS).items():
        monkeypatch.setenv(name, value)
    settings = Settings()  # type: ignore[call-arg]
    assert settings.demo is (demo == "1")
    assert settings.data_dir == tmp_path
    assert settings.port == 8000


def test_the_mailbox_is_there_in_the_demo_unless_another_mail_server_is_named() -> None:
    assert [part.name for part in parts(demo=True, own_mail=False)] == ["mailbox", "web", "worker", "beat"]
    assert [part.name for part in parts(demo=True, own_mail=True)] == ["web", "worker", "beat"]
    assert [part.name for part in parts(demo=False, own_mail=False)] == ["web", "worker", "beat"]


def test_a_second_run_on_a_folder_is_told_of_the_first_and_ends(tmp_path: Path) -> None:
    with launch.sole_run(tmp_path) as lock:
        lock.truncate(0)
        lock.write(f"{os.getpid()} {birth(os.getpid())} http://127.0.0.1:8000\n")
        lock.flush()
        with pytest.raises(LaunchError, match=r"already runs in .* at http://127\.0\.0\.1:8000"):
            launch.sole_run(tmp_path).__enter__()
    with launch.sole_run(tmp_path):
        pass


def test_a_run_that_was_killed_is_waited_for(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    lock = (tmp_path / "run.lock").open("w+")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write(f"{dead.pid} 1\n")
    lock.flush()
    began = time.monotonic()
    threading.Timer(0.5, lock.close).start()
    with launch.sole_run(tmp_path):
        assert time.monotonic() - began > 0.4


def test_the_folder_of_a_demo_never_becomes_an_installation(tmp_path: Path) -> None:
    launch.check_kind(tmp_path, {})
    launch.check_kind(tmp_path, {"DESK_DEMO": "1"})
    with pytest.raises(LaunchError, match="holds the demo"):
        launch.check_kind(tmp_path, {"DESK_DEMO": "0"})


def test_a_fallen_part_is_started_again_and_one_that_keeps_falling_ends_the_run(
    crew: Crew, said: list[str], tmp_path: Path
) -> None:
    crew.start(SLEEP)
    crew.tend()
    assert said == []
    for _ in range(2):
        crew.running[SLEEP].kill()
        crew.running[SLEEP].wait()
        crew.tend()
    assert [line.startswith("The sleeper has ended (-9) and is started again") for line in said] == [True, True]
    assert crew.running[SLEEP].poll() is None
    crew.running[SLEEP].kill()
    crew.running[SLEEP].wait()
    (tmp_path / "logs/sleeper.log").write_text("the reason\n")
    with pytest.raises(LaunchError, match="ended 3 times in a minute") as ended:
        crew.tend()
    assert "the reason" in str(ended.value)


def test_a_part_that_ends_while_starting_is_shown_with_the_end_of_its_log(crew: Crew) -> None:
    crew.start(Part("odd", ("-c", "raise SystemExit('no such table')")))
    crew.running[next(iter(crew.running))].wait()
    with pytest.raises(LaunchError, match="The odd does not start") as ended:
        crew.check()
    assert "no such table" in str(ended.value)


def test_work_that_fails_says_what_it_printed(crew: Crew) -> None:
    crew.do("prepare", "print('fine')", [])
    with pytest.raises(LaunchError, match="migrate: failed") as ended:
        crew.do("prepare", "raise SystemExit('no route to the database')", ["migrate"])
    assert "no route to the database" in str(ended.value)


def test_parts_that_others_need_are_stopped_after_them(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (KEPT, SLEEP):
        crew.start(part)
    asked: list[list[int]] = []

    def record(groups: dict[int, int], patience: float) -> bool:
        asked.append(list(groups))
        return stop_groups(groups, patience)

    monkeypatch.setattr("config.launch.crew.stop_groups", record)
    crew.stop()
    assert asked == [[crew.running[SLEEP].pid], [crew.running[KEPT].pid]]
    assert all(process.poll() == -signal.SIGTERM for process in crew.running.values())


def test_clearing_up_ends_what_was_noted_and_leaves_a_later_process_of_that_number(tmp_path: Path) -> None:
    left, stranger = (start_tied(["sleep", "60"], log=tmp_path / "log") for _ in range(2))
    note(tmp_path, left.pid)
    with (tmp_path / "started").open("a") as file:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        file.write(f"{boot} {stranger.pid} 1\n")
        file.write(f"another-boot {stranger.pid} {birth(stranger.pid)}\n")
    clear_up(tmp_path, 0)
    assert left.wait(2) == -signal.SIGKILL
    assert stranger.poll() is None
    assert not (tmp_path / "started").exists()
    stranger.kill()
    stranger.wait()


def test_the_watchdog_clears_up_when_the_run_is_gone_and_not_before(tmp_path: Path) -> None:
    left = start_tied(["sh", "-c", "trap '' TERM; sleep 60 & wait"], log=tmp_path / "log")
    note(tmp_path, left.pid)
    with (tmp_path / "run.lock").open("a+") as lock:
        watching = subprocess.Popen(
            [sys.executable, "-m", "config.launch.watchdog", str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            pass_fds=[lock.fileno()],
        )
    time.sleep(0.5)
    watching.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert watching.poll() is None
    assert left.poll() is None
    began = time.monotonic()
    assert watching.stdin is not None
    watching.stdin.close()
    assert left.wait(10) == -signal.SIGKILL
    assert watching.wait(10) == 0
    assert time.monotonic() - began < 10
    assert members([left.pid]) == []


class Readiness(http.server.BaseHTTPRequestHandler):
    """Answers /readyz with 503 to a name that it does not trust."""

    def do_GET(self) -> None:
        self.send_response(200 if (self.path, self.headers["Host"]) == ("/readyz", "desk.example.org") else 503)
        self.end_headers()
        self.wfile.write(b"said\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_readiness_is_asked_under_the_name_people_use() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Readiness) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"DESK_PORT": str(server.server_port), "DESK_BIND": "0.0.0.0"}  # noqa: S104
        assert ask(env | {"DESK_BASE_URL": "https://desk.example.org"}) == (200, "said")
        assert ask(env)[0] == 503
        server.shutdown()
    assert ask(env)[0] == 0
