"""Embedded servers: who gets in, what survives a kill, who runs them, and what is said when they cannot run."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded import (
    EmbeddedError,
    embedded_servers,
    embedded_valkey,
    remove_servers,
    servers_folder,
)
from config.embedded.home import SERVER_USER
from config.processes import working_in

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
HOLDER = """
import sys, time
from pathlib import Path
from config.embedded import embedded_servers
with embedded_servers(Path(sys.argv[1])) as servers:
    print(servers.database_url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the servers' user can reach, with nothing left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-") as reachable:
        Path(reachable).chmod(0o755)
        yield Path(reachable) / "desk"
        remove_servers(Path(reachable) / "desk")


def connect(url: str, **changes: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Open a connection of its own, each statement a transaction."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, **changes)


@pytest.fixture
def holder(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs the servers until it is killed."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql+psycopg://")
        yield process
        process.kill()


def server_processes(folder: Path) -> list[int]:
    """Every process of either server."""
    home = servers_folder(folder)
    return [pid for name in ("postgres", "valkey-server") for pid in working_in(home / name, name)]


def all_gone(folder: Path, seconds: float) -> bool:
    """Whether no server process is left within the time."""
    deadline = time.monotonic() + seconds
    while server_processes(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.rule("R63")
def test_the_application_reads_and_writes_tables_that_it_cannot_change(folder: Path) -> None:
    with embedded_servers(folder, durable=False) as servers:
        with connect(servers.migration_url) as owner:
            owner.execute("CREATE TABLE kept (word text)")
            owner.execute("CREATE DATABASE copy TEMPLATE desk")
        for url in (servers.database_url, servers.database_url.removesuffix("desk") + "copy"):
            with connect(url) as app:
                app.execute("INSERT INTO kept VALUES ('one')")
                assert app.execute("SELECT word FROM kept").fetchall() == [("one",)]
                for forbidden in ("DROP TABLE kept", "ALTER TABLE kept ADD note text", "CREATE TABLE mine ()"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        app.execute(forbidden)


def test_nobody_gets_in_without_a_password(folder: Path) -> None:
    with embedded_servers(folder, durable=False) as servers:
        for change in ({"password": "wrong"}, {"user": "postgres", "password": ""}, {"user": "postgres"}):
            with pytest.raises(psycopg.OperationalError):
                connect(servers.database_url, **change)
        address = servers.redis_url.partition("@")[2]
        for guess in (f"redis://{address}", f"redis://:wrong@{address}", f"redis://desk:wrong@{address}"):
            with redis.Redis.from_url(guess) as client, pytest.raises(redis.exceptions.AuthenticationError):
                client.ping()
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.config_set("appendonly", "no")
    home = servers_folder(folder)
    assert (home / "passwords.json").stat().st_mode & 0o077 == 0
    assert len(set(json.loads((home / "passwords.json").read_text()).values())) == 4


def test_both_keep_what_they_were_given_and_sort_by_code_point(folder: Path) -> None:
    with embedded_servers(folder) as servers:
        with connect(servers.migration_url) as owner:
            owner.execute("CREATE TABLE kept (word text)")
            owner.execute("INSERT INTO kept VALUES ('é'), ('z'), ('Z')")
            assert owner.execute("SELECT lower('ÄÉ'), current_setting('fsync')").fetchone() == ("äé", "on")
        with redis.Redis.from_url(servers.redis_url) as client:
            client.set("nudge", "1")
            assert client.info("persistence")["aof_enabled"] == 1
            assert client.info("memory")["maxmemory_policy"] == "noeviction"
    with embedded_servers(folder) as again:
        assert again == servers
        with connect(again.database_url) as app:
            assert app.execute("SELECT word FROM kept ORDER BY word").fetchall() == [("Z",), ("z",), ("é",)]
        with redis.Redis.from_url(again.redis_url) as client:
            assert client.get("nudge") == b"1"


def test_they_end_with_the_process_that_started_them_even_killed(folder: Path, holder: "subprocess.Popen[str]") -> None:
    assert len(server_processes(folder)) > 2
    holder.kill()
    assert all_gone(folder, 10)


def test_after_a_kill_of_everything_committed_rows_are_there(folder: Path, holder: "subprocess.Popen[str]") -> None:
    passwords = json.loads((servers_folder(folder) / "passwords.json").read_text())
    port = (servers_folder(folder) / "postgres.port").read_text()
    with connect(f"postgresql://desk_owner:{passwords['desk_owner']}@127.0.0.1:{port}/desk") as owner:
        owner.execute("CREATE TABLE kept (word text)")
        owner.execute("INSERT INTO kept VALUES ('safe')")
        for pid in [holder.pid, *server_processes(folder)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    with embedded_servers(folder) as again, connect(again.database_url) as app:
        assert app.execute("SELECT word FROM kept").fetchall() == [("safe",)]


def test_servers_that_an_earlier_run_left_are_stopped_and_said(folder: Path, holder: "subprocess.Popen[str]") -> None:
    before = server_processes(folder)
    os.kill(holder.pid, signal.SIGSTOP)  # it holds its locks, so it is still at work
    with pytest.raises(EmbeddedError, match="Another process is using"), embedded_servers(folder):
        pass
    assert set(before) <= set(server_processes(folder))
    for name in ("postgres", "valkey-server"):  # as if the locks had been let go of: a run without its servers
        (servers_folder(folder) / f"{name}.lock").unlink()
    said: list[str] = []
    with embedded_servers(folder, say=said.append):
        assert not set(before) & set(server_processes(folder))
    assert [line for line in said if "that an earlier run left" in line] == said[-2:]


def test_a_number_left_by_a_dead_server_is_no_living_one(folder: Path) -> None:
    with embedded_servers(folder):
        pass
    stranger = subprocess.Popen(["sleep", "60"], user=SERVER_USER if IS_ROOT else None)
    file = servers_folder(folder) / "postgres/postmaster.pid"
    file.write_text(f"{stranger.pid}\n{file.parent}\n0\n1\n\n127.0.0.1\n0 0\nready\n")
    with embedded_servers(folder) as servers, connect(servers.database_url) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_half_made_folder_is_begun_anew(folder: Path) -> None:
    home = servers_folder(folder)
    (home / "postgres.new" / "base").mkdir(parents=True)
    (home / "postgres.new" / "PG_VERSION").write_text("18")
    with embedded_servers(folder, durable=False) as servers, connect(servers.database_url) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
    assert not (home / "postgres.new").exists()


def test_a_log_that_valkey_cannot_read_is_set_aside_and_said(folder: Path) -> None:
    with embedded_valkey(folder) as broker, redis.Redis.from_url(broker.url) as client:
        client.set("nudge", "1")
    kept = servers_folder(folder) / "valkey-server/appendonlydir"
    for file in kept.glob("*.aof"):
        file.write_bytes(b"*3\r\nnot what it wrote")
    said: list[str] = []
    with embedded_valkey(folder, say=said.append) as broker, redis.Redis.from_url(broker.url) as client:
        assert client.get("nudge") is None
    assert "could not read its log" in said[0]
    assert len(list(kept.parent.glob("appendonlydir.unread-*"))) == 1


def test_a_folder_of_another_release_is_refused_with_what_to_do(folder: Path) -> None:
    with embedded_servers(folder, durable=False):
        pass
    (servers_folder(folder) / "postgres/PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 17") as refused, embedded_servers(folder):
        pass
    assert "desk backup" in str(refused.value)


@pytest.mark.skipif(not IS_ROOT, reason="root starts the servers as another user")
def test_started_by_root_they_run_as_a_user_of_their_own(folder: Path) -> None:
    with embedded_servers(folder, durable=False):
        for pid in server_processes(folder):
            assert Path(f"/proc/{pid}").stat().st_uid == SERVER_USER
            status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
            assert set(status["Gid"].split()) == {str(SERVER_USER)}
            assert status["Groups"].split() == []
    home = servers_folder(folder)
    assert home.stat().st_uid == 0
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in home.iterdir() if path.is_dir()} == {
        "postgres": "0o700",
        "valkey-server": "0o700",
    }


@pytest.mark.skipif(not IS_ROOT, reason="root starts the servers as another user")
def test_a_folder_out_of_that_users_reach_is_left_as_it_is_and_another_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = servers_folder(closed / "desk")
    said: list[str] = []
    try:
        with embedded_servers(closed / "desk", say=said.append) as servers, connect(servers.database_url):
            assert home.is_relative_to("/var/lib")
        assert (home / "postgres/PG_VERSION").exists()
        assert (home / "of").read_text() == f"{closed}/desk\n"
    finally:
        remove_servers(closed / "desk")
    assert str(home) in said[0]
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not home.exists()
    with embedded_servers(closed / "desk", durable=False):
        assert home.exists()
    assert not home.exists()
