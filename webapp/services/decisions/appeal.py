"""The applicant's one appeal; it goes to members of the secretariat who had no part in the decision (R29)."""

from __future__ import annotations

from webapp.domain.errors import Invalid
from webapp.domain.policy import Action
from webapp.domain.problems import Problem
from webapp.services.access import hold_proposal
from webapp.services.transitions import make_move
from webapp.services.work import UnitOfWork

REASON_AT_MOST = 4000


def appeal(work: UnitOfWork, reference: str, *, reason: str, revision: int, form_key: str = "") -> None:
    """Ask for the decision to be looked at anew. Raises NotNow the second time, or when the time is over.

    The same form twice is once.
    """
    if len(reason) > REASON_AT_MOST:
        raise Invalid([Problem("move", "reason", "too_long", {"most": REASON_AT_MOST})])
    if work.first_answer(form_key) is not None:
        return
    held = hold_proposal(work, reference, Action.APPEAL, seen_revision=revision)
    make_move(work, held, "appeal", reason=reason)
    work.remember_answer(form_key, "appealed")
