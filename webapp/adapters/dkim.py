"""Signs mails with the domain's key (DKIM, RFC 6376), so that receivers know whose they are."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

# Those that a receiver shows or acts upon; each is named once more than it occurs, so that none can be added.
SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "references", "in-reply-to", "auto-submitted",
    "list-id", "list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-type",
)  # fmt: skip
LEAST_BITS = 2048
_SPACE = re.compile(rb"[ \t]+")


@dataclass(frozen=True, slots=True)
class Signer:
    """A domain, a selector, and the private key whose public half stands in the DNS under them."""

    domain: str
    selector: str
    key: RSAPrivateKey

    def record(self) -> tuple[str, str]:
        """Name and text of the DNS record (TXT) that lets receivers check."""
        held = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"{self.selector}._domainkey.{self.domain}", f"v=DKIM1; k=rsa; p={base64.b64encode(held).decode()}"

    def sign(self, head: bytes, body: bytes) -> bytes:
        """The header that signs this head and body (both with CRLF), to be put before them."""
        headers = _headers(head)
        named = [name for name in SIGNED for _ in range(len(headers.get(name, ())) + 1)]
        body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        names = ":\r\n ".join(":".join(named[at : at + 4]) for at in range(0, len(named), 4))
        unsigned = (
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
            f" d={self.domain}; s={self.selector};\r\n h={names};\r\n bh={body_hash};\r\n b="
        )
        lines = [_relaxed_header(header) for name in SIGNED for header in reversed(headers.get(name, ()))]
        signed = b"".join(line + b"\r\n" for line in lines) + _relaxed_header(unsigned.encode())
        signature = base64.b64encode(self.key.sign(signed, PKCS1v15(), SHA256())).decode()
        folded = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
        return f"{unsigned}{folded}\r\n".encode()


def read_signer(domain: str, selector: str, pem: bytes) -> Signer:
    """A signer with a private key in PEM. Raises ValueError for what is no RSA key, or too short a one."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    if key.key_size < LEAST_BITS:
        raise ValueError(f"a key of fewer than {LEAST_BITS} bits")
    return Signer(domain, selector, key)


def _headers(head: bytes) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for header in re.split(rb"\r\n(?![ \t])", head):
        if header:
            found.setdefault(header.partition(b":")[0].strip().lower().decode(), []).append(header)
    return found


def _relaxed_header(header: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    name, _, value = header.partition(b":")
    return name.strip().lower() + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = _SPACE.sub(b" ", body).replace(b" \r\n", b"\r\n")
    stripped = lines.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""
