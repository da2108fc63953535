"""Passkeys (WebAuthn) of this site's name."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from webapp.domain.ports import NewPasskey

# What answers that were made up can raise in the library, besides its own errors.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError)


class SitePasskeys:
    """The `Passkeys` port for the site at this address."""

    def __init__(self, base_url: str, site_name: str) -> None:
        self._origin = base_url.rstrip("/")
        self._host = urlsplit(base_url).hostname or ""
        self._site_name = site_name

    @property
    def is_offered(self) -> bool:
        """Whether the site has a name: passkeys belong to a name, never to a number."""
        try:
            ipaddress.ip_address(self._host)
        except ValueError:
            return True
        return False

    def ask_to_make(self, person_id: int, name: str, known: Iterable[bytes], challenge: bytes) -> str:
        """Options for making a passkey, other than those that are known."""
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=self._site_name,
            user_id=str(person_id).encode(),
            user_name=name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
        return options_to_json(options)

    def ask_to_sign(self, known: Iterable[bytes], challenge: bytes) -> str:
        """Options for signing the challenge with one of the known passkeys."""
        options = webauthn.generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        return options_to_json(options)

    def read_made(self, answer: str, challenge: bytes) -> NewPasskey | None:
        """The passkey that the browser made; None where the answer does not fit."""
        try:
            made = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
            )
        except UNREADABLE:
            return None
        return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)

    def credential_id(self, answer: str) -> bytes | None:
        """Which passkey the answer claims to be signed with."""
        try:
            return base64url_to_bytes(json.loads(answer)["id"])
        except UNREADABLE:
            return None

    def read_signed(self, answer: str, challenge: bytes, passkey: NewPasskey) -> int | None:
        """How often the passkey has signed by now; None where the signature does not fit."""
        try:
            signed = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
            )
        except UNREADABLE:
            return None
        return signed.new_sign_count
