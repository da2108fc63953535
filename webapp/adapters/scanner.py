"""Asks a clamd whether a file holds something harmful, by its INSTREAM command over TCP or a Unix socket."""

from __future__ import annotations

import socket
import struct
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

_CHUNK = 1 << 16
_ANSWER_AT_MOST = 4096


class ScannerAway(Exception):
    """The scanner gave no verdict: not there, too slow, or it could not read the file. Ask again later."""


class Scanner(Protocol):
    """Looks for harmful content."""

    def finds_harm(self, stream: BinaryIO) -> bool:
        """Whether the file is harmful; ScannerAway where nobody can say."""
        ...


class ClamdScanner:
    """A clamd at `tcp://host:port` or `unix:///path`; one connection a file."""

    def __init__(self, url: str, timeout_seconds: float = 20) -> None:
        self._parts = urlsplit(url)
        self._timeout = timeout_seconds

    def finds_harm(self, stream: BinaryIO) -> bool:
        """Whether clamd finds something; ScannerAway where it gives no verdict."""
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(_CHUNK):
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
                connection.sendall(struct.pack(">I", 0))
                answer = _answer(connection)
        except OSError as error:
            raise ScannerAway(str(error)) from error
        if answer.endswith("FOUND"):
            return True
        if answer.endswith("OK"):
            return False
        raise ScannerAway(answer)

    def _connect(self) -> socket.socket:
        if self._parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._timeout)
            try:
                connection.connect(self._parts.path)
            except OSError:
                connection.close()
                raise
            return connection
        return socket.create_connection((self._parts.hostname, self._parts.port or 3310), timeout=self._timeout)


def _answer(connection: socket.socket) -> str:
    """The one line that ends with a NUL; what comes before the connection ends."""
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < _ANSWER_AT_MOST:
        more = connection.recv(_ANSWER_AT_MOST)
        if not more:
            break
        heard += more
    return heard.rstrip(b"\0\n").decode("utf-8", "replace")
