"""The floor of rules stands on the standard library alone, and its tests reach nothing outside."""

from __future__ import annotations

import pkgutil
import socket
import subprocess
import sys

import pytest

import webapp.domain

_LIST_WHAT_IS_LOADED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_domain_test_cannot_open_a_socket() -> None:
    for way in (
        socket.socket,
        lambda: socket.create_connection(("127.0.0.1", 5432)),
        lambda: socket.getaddrinfo("localhost", 5432),
    ):
        with pytest.raises(AssertionError, match="must not open a socket"):
            way()


def test_the_domain_loads_nothing_but_the_standard_library() -> None:
    modules = [module.name for module in pkgutil.walk_packages(webapp.domain.__path__, "webapp.domain.")]
    assert "webapp.domain.errors" in modules
    answer = subprocess.run(
        [sys.executable, "-S", "-c", _LIST_WHAT_IS_LOADED, *modules],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in answer.stdout.split() if not name.startswith(("__", "_sysconfigdata"))}
    assert loaded - set(sys.stdlib_module_names) == {"webapp"}
