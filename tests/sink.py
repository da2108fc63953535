"""A small quick SMTP server for tests and the bench, which misbehaves as it is told.

In a thread of the test (`sink()`), or as a process of its own: `python -m tests.sink PORT` takes everything.
"""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)
_ADDRESS = re.compile(rb"<([^>]*)>")
# What it does: takes all; a soft no to the recipient; no answer to anything; no answer to the content, which is kept
# or not, before the line breaks.
MODES = ("take", "later", "hang", "lose", "drop")


@dataclass
class Sink:
    """What came: (Message-ID, recipient), in order, second copies too; how it behaves, and which share so."""

    mode: str = "take"
    came: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    keeps: bool = True
    lines: set[asyncio.Transport] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop | None = None
    server: asyncio.AbstractServer | None = None

    async def open(self, port: int) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: _Line(self), "127.0.0.1", port)
        self.port = self.server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Let nobody in: nothing listens, open lines break."""
        self._do(self._close())

    def listen(self) -> None:
        """Let people in again, at the same port."""
        if self.server is None:
            self._do(self.open(self.port))

    async def _close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        for line in list(self.lines):
            line.abort()

    def _do(self, work: object) -> None:
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)  # type: ignore[arg-type]


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.rest = b""
        self.recipient = ""
        self.content: list[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, unless we hang."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.lines.add(transport)
        if self.sink.mode != "hang":
            self._say("220 sink.demo.example")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.sink.lines.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        """Take what is whole."""
        self.rest += data
        while True:
            if self.content is not None:
                end = self.rest.find(b"\r\n.\r\n")
                if end < 0:
                    return
                body, self.rest, self.content = self.rest[:end], self.rest[end + 5 :], None
                self._end(body)
                continue
            line, separator, rest = self.rest.partition(b"\r\n")
            if not separator:
                return
            self.rest = rest
            self._word(line)

    def _word(self, line: bytes) -> None:
        word = line[:4].upper()
        if self.sink.mode == "hang":
            return
        if word == b"EHLO":
            self._say("250-sink.demo.example\r\n250-SMTPUTF8\r\n250 8BITMIME")
        elif word == b"RCPT" and self.sink.mode == "later":
            self._say("451 4.7.1 come again")
        elif word == b"RCPT":
            found = _ADDRESS.search(line)
            self.recipient = found[1].decode() if found else ""
            self._say("250 OK")
        elif word == b"DATA":
            self.content = []
            self._say("354 go on")
        elif word == b"QUIT":
            self._say("221 bye")
            self.transport.close()
        else:
            self._say("250 OK")

    def _end(self, body: bytes) -> None:
        mode = self.sink.mode
        if mode == "hang":
            return
        if mode != "drop" and self.sink.keeps:
            found = _MESSAGE_ID.search(body)
            self.sink.came.append((found[1].decode() if found else "", self.recipient))
        if mode in ("lose", "drop"):
            self.transport.abort()
        else:
            self._say("250 OK")

    def _say(self, words: str) -> None:
        self.transport.write(words.encode() + b"\r\n")


@contextmanager
def sink() -> Iterator[Sink]:
    """Run it on a free port in a thread while the block lasts."""
    made, ready = Sink(), threading.Event()

    async def serve() -> None:
        made.loop = asyncio.get_running_loop()
        await made.open(0)
        ready.set()
        await stop.wait()
        await made._close()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield made
    finally:
        assert made.loop is not None
        made.loop.call_soon_threadsafe(stop.set)
        thread.join(10)


async def _take_all(port: int) -> None:
    made = Sink(keeps=False)
    await made.open(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_take_all(int(sys.argv[1])))
