"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

calls = Blueprint("calls", __name__)
