"""What views and templates find at hand: the wiring of this process, the reader's language and zone."""

from __future__ import annotations

from typing import cast

from flask import current_app

from webapp.wiring import Wiring


def wiring() -> Wiring:
    """The wiring that `webapp.app` built for this application."""
    return cast(Wiring, current_app.extensions["desk"])
