"""The world of the long run, made once for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.soak.beginning import Beginnings, beginnings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginnings]:
    """Opens a world for each life."""
    with beginnings(tmp_path_factory.mktemp("soak")) as found:
        yield found
