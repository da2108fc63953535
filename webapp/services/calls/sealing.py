"""Opens the proposals of a sealed call before it has closed: an event with a reason (R77)."""

from __future__ import annotations

from webapp.domain.errors import Invalid, NotNow
from webapp.domain.problems import Problem
from webapp.services.calls.keeping import hold_call
from webapp.services.proposals.sealing import is_sealed, unseal
from webapp.services.work import UnitOfWork

REASON_AT_MOST = 1000


def unseal_early(work: UnitOfWork, code: str, reason: str, *, revision: int) -> None:
    """Open the proposals of a sealed call before it has closed; who, when and why stays on record.

    Raises Invalid without a reason, NotNow where nothing is under seal.
    """
    row = hold_call(work, code, revision)
    if not is_sealed(row):
        raise NotNow("call_not_sealed")
    words = reason.strip()
    if not words or len(words) > REASON_AT_MOST:
        problem = Problem("call", "reason", "too_long", {"most": REASON_AT_MOST})
        raise Invalid([problem if words else Problem("call", "reason", "reason_missing")])
    row.revision += 1
    unseal(work, row, "CallUnsealedEarly", reason=words)
