"""The room's blueprint; what is the same for everybody may be kept for a minute when nobody is signed in."""

from __future__ import annotations

from flask import Blueprint, Response, request, session

from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import actor
from webapp.pages.shared.headers import PUBLIC_SECONDS

register = Blueprint("register", __name__)


@register.after_request
def let_keep(response: Response) -> Response:
    """Public pages may be stored briefly; never one that holds a form's token or a message for one reader."""
    is_same_for_all = response.mimetype != "text/html" or not (wiring().settings.demo or session)
    if response.status_code == 200 and actor().is_public and is_same_for_all and "lang" not in request.args:
        response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
        response.headers.add("Vary", "Accept-Language")
    return response
