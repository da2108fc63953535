"""The guard of every route: which action it is, whether the person may, and how a refusal looks (R1–R3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import NotAllowed, NotFound
from webapp.domain.people import PUBLIC, Actor
from webapp.domain.policy import Action, Nothing, decide
from webapp.pages.shared.context import wiring
from webapp.services import sessions
from webapp.services.people import kept_forms

View = TypeVar("View", bound=Callable[..., Any])

SESSION_COOKIE = "desk_session"
# Refusals that a signed-out person can mend by signing in.
NEEDS_SIGN_IN = ("sign_in",)
# Fields of a form that are never kept for later: its protection, and secrets.
NEVER_KEPT = frozenset({"csrf_token", "password", "old_password", "code", "passkey"})


def opens_to(action: Action, *, judged_by_verb: bool = False) -> Callable[[View], View]:
    """Name the action that a view is for. With `judged_by_verb` the subject's own verb or question
    judges it; the guard then only wants somebody signed in."""

    def mark(view: View) -> View:
        view.opens_to = (action, judged_by_verb)  # type: ignore[attr-defined]
        return view

    return mark


def public(reason: str) -> Callable[[View], View]:
    """Open a view to everybody, saying why."""

    def mark(view: View) -> View:
        view.public = reason  # type: ignore[attr-defined]
        return view

    return mark


def takes_no_token(reason: str) -> Callable[[View], View]:
    """Let a view be posted to without a form of ours, saying why that can do no harm."""

    def mark(view: View) -> View:
        view.takes_no_token = reason  # type: ignore[attr-defined]
        return view

    return mark


def steps_up(view: View) -> View:
    """Ask who has not shown lately who they are to show it again, before a view that is dangerous."""
    view.steps_up = True  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """Who is asking, loaded once for each request."""
    if "actor" not in g:
        token = request.cookies.get(cookie_name(), "")
        g.actor, g.is_proved, g.is_shared = PUBLIC, False, False
        if token:
            with wiring().open_reading() as session:
                found = sessions.find_session(session, token, wiring().rules.limits, wiring().ports.clock.now())
            if found is not None:
                g.actor, g.is_proved, g.is_shared = found.actor, found.is_proved, found.is_shared
            if found is not None and found.is_to_touch:
                with wiring().open_work(found.actor) as work:
                    sessions.touch(work, token)
    return g.actor


def cookie_name() -> str:
    """The session cookie's name: `__Host-` where the site is served over https."""
    return f"__Host-{SESSION_COOKIE}" if wiring().settings.cookie_secure else SESSION_COOKIE


def check_request() -> Response | None:
    """Judge the request before its view runs."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view: Any = _view(request.endpoint)
    if getattr(view, "public", None):
        return None
    action, judged_by_verb = view.opens_to
    if actor().must_enrol and action is not Action.USE_ACCOUNT:
        return redirect(url_for("people.security"), 303)
    if judged_by_verb:
        return _to_sign_in() if actor().is_public and _wants_sign_in(action) else _proved(view)
    verdict = decide(actor(), action, Nothing(demo=wiring().settings.demo))
    if verdict.may:
        return _proved(view)
    if verdict.code in NEEDS_SIGN_IN:
        return _to_sign_in()
    if verdict.code == "confirm_address":
        return redirect(url_for("people.confirm_first"))
    raise NotAllowed(verdict.code) if verdict.seen else NotFound


def _proved(view: Any) -> Response | None:
    """Nothing, or the way to the page where the person shows once more who they are; a form sent is kept."""
    if not getattr(view, "steps_up", False) or g.is_proved:
        return None
    return redirect(url_for("people.step_up", next=_kept_page()), 303)


def check_routes(app: Flask) -> None:
    """Refuse to start with a route that declares neither an action nor why it is public."""
    bare = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not hasattr(app.view_functions[rule.endpoint], "opens_to")
        and not hasattr(app.view_functions[rule.endpoint], "public")
    ]
    if bare:
        raise RuntimeError(f"routes without a policy: {', '.join(sorted(bare))}")


def inside_site(address: str | None) -> str | None:
    """The address if it leads to a page of this site, else None (for `next` parameters)."""
    if not address or "\\" in address or any(ord(letter) < 32 for letter in address):
        return None
    parts = urlsplit(address)
    inside = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if inside and not address.startswith("//") else None


def _wants_sign_in(action: Action) -> bool:
    return action is not Action.READ_PUBLIC


def _to_sign_in() -> Response:
    if request.method == "GET":
        return redirect(url_for("people.sign_in", next=_kept_page()))
    if request.headers.get("X-Autosave"):
        # The browser keeps the text; the page says so.
        return Response(status=401)
    return redirect(url_for("people.sign_in", next=_kept_page()), 303)


def _kept_page() -> str:
    """The page to go on with afterwards: this one, or the one that shows the form that was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    with wiring().open_work(PUBLIC) as work:
        token = kept_forms.keep_form(
            work,
            request.cookies.get(cookie_name(), ""),
            request.path,
            dict(request.form.lists()),
            hidden=NEVER_KEPT,
        )
    return url_for("people.kept_form", token=token) if token else request.path


def _view(endpoint: str) -> Any:
    return current_app.view_functions[endpoint]
