"""The rulebook: everything that is data rather than code, parsed once and handed to every unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.domain.initiative import Initiative
    from webapp.domain.notices import NoticeTable
    from webapp.domain.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the settings that rules and verbs need; lengths of time as their names say."""

    base_url: str
    mail_domain: str
    mail_reply_to: str = ""
    upload_bytes: int = 10 * 1024 * 1024
    uploads_per_proposal: int = 20
    session_idle_hours: int = 2
    session_absolute_hours: int = 12
    outbox_batch: int = 50
    outbox_lease_seconds: int = 120
    outbox_max_attempts: int = 12
    outbox_first_pause_seconds: int = 30
    outbox_longest_pause_seconds: int = 21600
    shared_mail_domains: frozenset[str] = frozenset()
    demo: bool = False
    second_factor_required: bool = True


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Initiatives by code, workflows by (name, version), and who is told of which event."""

    limits: Limits
    initiatives: Mapping[str, Initiative]
    workflows: Mapping[tuple[str, int], Workflow]
    notices: NoticeTable

    @property
    def initiative(self) -> Initiative:
        """The one initiative that this installation serves."""
        return next(iter(self.initiatives.values()))

    def workflow(self, key: tuple[str, int]) -> Workflow:
        """The workflow that a proposal was submitted under (R22)."""
        return self.workflows[key]
