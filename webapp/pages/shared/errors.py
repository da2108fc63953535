"""How refusals and errors look: a page with words that the person can act on and an id, never a trace."""

from __future__ import annotations

import uuid

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.domain.errors import Invalid, NotAllowed, NotFound, NotNow, Refusal, Stale
from webapp.pages.shared.refusal_words import words

log = structlog.get_logger(__name__)

TOO_LARGE = 413
MOST_READ_ON, PORTION = 200 * 1024 * 1024, 64 * 1024  # bytes
STATUS: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, NotNow: 409, Stale: 409, Invalid: 422}


def register(app: Flask) -> None:
    """Answer refusals of verbs, HTTP errors and faults."""
    app.register_error_handler(Refusal, show_refusal)
    app.register_error_handler(CSRFError, show_csrf)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(Exception, show_fault)


def show_refusal(refusal: Refusal) -> Response:
    """A refused verb: what stands in the way, and the way back; nothing was changed (R25)."""
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    return _page(status, words(refusal))


def show_csrf(error: CSRFError) -> Response:
    """A form whose token is too old or not ours; or one that could not be read, and so brought no token."""
    is_read = request.mimetype != "multipart/form-data" or request.form or request.files
    return _page(400, words(NotNow("form_expired" if is_read else "form_unreadable")))


def show_http(error: HTTPException) -> Response:
    """An HTTP error; a description that is a refusal's code becomes its words."""
    code = error.description if error.description and " " not in error.description else ""
    if error.response is not None:
        return make_response(error.response)
    if error.code == TOO_LARGE:
        _read_on()
    return _page(error.code or 500, words(NotAllowed(code)) if code else "")


def _read_on() -> None:
    """Take in what was sent beyond the limit: a browser shows an answer only once its request is sent."""
    left, stream = min(request.content_length or 0, MOST_READ_ON), request.environ["wsgi.input"]
    while left > 0 and (part := stream.read(min(left, PORTION))):
        left -= len(part)


def show_fault(error: Exception) -> Response:
    """Whatever nobody foresaw: logged with its id, told without a trace."""
    log.exception("fault", error_id=error_id(), path=request.path)
    return _page(500, "")


def error_id() -> str:
    """The id under which this request is found in the logs."""
    if "error_id" not in g:
        g.error_id = uuid.uuid4().hex[:10]
    return str(g.error_id)


def _page(status: int, message: str) -> Response:
    known = status if status in (400, 403, 404, 405, 409, 413, 422, 429, 500, 503) else 400
    body = render_template(f"errors/{known}.html", reason=message, error_id=error_id(), language_links=())
    return make_response(body, status)
