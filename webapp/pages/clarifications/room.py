"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

clarifications = Blueprint("clarifications", __name__)
