"""Decisions: outcomes, the states of a decision and of its conditions."""

from __future__ import annotations

OUTCOMES = ("approved", "approved_with_conditions", "revise", "declined")
DECISION_STATES = ("drafted", "confirmed", "discarded")
CONDITION_STATES = ("open", "evidence_submitted", "met", "waived")
SETTLED_CONDITIONS = ("met", "waived")
