"""What a proposal still lacks before it can be submitted: every problem, each at its field (R9)."""

from webapp.domain.completeness.whole import Around, find_problems, section_state

__all__ = ["Around", "find_problems", "section_state"]
