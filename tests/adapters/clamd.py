"""A clamd of the tests' own: speaks INSTREAM, finds the one harmful text, or says what it is told to say."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HARM = b"X5O!P%@AP-A-TEXT-THAT-STANDS-FOR-HARM"


class Clamd(socketserver.ThreadingMixIn):
    """What the server heard, and what it answers where that is fixed."""

    daemon_threads = True
    answer: bytes | None = None
    heard: list[bytes]


class _Tcp(Clamd, socketserver.TCPServer):
    allow_reuse_address = True


class _Unix(Clamd, socketserver.UnixStreamServer):
    pass


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """One command on one connection."""
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            body += stream.read(size)
        self.server.heard.append(body)
        found = b"stream: Harm.Test FOUND\0" if HARM in body else b"stream: OK\0"
        self.request.sendall(found if self.server.answer is None else self.server.answer)


@contextmanager
def clamd(path: Path | None = None, answer: bytes | None = None) -> Iterator[tuple[str, Clamd]]:
    """The address of a running clamd, and the server."""
    server = _Unix(str(path), _Handler) if path else _Tcp(("127.0.0.1", 0), _Handler)
    server.answer, server.heard = answer, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield (f"unix://{path}" if path else f"tcp://127.0.0.1:{server.server_address[1]}"), server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
