"""The room's blueprint; its pages stand in the files beside it."""

from __future__ import annotations

from flask import Blueprint

decisions = Blueprint("decisions", __name__)

from webapp.pages.decisions import applicant, deciding, letters  # noqa: E402, F401 - routes register
