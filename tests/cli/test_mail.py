"""`desk mail check`: the records that receivers want to see, and whether the mail server lets us in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config.settings import Settings
from tests.sink import sink
from webapp.adapters.dkim import read_signer

Command = Callable[..., Result]


def test_the_records_and_the_server(command: Command, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    monkeypatch.setenv("DESK_DKIM_KEY", pem.decode())
    with sink() as server:
        here = settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{server.port}"})
        said = command(here, "mail", "check")
    assert said.exit_code == 0, said.output
    found = dict(re.findall(r"^(\S+)\. IN TXT (.*)$", said.output, re.MULTILINE))
    assert found["demo.example"] == '"v=spf1 a:127.0.0.1 ~all"'
    assert found["_dmarc.demo.example"].startswith('"v=DMARC1; p=quarantine; rua=mailto:desk@demo.example')
    strings = re.findall(r'"([^"]*)"', found["desk._domainkey.demo.example"])
    assert max(map(len, strings)) <= 255
    assert "".join(strings) == read_signer("demo.example", "desk", pem).record()[1]
    assert "lets us in" in said.output
    # The server was asked, and got no mail.
    assert server.came == []


def test_a_server_that_is_away_is_said(command: Command, settings: Settings) -> None:
    said = command(settings, "mail", "check")
    assert said.exit_code == 1
    assert "Mails are not signed here" in said.output
    assert "cannot be used: ConnectionRefusedError" in said.output


def test_without_a_mailbox_nothing_is_looked_through(command: Command, settings: Settings) -> None:
    said = command(settings, "mail", "bounces")
    assert said.exit_code == 1
    assert "DESK_BOUNCES_URL" in said.output
