"""Secrets of webhooks, and signatures as Standard Webhooks describes them (standardwebhooks.com).

The worker has to read a secret to sign with it, so it can't be kept as a hash: it is sealed by a key
that is derived from ``SECRET_KEY``, and lies in no database dump in the clear.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
_BYTES = 32


class Unreadable(Exception):
    """Sealed by a key that this portal no longer has."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def seal(secret: str) -> str:
    return _seals().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """:raises Unreadable:"""
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def signature_header(with_secrets: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature for each secret, the newest first."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(secret, signed)}" for secret in with_secrets)


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _seals() -> MultiFernet:
    """Seals by the current key; opens what any earlier one of SECRET_KEY_FALLBACKS has sealed, too."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"secrets of webhooks").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
