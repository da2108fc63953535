"""The room's blueprint; its pages stand in the files beside it."""

from __future__ import annotations

from flask import Blueprint

people = Blueprint("people", __name__)

from webapp.pages.people import account, entering, invitations, passwords, staff  # noqa: E402, F401 - routes register
