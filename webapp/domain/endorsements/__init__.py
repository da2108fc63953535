"""Endorsement: one machine for each proposal and partner, its clock, and what all words come to (R30–R34)."""

from webapp.domain.endorsements.applying import apply, follow_version, steps_for
from webapp.domain.endorsements.cases import (
    ANSWERING,
    AT_REST,
    OUTCOMES,
    POSITIVE,
    ROLES,
    STATES,
    UNOPENED,
    Around,
    Case,
    Effect,
    Happened,
    Office,
    Signature,
    read_case,
    write_case,
)
from webapp.domain.endorsements.clock import due_at, expected_at, fired, timers_of
from webapp.domain.endorsements.material import MATERIAL, material_changes
from webapp.domain.endorsements.paths import PartnerRule, problems, read_rule, write_rule
from webapp.domain.endorsements.standing import Sufficiency, Word, is_positive, read_sufficiency, standing
from webapp.domain.endorsements.table import EVENTS, TABLE, Row

__all__ = [
    "ANSWERING",
    "AT_REST",
    "EVENTS",
    "MATERIAL",
    "OUTCOMES",
    "POSITIVE",
    "ROLES",
    "STATES",
    "TABLE",
    "UNOPENED",
    "Around",
    "Case",
    "Effect",
    "Happened",
    "Office",
    "PartnerRule",
    "Row",
    "Signature",
    "Sufficiency",
    "Word",
    "apply",
    "due_at",
    "expected_at",
    "fired",
    "follow_version",
    "is_positive",
    "material_changes",
    "problems",
    "read_case",
    "read_rule",
    "read_sufficiency",
    "standing",
    "steps_for",
    "timers_of",
    "write_case",
    "write_rule",
]
