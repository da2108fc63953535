"""The command `desk`: sets up, checks, saves and mends an installation."""

from __future__ import annotations

import click

from webapp.cli import audit, backup, demo, mail, mailbox, notices, outbox, rules, setup, workflow


@click.group()
def desk() -> None:
    """Proposal Desk."""


desk.add_command(setup.migrate)
desk.add_command(setup.initiative)
desk.add_command(setup.admin)
desk.add_command(workflow.workflow)
desk.add_command(audit.audit)
desk.add_command(backup.backup)
desk.add_command(backup.restore)
desk.add_command(rules.rules)
desk.add_command(notices.notices)
desk.add_command(outbox.outbox)
desk.add_command(mail.mail)
desk.add_command(mailbox.mailbox)
desk.add_command(demo.demo)


def main() -> None:
    """Entry point of the installed script."""
    desk()
