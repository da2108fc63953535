"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

decisions = Blueprint("decisions", __name__)
