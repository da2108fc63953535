"""What views and templates find at hand: the wiring of this process, the reader's language and zone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import cast

from flask import current_app, g, request
from flask_babel import get_locale, gettext

from webapp.domain.initiative import put_in_words
from webapp.domain.rulebook import Rulebook
from webapp.queries.clock import read_clock
from webapp.wiring import Wiring

WORDED = "desk_rulebooks"


def wiring() -> Wiring:
    """The wiring that `webapp.app` built for this application."""
    return cast(Wiring, current_app.extensions["desk"])


def rulebook() -> Rulebook:
    """The rulebook with the initiative's data in the reader's language; ids and numbers are the same in all."""
    kept: dict[str, Rulebook] = current_app.extensions.setdefault(WORDED, {})
    language = str(get_locale())
    if language not in kept:
        rules = wiring().rules
        initiatives = {code: put_in_words(one, gettext) for code, one in rules.initiatives.items()}
        kept[language] = replace(rules, initiatives=initiatives)
    return kept[language]


def moment() -> datetime:
    """The time of this request in UTC, read once."""
    if "moment" not in g:
        with wiring().open_reading() as session:
            g.moment = read_clock(session, wiring().ports.clock)
    return cast(datetime, g.moment)


def form_key() -> str:
    """The one-time key of a form that acts: the one that was sent, else a new one (R9)."""
    return request.form.get("form_key") or secrets.token_urlsafe(16)
