"""Texts for everybody: the initiative sentence by sentence, help, privacy, accessibility, and for robots (R67)."""

from __future__ import annotations

from flask import Response, render_template

from webapp.pages.register.room import register
from webapp.pages.shared.guard import public

REASON = "whoever comes here may read what this is"
ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: {path}\n"
    for path in ("/desk", "/proposals", "/reviews", "/endorsements", "/account", "/alerts", "/letters", "/sign-in")
)


@register.get("/initiative")
@public(REASON)
def initiative() -> str:
    """The text that partners signed up to; each sentence has its address."""
    return render_template("register/initiative.html")


@register.get("/help")
@public(REASON)
def help_page() -> str:
    """How it works, and whom to ask."""
    return render_template("register/help.html")


@register.get("/privacy")
@public(REASON)
def privacy() -> str:
    """What is held of people, why, and what becomes public."""
    return render_template("register/privacy.html")


@register.get("/accessibility")
@public(REASON)
def accessibility() -> str:
    """How far everybody can use this, and how to tell of what stands in the way."""
    return render_template("register/accessibility.html")


@register.get("/robots.txt")
@public(REASON)
def robots() -> Response:
    """What search engines leave alone."""
    return Response(ROBOTS, mimetype="text/plain")
