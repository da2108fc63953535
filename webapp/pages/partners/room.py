"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

partners = Blueprint("partners", __name__)
