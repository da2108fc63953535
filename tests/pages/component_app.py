"""A small application with our templates, filters and fields, and nothing behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask_babel import Babel
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field

from webapp.pages.shared import filters

NOW = datetime(2027, 2, 16, 10, 52, tzinfo=UTC)
Reading = Callable[..., Any]


@cache
def make_app() -> Flask:
    """The application; `?lang=` chooses the language, `?zone=` the time zone."""
    app = Flask("webapp")
    app.config.update(SECRET_KEY="tests-only", WTF_CSRF_ENABLED=False, TESTING=True)
    Babel(
        app,
        locale_selector=lambda: request.args.get("lang", "en"),
        timezone_selector=lambda: request.args.get("zone", "Africa/Banjul"),
    )
    filters.register(app)
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", csrf_token=lambda: "token")
    app.jinja_env.globals["stage_tag"] = lambda stage, side="public": ("In review", "info")

    @app.context_processor
    def context() -> dict[str, Any]:
        lang = request.args.get("lang", "en")
        return {
            "lang": lang,
            "dir": "rtl" if lang == "ar" else "ltr",
            "csp_nonce": "n0nce",
            "actor": SimpleNamespace(name="Fatou Ceesay"),
            "nav": [("My proposals", "/proposals", True), ("Register", "/register", False)],
            "reader_zone": "Africa/Banjul",
            "now": NOW,
        }

    return app


@pytest.fixture
def render() -> Reading:
    """Render a template text in a request, by default in English."""
    app = make_app()

    def rendered(text: str, path: str = "/", **context: Any) -> str:
        with app.test_request_context(path):
            return render_template_string(text, **context)

    return rendered


def read(field: Any, path: str = "/", **sent: Any) -> Field:
    """The field after a form with these values was sent and judged; `_` in a name stands for `-`."""
    pairs = [
        (name.replace("_", "-"), one)
        for name, value in sent.items()
        for one in (value if isinstance(value, list) else [value])
    ]

    class OneField(FlaskForm):
        f = field

    with make_app().test_request_context(path):
        form = OneField(formdata=MultiDict(pairs))
        form.validate()
        found: Field = form.f
        found.errors = [str(message) for message in found.errors]
        return found


def shown(field: Any, path: str = "/", form_data: dict[str, Any] | None = None, value: Any = None) -> str:
    """How the field stands in a page, with the values sent, or with the stored one."""

    class OneField(FlaskForm):
        f = field

    with make_app().test_request_context(path):
        if form_data is None:
            form = OneField(formdata=None, data={"f": value})
        else:
            form = OneField(formdata=MultiDict(form_data))
            form.validate()
        template = "{% from 'components/form.html' import field %}{{ field(form.f) }}"
        return render_template_string(template, form=form)
