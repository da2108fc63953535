"""Rules are pure: a test in this folder that opens a socket fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest


class _NoSocket(socket.socket):
    def __init__(self, *_: Any, **__: Any) -> None:
        refuse()


def refuse(*_: Any, **__: Any) -> NoReturn:
    raise AssertionError("a domain test must not open a socket")


@pytest.fixture(autouse=True, scope="module")
def no_sockets() -> Iterator[None]:
    """Refuse every way in which Python code opens a connection while this module's tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", _NoSocket)
        patch.setattr(socket, "create_connection", refuse)
        patch.setattr(socket, "socketpair", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield
