"""The condition that a proposal mentions what somebody looks for."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Text, func, literal

from webapp.models.proposals import Proposal

WILD = re.compile(r"[\\%_]")


def mentions(text: str) -> ColumnElement[bool]:
    """The condition on `proposals`: these characters stand in its reference, title, summary or organisations.

    Capitals, accents and widths of letters make no difference; part of a word is enough.
    """
    plain = literal(WILD.sub(r"\\\g<0>", text), Text)
    return Proposal.words.like(literal("%", Text) + func.fold(plain, type_=Text) + literal("%", Text))
