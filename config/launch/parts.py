"""The processes that make up a running product on one machine, and the settings handed to them."""

import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded import free_port, private_file

ROOT = Path(__file__).resolve().parents[2]
CELERY = ("-m", "celery", "-A", "workers.celery_app")


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name (also of its log), its arguments to Python, and how it stands to the others.

    What others need is stopped after them; what is patient leaves the processor to them. `farewell` asks it to end,
    also when the run itself is gone.
    """

    name: str
    arguments: tuple[str, ...]
    needed_by_others: bool = False
    patient: bool = False
    farewell: signal.Signals = signal.SIGTERM

    @property
    def command(self) -> list[str]:
        """The whole command line."""
        return [*(["nice"] if self.patient else []), sys.executable, *self.arguments]


WEB = Part("web", ("-m", "gunicorn", "--config", "config/gunicorn.conf.py"))
# To SIGTERM a worker listens only when its tasks are done, however long one is stuck; SIGQUIT gives them some seconds.
WORKER = Part(
    "worker", (*CELERY, "worker", "--without-mingle", "--without-gossip"), patient=True, farewell=signal.SIGQUIT
)
BEAT = Part("beat", (*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""), patient=True)
MAILBOX = Part("mailbox", ("-m", "webapp.cli", "mailbox"), needed_by_others=True)


def parts(demo: bool, own_mail: bool) -> list[Part]:
    """What to start, in this order: the built-in mailbox is there in the demo, unless another mail server is named."""
    return [*([MAILBOX] if demo and not own_mail else []), WEB, WORKER, BEAT]


def choose_ports(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Free ports for pages and mailbox, the ones asked for or the next after them, and what to say of a change."""
    chosen: dict[str, str] = {}
    said: list[str] = []
    for name, usual, what in (("DESK_PORT", 8000, "pages are"), ("DESK_DEV_MAIL_PORT", 8025, "mailbox is")):
        wish = int(given.get(name) or usual)
        port = next_free_port(wish, given.get("DESK_BIND") or "127.0.0.1") if wish else free_port()
        if wish and port != wish:
            said.append(f"Port {wish} is in use; the {what} on {port}.")
        chosen[name] = str(port)
    return chosen, said


def next_free_port(wish: int, host: str) -> int:
    """The first port from `wish` on that can be listened on, of the next hundred; else any."""
    for port in range(wish, min(wish + 100, 65536)):
        if free_port(port, host) == port:
            return port
    return free_port(0, host)


def environment(
    given: Mapping[str, str], data_dir: Path, servers: Mapping[str, str], ports: Mapping[str, str]
) -> dict[str, str]:
    """The environment of every part: what was given, over what this run made or chose itself."""
    demo = is_true(given.get("DESK_DEMO", "1"))
    own: dict[str, str] = {
        "DESK_DEMO": "1" if demo else "0",
        "DESK_BASE_URL": f"http://127.0.0.1:{ports['DESK_PORT']}",
        "DESK_LOG_FORMAT": "json",
        **(
            {} if demo else {"DESK_MAIL_URL": "smtp://127.0.0.1:25", "DESK_MAIL_FROM": "Proposal Desk <desk@localhost>"}
        ),
    }
    asked = {name: value for name, value in given.items() if not (name.startswith("DESK_") and not value)}
    fixed = {"DESK_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    made = {"DESK_SECRET_KEY": secret_key(data_dir)} if not asked.get("DESK_SECRET_KEY") else {}
    asked.pop("PYTHONDONTWRITEBYTECODE", None)  # five processes would each compile the product at every start
    return {**own, **asked, **servers, **ports, **made, **fixed}


def secret_key(data_dir: Path) -> str:
    """The key of this data folder, made the first time and kept where only its owner can read it."""
    file = data_dir / "secret_key"
    if not file.exists():
        private_file(file, secrets.token_urlsafe(48))
    return file.read_text()


def is_true(value: str) -> bool:
    """Whether a setting says yes, in the words that the settings know."""
    return value.strip().lower() in {"1", "true", "yes", "on", "t", "y"}
