"""The commands that check: workflow, record, rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from config import workflows
from config.settings import Settings
from tests.asked import make_screened
from webapp.adapters.clocks import SetClock
from webapp.cli import desk
from webapp.cli.rules import ROOT, find_markers, read_rules
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.wiring import Wiring

SHIPPED = Path(workflows.__file__).parent / "standard-1.toml"


def run(*words: str) -> Result:
    return CliRunner().invoke(desk, words)


@pytest.mark.rule("R23")
def test_the_shipped_workflows_are_fit() -> None:
    done = run("workflow", "check")
    assert done.exit_code == 0, done.output
    assert "standard-1: fit" in done.output


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('event = "ScreeningPassed"', 'event = "NobodyKnows"', "NobodyKnows has no row in the notices table"),
        ('to = "endorsement"', 'to = "nowhere"', "nowhere"),
        ('waits_for = ["reviewers"]', "waits_for = []", "review"),
        ('tone = "violet"', 'shade = "violet"', "shade"),
    ],
)
def test_an_unfit_workflow_is_refused_with_words(tmp_path: Path, before: str, after: str, words: str) -> None:
    file = tmp_path / "changed.toml"
    source = SHIPPED.read_text("utf-8")
    assert before in source
    file.write_text(source.replace(before, after, 1), "utf-8")
    done = run("workflow", "check", str(file))
    assert done.exit_code == 1
    assert words in done.output


@pytest.mark.rule("R23")
def test_drawn_to_a_file_and_to_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "workflow.svg"
    assert run("workflow", "draw", "-o", str(file)).exit_code == 0
    assert file.read_text("utf-8").startswith("<svg")
    assert run("workflow", "draw").output.rstrip("\n") == file.read_text("utf-8").rstrip("\n")


@pytest.mark.rule("R22")
def test_a_changed_workflow_is_rehearsed_over_past_events(
    committed: Wiring, clock: SetClock, command: Callable[..., Result], tmp_path: Path
) -> None:
    made = make_screened(committed, clock)
    details = {"move": "submit", "from": "draft", "to": "screening"}
    with committed.open_work(SYSTEM) as work:
        work.record(Event("ProposalSubmitted", "proposal", made.proposal.id, details))
    made.pass_screening()
    done = command(committed.settings, "workflow", "rehearse", str(SHIPPED))
    assert done.output == "1 proposals: 1 go the same way, 0 another\n"
    done = command(committed.settings, "workflow", "rehearse", str(SHIPPED.with_name("parallel-1.toml")))
    assert "1 proposals: 0 go the same way, 1 another" in done.output
    assert f"{made.reference} (standard-1)" in done.output
    assert "pass_screening leads from screening to review instead of endorsement" in done.output
    file = tmp_path / "changed.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace('to = "endorsement"', 'to = "nowhere"', 1), "utf-8")
    done = command(committed.settings, "workflow", "rehearse", str(file))
    assert done.exit_code == 1
    assert "nowhere" in done.output


@pytest.mark.rule("R22", "R24")
def test_every_history_is_replayed(committed: Wiring, clock: SetClock, command: Callable[..., Result]) -> None:
    made = make_screened(committed, clock)
    details = {"move": "submit", "from": "draft", "to": "screening", "version": 1}
    with committed.open_work(SYSTEM) as work:
        work.record(Event("ProposalSubmitted", "proposal", made.proposal.id, details))
    made.pass_screening()
    done = command(committed.settings, "workflow", "replay")
    assert (done.exit_code, done.output) == (0, "1 proposals: each leads to where it stands\n")
    with committed.open_work(SYSTEM) as work:
        work.record(Event("ScreeningPassed", "proposal", made.proposal.id, {**details, "move": "pass_screening"}))
    done = command(committed.settings, "workflow", "replay")
    assert done.exit_code == 1
    assert f"{made.reference}: pass_screening from draft to screening, it stood in endorsement" in done.output


@pytest.mark.rule("R62")
def test_the_record_is_verified(committed: Wiring, command: Callable[..., Result]) -> None:
    settings: Settings = committed.settings
    for number in (1, 2, 3):
        with committed.open_work(SYSTEM) as work:
            work.record(Event("CallChanged", "call", 1, {"number": number}))
    assert command(settings, "audit", "verify").output == "1 chains, 3 events: whole\n"
    engine = create_engine(settings.migration_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE events SET name = 'CallClosed' WHERE number = 2"))
    engine.dispose()
    done = command(settings, "audit", "verify")
    assert done.exit_code == 1
    assert "call 1, event 2: changed" in done.output


def test_the_list_of_rules_is_whole() -> None:
    assert list(read_rules(ROOT / "docs" / "rules.md")) == [f"R{number}" for number in range(1, 86)]


def test_every_marker_names_a_rule() -> None:
    known = read_rules(ROOT / "docs" / "rules.md")
    assert {rule for rule in find_markers(ROOT / "tests") if rule not in known} == set()


def test_rules_against_tests(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_one.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.rule('R3')]\n"
        "@pytest.mark.rule('R1', 'R2')\ndef test_a(): ...\n"
        "@pytest.mark.rule('R1')\nclass TestB:\n    @pytest.mark.rule('R1', 'R5')\n    def test_b(self): ...\n"
        "def test_c(): ...\ndef helper(): ...\n"
        "# @pytest.mark.rule('R4')\n"
    )
    found = find_markers(folder)
    assert {rule: [test for _path, test in tests] for rule, tests in found.items()} == {
        "R1": ["test_a", "test_b"],
        "R2": ["test_a"],
        "R3": ["test_a", "test_b", "test_c"],
        "R5": ["test_b"],
    }
    done = run("rules")
    assert done.exit_code == 0
    assert re.search(r"^R62 +\d+  Events are chained", done.output, re.MULTILINE)
    assert "tests/cli/test_commands.py" in done.output
    missing = run("rules", "--missing").output
    assert "R62" not in missing
