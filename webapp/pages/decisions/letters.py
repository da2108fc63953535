"""Checking a letter by its code: anyone can (R73)."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from webapp.domain.letters import read_code
from webapp.pages.decisions.room import decisions
from webapp.pages.decisions.words import DECIDED, ENDORSED
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import public
from webapp.queries import decisions as ask


@decisions.get("/letters")
@public("anybody who holds a letter may check it")
def check_letter() -> Any:
    """Asks for a code."""
    typed = request.args.get("code", "")
    code = read_code(typed)
    if code:
        return redirect(url_for("decisions.letter", code=code))
    return render_template("decisions/check_letter.html", typed=typed)


@decisions.get("/letters/<code>")
@public("anybody who holds a letter may check it")
def letter(code: str) -> Any:
    """What the letter with this code is, not what it says."""
    with wiring().open_reading() as session:
        found = ask.find_letter(session, read_code(code))
    page = render_template("decisions/letter.html", found=found, code=code[:40], decided=DECIDED, words=ENDORSED)
    return page, 200 if found else 404
