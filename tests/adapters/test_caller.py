"""Calling webhooks: at public addresses alone, whatever names and redirects say; a real server over TLS answers."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.test_mailer import _papers
from webapp.adapters.caller import WebhookCaller
from webapp.domain.webhooks import is_public, is_url

pytestmark = pytest.mark.rule("R66")


@contextmanager
def _served(papers: Path, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine: its port, and what it was sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers)
    came: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), context.wrap_socket(taken, server_side=True) as line:
                said = b""
                while b"}" not in said and (part := line.recv(4096)):
                    said += part
                came.append(said)
                answer(line)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _says(words: str) -> Callable[[ssl.SSLSocket], None]:
    return lambda line: line.sendall(words.encode())


def _caller(papers: Path, seconds: float = 5) -> WebhookCaller:
    return WebhookCaller(lambda address: True, ssl.create_default_context(cafile=str(papers)), seconds)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("HTTP/1.1 204 No Content\r\n\r\n", "taken"),
        ("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", "gone"),
        ("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno", "later"),
        ("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", "later"),
        ("HTTP/1.1 200 OK\r\n\r\n" + "x" * 100_000, "taken"),
        ("nonsense\r\n\r\n", "later"),
        ("", "later"),
    ],
)
def test_what_each_answer_is_taken_for(tmp_path: Path, words: str, outcome: str) -> None:
    papers = _papers(tmp_path)
    with _served(papers, _says(words)) as (port, came):
        called = _caller(papers).call(f"https://localhost:{port}/in?a=b", {"webhook-id": "msg_1"}, b"{}")
    assert called.outcome == outcome
    assert len(called.words) <= 500
    # A redirect is not followed.
    assert len(came) == 1
    assert came[0].startswith(b"POST /in?a=b HTTP/1.1\r\n")
    assert f"Host: localhost:{port}\r\n".encode() in came[0]
    assert b"webhook-id: msg_1\r\n" in came[0]


def test_a_server_that_speaks_slowly_is_left(tmp_path: Path) -> None:
    def drip(line: ssl.SSLSocket) -> None:
        for letter in "HTTP/1.1 200 OK\r\n" + "X-A: b\r\n" * 100:
            line.sendall(letter.encode())
            time.sleep(0.05)

    papers = _papers(tmp_path)
    with _served(papers, drip) as (port, _):
        began = time.monotonic()
        assert _caller(papers, 0.5).call(f"https://localhost:{port}/", {}, b"{}").outcome == "later"
        assert time.monotonic() - began < 5


def test_a_server_nobody_vouches_for_hears_nothing(tmp_path: Path) -> None:
    with _served(_papers(tmp_path), _says("HTTP/1.1 200 OK\r\n\r\n")) as (port, came):
        called = WebhookCaller(lambda address: True).call(f"https://localhost:{port}/", {}, b"{}")
    assert (called.outcome, came) == ("later", [])
    assert "CERTIFICATE_VERIFY_FAILED" in called.words


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_this_machine_is_not_called(tmp_path: Path, host: str) -> None:
    papers = _papers(tmp_path)
    with _served(papers, _says("HTTP/1.1 200 OK\r\n\r\n")) as (port, came):
        called = WebhookCaller(trusted=ssl.create_default_context(cafile=str(papers))).call(
            f"https://{host}:{port}/", {}, b"{}"
        )
    assert (called.outcome, came) == ("later", [])


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name that is asked for leads to these addresses, one list after the other; what was connected to."""
    left, connected = list(answers), list[str]()

    def find(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        now = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in now]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("webapp.adapters.caller.socket.getaddrinfo", find)
    monkeypatch.setattr("webapp.adapters.caller.socket.create_connection", connect)
    return connected


def test_a_name_that_changes_its_mind_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is judged, this machine a moment later."""
    connected = _names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    WebhookCaller().call("https://rebinding.example/", {}, b"{}")
    assert connected == ["93.184.216.34"]


def test_one_address_that_is_not_public_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = _names(monkeypatch, ["93.184.216.34", "10.0.0.7"])
    assert "not public" in WebhookCaller().call("https://mixed.example/", {}, b"{}").words
    assert connected == []


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.1"),  # noqa: S104
        *("192.168.1.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1"),
        *("fc00::1", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "::127.0.0.1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_no_house_is_reached_through_another_way_of_writing(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    for way in (f"::ffff:{high}:{low}", f"64:ff9b::{high}:{low}", f"2002:{high}:{low}::1"):
        assert not is_public(way), way


@pytest.mark.parametrize(
    "url",
    [
        *("http://x.example/", "https:///x", "https://", "ftp://x.example", "https://a:b@x.example/", "x.example"),
        *("https://x.example/\r\nHost: y", "https://x.example/ a", "https://x.example:0/", "https://x.example:99999/"),
        *("https://[::1/", "https://x.example/" + "a" * 500, "javascript:alert(1)", "https://ex\u00e4mple/"),
    ],
)
def test_what_is_no_address(url: str) -> None:
    assert not is_url(url)
    assert WebhookCaller(lambda address: True).call(url, {}, b"").outcome == "later"
