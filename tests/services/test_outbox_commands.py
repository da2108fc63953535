"""The command `desk outbox`: lists, retries and drains without Celery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from config.embedded import free_port
from tests.adapters.smtp import Server, smtp_server
from tests.factories import make_person
from webapp.adapters.mailer import SmtpMailer
from webapp.cli import desk
from webapp.domain.events import Event
from webapp.domain.people import SYSTEM
from webapp.models.notices import OutboxRow
from webapp.wiring import Wiring

pytestmark = pytest.mark.rule("R56")


@pytest.fixture
def server(committed: Wiring, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A mail server that refuses everybody at first; the commands work with it on the test's own database."""
    made = Server(rcpt=lambda address: "550 5.7.1 not today", port=free_port())
    mailer = SmtpMailer(f"smtp://127.0.0.1:{made.port}", committed.settings.mail_from, 5)
    posting = replace(committed, ports=replace(committed.ports, mailer=mailer))
    monkeypatch.setattr("webapp.cli.outbox.load_settings", lambda: committed.settings)
    monkeypatch.setattr("webapp.cli.outbox.wiring.connect", lambda settings: posting)
    return made


def _desk(*words: str) -> Result:
    return CliRunner().invoke(desk, ["outbox", *words])


def test_list_retry_and_drain(committed: Wiring, server: Server) -> None:
    person = make_person(committed)
    with committed.open_work(SYSTEM) as work:
        work.record(Event("PasswordChanged", "person", person.id))
    with smtp_server(server):
        assert _desk("drain").output == "0 timers fired, 2 rows worked off.\n"
        with committed.open_reading() as session:
            row_id = session.scalars(select(OutboxRow.id).where(OutboxRow.state == "dead")).one()
        listed = _desk("list").output.splitlines()
        assert listed[0].split()[:3] == ["dead", "mail", "1"]
        assert listed[1].split()[:6] == [str(row_id), "dead", "mail", "password_changed", "1/12", "2026-11-24"]
        assert "550 5.7.1 not today" in listed[1]
        assert person.email not in "".join(listed)

        server.rcpt = lambda address: "250 OK"
        assert _desk("retry", str(row_id)).output == f"Row {row_id} is due now.\n"
        assert _desk("drain").output == "0 timers fired, 1 rows worked off.\n"
        assert _desk("list").output == ""
        assert _desk("list", "--state", "sent").output.count("sent") == 2
        refused = _desk("retry", str(row_id))
    assert refused.exit_code == 1
    assert f"Row {row_id} cannot be sent again (outbox_not_aside)." in refused.output
    assert [mail["To"].addresses[0].addr_spec for mail in server.mails] == [person.email]
