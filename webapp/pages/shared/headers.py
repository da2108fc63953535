"""Headers of every answer: content security with a nonce, no sniffing, no storing of what is not public."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

# Pages that are the same for everybody may be stored briefly when nobody is signed in.
PUBLIC_SECONDS = 60


def register(app: Flask) -> None:
    """Make a nonce for each request and set the headers of each answer."""

    @app.before_request
    def make_nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    app.after_request(set_headers)


def set_headers(response: Response) -> Response:
    """The headers of `reliability.md` §3: 6, 7, 8."""
    nonce = g.get("csp_nonce", "")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint == "static":
        return response
    response.headers.add("Vary", "Cookie")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
