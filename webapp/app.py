"""The web application: wires extensions, rooms, guard and headers together; decides nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from config.logging import configure_logging
from config.settings import Settings, load_settings
from webapp import wiring
from webapp.adapters.catalogues import PAGES, Catalogues
from webapp.extensions import babel, csrf, db, migrate
from webapp.pages import rooms
from webapp.pages.shared import addresses, errors, filters, guard, headers, reader, requests


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment."""
    settings = settings or load_settings()
    configure_logging(settings.log_level, settings.log_format)
    app = Flask(__name__)
    app.config.from_mapping(flask_config(settings))
    if settings.proxy_count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=settings.proxy_count,
            x_proto=settings.proxy_count,
            x_host=settings.proxy_count,
        )
    requests.register(app)
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations")
    csrf.init_app(app)
    babel.init_app(app, locale_selector=reader.language, timezone_selector=reader.time_zone)
    babel.domain_instance = Catalogues(domain=PAGES)
    app.extensions["desk"] = wiring.build(settings, partial(_new_session, app))
    headers.register(app)
    errors.register(app)
    filters.register(app)
    reader.register(app)
    app.before_request(guard.check_request)
    app.url_map.converters["int"] = addresses.RowNumber
    for room in rooms(demo=settings.demo):
        app.register_blueprint(room)
    for view in app.view_functions.values():
        if getattr(view, "takes_no_token", None):
            csrf.exempt(view)
    guard.check_routes(app)
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """Flask's own settings, made from ours."""
    secure = settings.cookie_secure
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": wiring.engine_options(settings),
        # Several files of a proposal may come in one request.
        "MAX_CONTENT_LENGTH": (settings.upload_max_mb + 2) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": "__Host-desk_form" if secure else "desk_form",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_absolute_hours),
        "WTF_CSRF_TIME_LIMIT": settings.session_absolute_hours * 3600,
        "SEND_FILE_MAX_AGE_DEFAULT": 31536000,
        "BABEL_DEFAULT_LOCALE": settings.default_language,
    }


def _new_session(app: Flask) -> Session:
    with app.app_context():
        return Session(db.engine, expire_on_commit=False)
