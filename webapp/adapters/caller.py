"""Calls webhooks of other systems: at public addresses alone, over TLS, without redirects, within limits."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

from webapp.domain.webhooks import Called, is_public, is_url

SECONDS = 10
"""No call takes longer, however slowly the other side speaks."""
READ_AT_MOST = 500


class WebhookCaller:
    """The `Caller` port. A name is resolved once, every address it has is judged, and the judged one is connected to:
    a name that changes its mind meanwhile (DNS rebinding) changes nothing."""

    def __init__(
        self,
        may_call: Callable[[str], bool] = is_public,
        trusted: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._may_call = may_call
        self._trusted = trusted or ssl.create_default_context()
        self._seconds = seconds

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> Called:
        """Post the body; never raises for what the other side does."""
        if not is_url(url):
            return Called("later", "The address is not one that can be called.")
        parts = urlsplit(url)
        try:
            address = self._resolve(parts.hostname or "", parts.port or 443)
        except OSError as error:
            return Called("later", f"{type(error).__name__}: {error}"[:READ_AT_MOST])
        if address is None:
            return Called("later", "The name leads to an address that is not public.")
        line = _Line(parts.hostname or "", parts.port or 443, address, self._trusted, self._seconds)
        limit = Timer(self._seconds, line.break_off)
        limit.daemon = True
        limit.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("POST", path, body, {**headers, "Content-Type": "application/json", "Connection": "close"})
            answer = line.getresponse()
            said = answer.read(READ_AT_MOST).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Called("later", f"{type(error).__name__}: {error}"[:READ_AT_MOST])
        finally:
            limit.cancel()
            line.close()
        words = f"{answer.status} {' '.join(said.split())}"[:READ_AT_MOST].strip()
        if 200 <= answer.status < 300:
            return Called("taken", words)
        return Called("gone" if answer.status == 410 else "later", words)

    def _resolve(self, host: str, port: int) -> str | None:
        """The address to connect to; None where any that the name has may not be called."""
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        return found[0] if found and all(self._may_call(address) for address in found) else None


class _Line(http.client.HTTPSConnection):
    """A connection to an address that was judged, in the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, trusted: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=trusted)
        self._address, self._trusted = address, trusted

    def connect(self) -> None:
        """Connect to that address and no other; the certificate must be for the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._trusted.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def break_off(self) -> None:
        """End the call from outside."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
