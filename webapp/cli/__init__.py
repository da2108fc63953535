"""The command `desk`: sets up, checks, saves and mends an installation."""

from __future__ import annotations

from importlib import import_module

import click

WORDS = {
    "migrate": "setup",
    "initiative": "setup",
    "admin": "setup",
    "workflow": "workflow",
    "audit": "audit",
    "backup": "backup",
    "restore": "backup",
    "rules": "rules",
    "notices": "notices",
    "outbox": "outbox",
    "mail": "mail",
    "mailbox": "mailbox",
    "demo": "demo",
    "routing": "routing",
    "mapping": "mapping",
    "translations": "translations",
}
"""Each word with the module that has it: loaded only when the word is said."""


class Words(click.Group):
    """A group whose words are loaded one at a time, so that a word waits for no other's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All words, in order."""
        return sorted(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The word, if there is one."""
        if cmd_name not in WORDS:
            return None
        command: click.Command = getattr(import_module(f"webapp.cli.{WORDS[cmd_name]}"), cmd_name)
        return command


@click.command(cls=Words)
def desk() -> None:
    """Proposal Desk."""


def main() -> None:
    """Entry point of the installed script."""
    desk()
