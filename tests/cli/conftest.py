"""Commands as an operator gives them: the settings come from the environment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings
from webapp.cli import desk

NAMES = ("database_url", "migration_url", "redis_url", "base_url", "mail_url", "mail_from", "secret_key", "data_dir")


@pytest.fixture
def command() -> Callable[..., Result]:
    """`command(settings, "audit", "verify")` runs `desk audit verify` under these settings."""

    def run(settings: Settings, *words: str, answer: str = "") -> Result:
        environment = {f"DESK_{name.upper()}": str(getattr(settings, name)) for name in NAMES}
        return CliRunner().invoke(desk, words, input=answer, env=environment)

    return run
