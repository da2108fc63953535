"""Asks a web server whether it is ready; as a program (`python -m config.launch.health`), by its exit code."""

import http.client
import os
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def ask(env: Mapping[str, str], seconds: float = 5) -> tuple[int, str]:
    """The status and text that /readyz answers with, under the name the server trusts; (0, reason) if it does not."""
    bind = env.get("DESK_BIND") or "127.0.0.1"
    port = env.get("DESK_PORT") or "8000"
    name = urlsplit(env.get("DESK_BASE_URL") or f"http://127.0.0.1:{port}").netloc
    line = http.client.HTTPConnection(EVERYWHERE.get(bind, bind), int(port), timeout=seconds)
    try:
        line.request("GET", "/readyz", headers={"Host": name})
        reply = line.getresponse()
        return reply.status, reply.read(500).decode(errors="replace").strip()
    except OSError as error:
        return 0, str(error)
    finally:
        line.close()


if __name__ == "__main__":
    status, answer = ask(os.environ)
    sys.exit(0 if status == http.client.OK else f"{status} {answer}")
