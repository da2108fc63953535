"""Telling other systems of events: what they are sent, how it is signed (Standard Webhooks), where it may go (R66)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

SECRET_PREFIX = "whsec_"  # noqa: S105 - the beginning of every secret of this kind, not one
SECRET_BYTES = 32
# Events of these are told; what happens to people's accounts stays here.
SUBJECTS = ("proposal", "call", "partner")
LONGEST_URL = 500
# Ways of writing an IPv4 address inside an IPv6 one.
_TRANSLATED = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Called:
    """What became of a call: "taken" (2xx), "gone" (410: never again), "later" (anything else), and the words."""

    outcome: str
    words: str


def type_of(subject_kind: str, event: str) -> str:
    """The type of an event as other systems know it: "proposal.proposal_submitted"."""
    return f"{subject_kind}.{re.sub(r'(?<!^)(?=[A-Z])', '_', event).lower()}"


def make_body(kind: str, at: datetime, about: Mapping[str, Any]) -> bytes:
    """The body: what happened, when, to what. Ids and references alone: whoever may, asks for the rest."""
    told = {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": dict(about)}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def write_secret(secret: bytes) -> str:
    """A secret as its receiver sets it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def sign(secret: bytes, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers by which a receiver knows the sender, the message and when it was sent."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + binascii.b2a_base64(digest, newline=False).decode(),
    }


def is_url(url: str) -> bool:
    """Whether something can be told there: https, a host, no password in it, nothing that breaks a line."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    return bool(plain and parts.scheme == "https" and parts.hostname and not parts.username and port != 0)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open network: not of this machine, this house, or a special use."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved)
