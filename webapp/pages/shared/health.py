"""What machines ask: is the process alive, can it work, how are outbox and timers."""

from __future__ import annotations

import hmac

import structlog
from flask import Blueprint, Response, abort, current_app, jsonify, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.adapters.schema import is_at_head
from webapp.pages.shared.context import wiring
from webapp.pages.shared.guard import public
from webapp.queries.clock import read_clock
from webapp.queries.notices.outbox import count_late_timers, count_states

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
health = Blueprint("health", __name__)
log = structlog.get_logger(__name__)


@health.get("/healthz")
@public("a machine asks whether this process answers; it tells nothing else")
def healthz() -> Response:
    """Whether this process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@public("a machine asks whether pages can be served; it tells yes or no")
def readyz() -> tuple[Response, int]:
    """Whether the database answers and has all migrations."""
    try:
        with wiring().open_reading() as session:
            ready = is_at_head(session.connection())
    except Exception:
        log.exception("not_ready")
        return jsonify(status="no database"), 503
    return (jsonify(status="ok"), 200) if ready else (jsonify(status="migrations are missing"), 503)


@health.get("/metrics")
@public("only to this machine itself or with the token of the settings; numbers, nobody's data")
def metrics() -> Response:
    """Outbox by state and age, late timers, in the form that Prometheus reads."""
    if not _may_read():
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows(_measure()))
    return current_app.response_class(generate_latest(registry), mimetype="text/plain; version=0.0.4")


class _Rows(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


def _may_read() -> bool:
    token = wiring().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # Behind a proxy on this machine everybody seems to come from it.
    direct = not any(name in request.headers for name in FORWARDED)
    return direct and request.remote_addr in LOOPBACK


def _measure() -> list[Metric]:
    with wiring().open_reading() as session:
        now = read_clock(session, wiring().ports.clock)
        counts = count_states(session)
        late, late_since = count_late_timers(session, now)
    rows = GaugeMetricFamily("desk_outbox_rows", "Rows of the outbox by state and kind.", labels=["state", "kind"])
    ages = GaugeMetricFamily(
        "desk_outbox_oldest_seconds", "Age of the oldest unsettled row by state and kind.", labels=["state", "kind"]
    )
    for one in counts:
        rows.add_metric([one.state, one.kind], one.count)
        if one.state in ("pending", "sending"):
            ages.add_metric([one.state, one.kind], (now - one.oldest_at).total_seconds())
    late_age = (now - late_since).total_seconds() if late_since else 0
    return [
        rows,
        ages,
        GaugeMetricFamily("desk_timers_late", "Timers that are due and have not fired.", value=late),
        GaugeMetricFamily("desk_timers_late_seconds", "How late the oldest of them is.", value=late_age),
    ]
