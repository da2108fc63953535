"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

endorsements = Blueprint("endorsements", __name__)
