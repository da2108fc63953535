"""The life of a proposal as a table of stages and moves, its guards, its check and its drawing (R22, R23)."""

from webapp.domain.workflow.check import problems
from webapp.domain.workflow.drawing import draw_svg
from webapp.domain.workflow.guards import GUARDS, Facts, Guard, Standing
from webapp.domain.workflow.moving import Offer, check_reason, may_move, offers, target
from webapp.domain.workflow.rehearsal import Divergence, Step, rehearse
from webapp.domain.workflow.replaying import Led, lead
from webapp.domain.workflow.table import (
    BY_PARTS,
    CLOSED_FROM,
    ESCALATE,
    Move,
    OpenFor,
    Stage,
    Workflow,
    find_move,
    find_stage,
    moves_from,
    parse,
)

__all__ = [
    "BY_PARTS",
    "CLOSED_FROM",
    "ESCALATE",
    "GUARDS",
    "Divergence",
    "Facts",
    "Guard",
    "Led",
    "Move",
    "Offer",
    "OpenFor",
    "Stage",
    "Standing",
    "Step",
    "Workflow",
    "check_reason",
    "draw_svg",
    "find_move",
    "find_stage",
    "lead",
    "may_move",
    "moves_from",
    "offers",
    "parse",
    "problems",
    "rehearse",
    "target",
]
