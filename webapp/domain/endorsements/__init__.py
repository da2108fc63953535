"""Endorsement: one machine for each proposal and partner, its clock, and what all words come to (R30–R34)."""

from webapp.domain.endorsements.adjusting import ADJUSTABLE, WHOLE, editable_parts, overlay
from webapp.domain.endorsements.applying import apply, follow_version, steps_for
from webapp.domain.endorsements.cases import (
    ANSWERING,
    AT_REST,
    LETTERS,
    OUTCOMES,
    POINT_KINDS,
    POINT_STATES,
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
from webapp.domain.endorsements.paths import Ministry, PartnerRule, ministries_for, problems, read_rule, write_rule
from webapp.domain.endorsements.rehearsing import Rehearsed, rehearse
from webapp.domain.endorsements.standing import Sufficiency, Word, is_asked, is_positive, read_sufficiency, standing
from webapp.domain.endorsements.table import EVENTS, TABLE, Row
from webapp.domain.endorsements.turns import choose_signatory

__all__ = [
    "ADJUSTABLE",
    "ANSWERING",
    "AT_REST",
    "EVENTS",
    "LETTERS",
    "MATERIAL",
    "OUTCOMES",
    "POINT_KINDS",
    "POINT_STATES",
    "POSITIVE",
    "ROLES",
    "STATES",
    "TABLE",
    "UNOPENED",
    "WHOLE",
    "Around",
    "Case",
    "Effect",
    "Happened",
    "Ministry",
    "Office",
    "PartnerRule",
    "Rehearsed",
    "Row",
    "Signature",
    "Sufficiency",
    "Word",
    "apply",
    "choose_signatory",
    "due_at",
    "editable_parts",
    "expected_at",
    "fired",
    "follow_version",
    "is_asked",
    "is_positive",
    "material_changes",
    "ministries_for",
    "overlay",
    "problems",
    "read_case",
    "read_rule",
    "read_sufficiency",
    "rehearse",
    "standing",
    "steps_for",
    "timers_of",
    "write_case",
    "write_rule",
]
