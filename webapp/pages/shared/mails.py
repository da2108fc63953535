"""Shows a mail as mail programs do, inside a page: its own styles, no scripts, nothing fetched."""

from __future__ import annotations

from flask import Response, make_response

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


def as_mail(html: str) -> Response:
    """The HTML of a mail by itself, in a sandbox; its links lead the whole window."""
    answer = make_response(html.replace("<a ", '<a target="_top" '))
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer
