"""The blueprint of the proposals room; its pages stand in the files beside it."""

from __future__ import annotations

from flask import Blueprint

proposals = Blueprint("proposals", __name__)
