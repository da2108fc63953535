"""The session's cookie: set at sign-in, taken away at sign-out."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import cookie_name


def set_session_cookie(response: Response, token: str) -> None:
    """Give the browser its session's token; the cookie ends with the browser."""
    response.set_cookie(
        cookie_name(), token, path="/", secure=wiring().settings.cookie_secure, httponly=True, samesite="Lax"
    )


def drop_session_cookie(response: Response) -> None:
    """Take the token away."""
    response.delete_cookie(
        cookie_name(), path="/", secure=wiring().settings.cookie_secure, httponly=True, samesite="Lax"
    )


def session_token() -> str:
    """The token that the browser brought, or nothing."""
    return request.cookies.get(cookie_name(), "")
