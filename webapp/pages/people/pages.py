"""Signing up and in, the account, people and their seats."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.pages.shared.guard import public

people = Blueprint("people", __name__)


@people.get("/sign-in")
@public("anybody may sign in")
def sign_in() -> str:
    """The sign-in page."""
    return render_template("people/sign_in.html")
