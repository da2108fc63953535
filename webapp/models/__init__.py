"""The tables; importing this package registers all of them on `Base.metadata`."""

from webapp.models import (
    audit,
    calls,
    clarifications,
    deadlines,
    decisions,
    endorsements,
    factors,
    initiative,
    notices,
    partners,
    people,
    proposals,
    reviews,
    routing,
    sign_offs,
)
from webapp.models.base import Base

__all__ = [
    "Base",
    "audit",
    "calls",
    "clarifications",
    "deadlines",
    "decisions",
    "endorsements",
    "factors",
    "initiative",
    "notices",
    "partners",
    "people",
    "proposals",
    "reviews",
    "routing",
    "sign_offs",
]
