"""Whether the demonstration is in an installation: not, in part, or whole."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.models.audit import EventRow
from webapp.models.people import Person

LOADED = "DemonstrationLoaded"
DOMAIN = "@demo.example"


class HalfLoaded(Exception):
    """A load was cut short; nobody but the demonstration's people is there."""


class NotEmpty(Exception):
    """Real people are there, among whom the demonstration's have no place."""


def find_loaded(session: Session) -> Literal["", "half", "whole", "strangers"]:
    """What is there of the demonstration; `strangers` where people are who do not belong to it."""
    if session.scalar(select(exists().where(EventRow.name == LOADED))):
        return "whole"
    if session.scalar(select(exists().where(Person.email.not_like(f"%{DOMAIN}")))):
        return "strangers"
    return "half" if session.scalar(select(exists().where(Person.email.like(f"%{DOMAIN}")))) else ""
