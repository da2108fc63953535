"""PostgreSQL and Valkey from their wheels: made, started and stopped for one folder, with passwords, without root."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.home import EmbeddedError, Say, free_port, private_file, quiet, servers_folder, stop
from config.embedded.postgres import embedded_postgres
from config.embedded.valkey import embedded_valkey

__all__ = [
    "EmbeddedError",
    "Servers",
    "embedded_postgres",
    "embedded_servers",
    "embedded_valkey",
    "free_port",
    "private_file",
    "remove_servers",
    "servers_folder",
    "stop_servers",
]


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of running servers: as the application's role, as the role that owns the tables, and the broker's."""

    database_url: str
    migration_url: str
    redis_url: str


@contextmanager
def embedded_servers(data_dir: Path, *, durable: bool = True, say: Say = quiet) -> Iterator[Servers]:
    """Run both servers while the block lasts; the broker is the last to start and the first to stop.

    `durable=False` is for tests: quick, and lost when the machine stops. `say` is told what a person should know.
    Raises EmbeddedError with words on what to do.
    """
    with (
        embedded_postgres(data_dir, durable=durable, say=say) as database,
        embedded_valkey(data_dir, durable=durable, say=say) as broker,
    ):
        yield Servers(database.application_url, database.owner_url, broker.url)


def stop_servers(data_dir: Path) -> None:
    """Stop whatever servers work under `data_dir`, whoever started them, broker first. None there: nothing happens."""
    if (folder := servers_folder(data_dir)).exists():
        for program in ("valkey-server", "postgres"):
            stop(folder / program, program)


def remove_servers(data_dir: Path) -> None:
    """Stop the servers of `data_dir` and remove all they keep, wherever that is."""
    stop_servers(data_dir)
    shutil.rmtree(servers_folder(data_dir), ignore_errors=True)
