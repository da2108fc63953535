"""The blueprint of the people room; its pages stand in the files beside it."""

from __future__ import annotations

from flask import Blueprint

people = Blueprint("people", __name__)
