"""Routing: proposals, reviewers and a policy in, a problem out; from its solution panels, reasons and shortfalls."""

from webapp.domain.routing.comparing import WhyNot, why_not
from webapp.domain.routing.judging import Judged, judge
from webapp.domain.routing.posing import EXCEPTION_PRICE, LIMITS, Fit, fit, hindrances, meets, pose
from webapp.domain.routing.problem import TIE_RANGE, Cap, Pair, Preference, Problem, Solution, make_seed, tie_worth
from webapp.domain.routing.reasons import WHY_NOT, NextBest, Reason, explain, explain_by_hand, rank
from webapp.domain.routing.shape import (
    RELEASES,
    Candidate,
    Need,
    Policy,
    RoleRule,
    Weights,
    base_language,
    read_policy,
)
from webapp.domain.routing.shortfalls import Remedy, RoleGap, Shortfall, find_shortfall

__all__ = [
    "EXCEPTION_PRICE",
    "LIMITS",
    "RELEASES",
    "TIE_RANGE",
    "WHY_NOT",
    "Candidate",
    "Cap",
    "Fit",
    "Judged",
    "Need",
    "NextBest",
    "Pair",
    "Policy",
    "Preference",
    "Problem",
    "Reason",
    "Remedy",
    "RoleGap",
    "RoleRule",
    "Shortfall",
    "Solution",
    "Weights",
    "WhyNot",
    "base_language",
    "explain",
    "explain_by_hand",
    "find_shortfall",
    "fit",
    "hindrances",
    "judge",
    "make_seed",
    "meets",
    "pose",
    "rank",
    "read_policy",
    "tie_worth",
    "why_not",
]
