#!/usr/bin/env python3
"""Makes the environment and runs one of the Makefile's words in it; needs Python 3.11, pip and a package index only.

python3 run.py            run the whole product with its demo until Ctrl-C
python3 run.py help       show all the words
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PROGRAMS = ENVIRONMENT / "bin"
STAMP = ENVIRONMENT / "installed.json"
TOOLS = ENVIRONMENT / "tools"  # uv, while it is needed
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
OLDEST = (3, 11)
COMPILE = "pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11"


class Word(NamedTuple):
    """What a word does, the lock its environment needs, and its commands (of .venv/bin) one after the other."""

    says: str
    lock: str = ""
    commands: tuple[str, ...] = ()


WORDS = {
    "run": Word("run the whole product with its demo until Ctrl-C", RUNTIME, ("python -m config.launch",)),
    "install": Word("make the environment in .venv, and nothing else", RUNTIME),
    "desk": Word("run a command of the product on the data of `run`, as in: desk admin create", RUNTIME),
    "servers": Word(
        "run PostgreSQL and Valkey alone, as for: desk restore", RUNTIME, ("python -m config.launch servers",)
    ),
    "test": Word(
        "run the tests; they start servers of their own",
        DEVELOPMENT,
        ("pytest -n auto --maxprocesses 8 -m 'not journey'",),
    ),
    "check": Word(
        "check format, lint, types, contracts, templates, dependencies, house rules, migrations",
        DEVELOPMENT,
        (
            "ruff format --check .",
            "ruff check .",
            "mypy",
            "lint-imports",
            "djlint --quiet --lint webapp/templates",
            "deptry .",
            "python -m webapp.cli notices check",
            "pytest -q -n0 tests/house_rules tests/migrations",
        ),
    ),
    "journeys": Word("walk the running product in a real browser", DEVELOPMENT, ("pytest -m journey tests/journeys",)),
    "faults": Word(
        "kill, stop and cut things at random moments, at length",
        DEVELOPMENT,
        ("pytest -n0 tests/faults", "python -m tests.faults.drill"),
    ),
    "soak": Word(
        "live through 20,000 steps of many people, the rules looked at after each",
        DEVELOPMENT,
        ("pytest -q -n0 -s tests/demo/whole_demo.py", "pytest -q -n0 -s tests/soak/long_run.py"),
    ),
    "bench": Word(
        "measure the pages and mails with 2,000 and 20,000 proposals", DEVELOPMENT, ("python -m tests.bench",)
    ),
    "bench-routing": Word("measure the routing of whole calls", DEVELOPMENT, ("python -m tests.bench.routing",)),
    "bench-mails": Word(
        "measure how many mails leave in a second, up to 100,000", DEVELOPMENT, ("python -m tests.bench.post",)
    ),
    "mails": Word(
        "draw every mail in every language, width and theme to look at", DEVELOPMENT, ("python -m tests.mail_sheets",)
    ),
    "audit": Word(
        "look up known weaknesses of the locked packages", DEVELOPMENT, ("uv tool run pip-audit -r " + RUNTIME,)
    ),
    "lock": Word("write both lock files anew from pyproject.toml", DEVELOPMENT),
    "clean": Word("remove .venv, .desk and what tools leave behind"),
    "help": Word("show these words"),
}


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says; `run` if there is none."""
    if arguments and arguments[0] == "--with-parent":  # from make: when make is killed, this is asked to end
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM))
        arguments = arguments[1:]
    name, *rest = arguments or ["run"]
    word = WORDS.get(name)
    if word is None or name == "help":
        print("\n".join(f"  {each:<13} {what.says}" for each, what in WORDS.items()))
        return 0 if word else 2
    if sys.version_info < OLDEST:
        print(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    os.chdir(ROOT)
    if word.lock:
        install(word.lock)
    if name == "desk":
        become(["python", "-m", "webapp.cli", *rest], environment_of_run())
    if name in ("lock", "clean"):
        return lock(rest) if name == "lock" else clean()
    *before, last = [[*shlex.split(command), *rest] for command in word.commands] or [[]]
    for command in before:
        print("+", " ".join(command), flush=True)
        if not ran(PROGRAMS / command[0], *command[1:]):
            return 1
    if last:
        become(last, dict(os.environ))
    return 0


def become(command: list[str], env: dict[str, str]) -> NoReturn:
    """Go on as a program of the environment, so that signals and the exit code are its own."""
    sys.stdout.flush()
    os.execve(PROGRAMS / command[0], [str(PROGRAMS / command[0]), *command[1:]], env)


def environment_of_run() -> dict[str, str]:
    """This environment over that of the product as it runs in the data folder; a hint if it does not."""
    home = Path(os.environ.get("DESK_DATA_DIR") or ROOT / ".desk")
    if "DESK_DATABASE_URL" in os.environ or not (home / "environment").exists():
        return dict(os.environ)
    with (home / "run.lock").open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print(
                f"Nothing runs in {home}. To reach its data: python3 run.py, or python3 run.py servers", file=sys.stderr
            )
        except BlockingIOError:
            pass  # it runs
    lines = (home / "environment").read_text().splitlines()
    return {**dict(line.split("=", 1) for line in lines), **os.environ}


# --- the environment


def install(lock_name: str) -> None:
    """Bring `.venv` to what a lock file says; at once if it is already. The development lock holds all of the other."""
    with Path(__file__).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two runs at once: the second waits
        wanted = {name: fingerprint(name) for name in (RUNTIME, DEVELOPMENT)}
        there = json.loads(STAMP.read_text()) if STAMP.exists() and works(PROGRAMS / "python") else {}
        if wanted[lock_name] == there.get(lock_name):
            return
        began = time.monotonic()
        if not works(PROGRAMS / "python"):
            make_empty_environment()
        name = DEVELOPMENT if DEVELOPMENT in there else lock_name
        install_packages(name)
        shutil.rmtree(TOOLS, ignore_errors=True)
        add_project()
        STAMP.write_text(json.dumps(wanted if name == DEVELOPMENT else {name: wanted[name]}))
        print(f"The environment in .venv is ready ({time.monotonic() - began:.1f} s).", flush=True)


def fingerprint(lock_name: str) -> str:
    """What tells one state of a lock file, for this Python, from another."""
    return hashlib.sha256((ROOT / lock_name).read_bytes() + sys.version.encode()).hexdigest()


def works(program: Path | str, *arguments: str) -> bool:
    """Whether a program can be run at all."""
    try:
        tried = subprocess.run([program, *(arguments or ("--version",))], check=False, capture_output=True)
    except OSError:
        return False
    return tried.returncode == 0


def ran(*command: Path | str, env: dict[str, str] | None = None) -> bool:
    """Run a command to its end, its words shown; whether it went well."""
    return subprocess.run(command, check=False, env=env).returncode == 0


def make_empty_environment() -> None:
    """Make `.venv` without pip, which also works where Debian has left out ensurepip."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", ENVIRONMENT], check=True)


def install_packages(lock_name: str) -> None:
    """Install a lock file by uv or, if uv cannot (another index, a proxy), by pip: the hashes are checked alike."""
    print("Making the environment in .venv; the first time, this takes a minute.", flush=True)
    what = ("install", "--require-hashes", "-r", lock_name, *([] if sys.stderr.isatty() else ["--quiet"]))
    python = ("--python", PROGRAMS / "python")
    uv = find_uv()
    if uv and ran(uv, "pip", *what, *python, "--compile-bytecode", env={**settings_for_uv(), **os.environ}):
        return
    print("uv did not install the packages; trying pip.", flush=True)
    if not ran(*find_pip(), *python, *what):
        sys.exit(f"The packages of {lock_name} could not be installed: is a package index within reach?")


def find_uv() -> Path | None:
    """uv from the environment, from this machine, or brought by pip as the lock file names it."""
    for uv in (PROGRAMS / "uv", shutil.which("uv")):
        if uv and works(uv):
            return Path(uv)
    pinned = re.search(r"^uv==(?:.*\\\n)*.*$", (ROOT / DEVELOPMENT).read_text(), re.MULTILINE)
    if pinned is None:
        return None
    named = ENVIRONMENT / "uv.lock"
    named.write_text(pinned[0] + "\n")
    brought = ran(*find_pip(), "install", "-qq", "--require-hashes", "--target", TOOLS, "-r", named)
    return TOOLS / "bin" / "uv" if brought else None


def find_pip() -> list[str | Path]:
    """A pip that works: this Python's own, else one that ensurepip brings."""
    if works(sys.executable, "-m", "pip", "--version"):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    own = ENVIRONMENT / "pip"
    if works(own / "bin" / "pip") or works(sys.executable, "-m", "venv", str(own)):
        return [own / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    sys.exit("Python has neither pip nor ensurepip here. On Debian: apt-get install python3-pip")


def settings_for_uv() -> dict[str, str]:
    """What pip goes by and uv does not by itself: this machine's certificates, and the index that pip is set to use."""
    ask = [*find_pip(), "config", "get", "global.index-url"]
    asked = subprocess.run(ask, check=False, capture_output=True, text=True)
    url = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", **({"UV_DEFAULT_INDEX": url} if url else {})}


def add_project() -> None:
    """Let the environment's Python find this folder from everywhere, and put the command `desk` into it."""
    packages = next((ENVIRONMENT / "lib").glob("python3.*/site-packages"))
    (packages / "proposal_desk.pth").write_text(f"{ROOT}\n")
    desk = PROGRAMS / "desk"
    desk.write_text(f"#!{PROGRAMS / 'python'}\nfrom webapp.cli import main\n\nmain()\n")
    desk.chmod(0o755)


def lock(options: Sequence[str]) -> int:
    """Write both lock files from pyproject.toml; `--upgrade` takes the newest releases it allows."""
    words = [*shlex.split(COMPILE), "pyproject.toml", *options, "-o"]
    runtime, development = [*words, RUNTIME], [*words, DEVELOPMENT, "--group", "dev"]
    return 0 if ran(PROGRAMS / "uv", *runtime) and ran(PROGRAMS / "uv", *development) else 1


def clean() -> int:
    """Remove what this project made, unless it runs or holds a real installation."""
    home = ROOT / ".desk"
    if (home / "kind").exists() and (home / "kind").read_text() != "demo":
        print(f"{home} holds a real installation: make a backup, then remove the folder yourself.")
        return 1
    if home.exists() and works(PROGRAMS / "python"):
        code = (
            "import sys, pathlib; from config.embedded import remove_servers; remove_servers(pathlib.Path(sys.argv[1]))"
        )
        if not ran(PROGRAMS / "python", "-c", code, home):
            return 1
    folders = [home, ENVIRONMENT, *(ROOT / f".{name}_cache" for name in ("pytest", "ruff", "mypy", "import_linter"))]
    for folder in [*folders, ROOT / ".hypothesis", *ROOT.glob("*/**/__pycache__")]:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
