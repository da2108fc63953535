"""How gunicorn serves the pages; every number comes from the settings."""

import os
from typing import Any

from config.logging import configure_logging
from config.settings import load_settings

_settings = load_settings()

wsgi_app = "webapp.app:create_app()"
bind = f"{_settings.bind}:{_settings.port}"
workers = _settings.web_workers
threads = _settings.web_threads
worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
preload_app = True  # the application is read once; nothing in it connects before the fork
proc_name = "proposal-desk"

timeout = 60
graceful_timeout = 5
keepalive = 5
backlog = 512
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 16380
forwarded_allow_ips = ""  # the application itself believes exactly DESK_PROXY_COUNT proxies
control_socket_disable = True

accesslog = None  # the application logs its requests, with their ids and without addresses
errorlog = "-"
loglevel = _settings.log_level.lower()
logger_class = "gunicorn.glogging.Logger"


def on_starting(server: Any) -> None:
    """Let gunicorn's own lines take the form of all others."""
    configure_logging(_settings.log_level, _settings.log_format)
    server.log.error_log.handlers[:] = []
    server.log.error_log.propagate = True
