"""The links that stop mail with one click, as RFC 8058 wants them: for one person, and some topics.

What a link names is sealed, so that it tells nothing to whom the mail is forwarded or whose logs it passes
through; it opens in the portal of its tenant only. The same mail always has the same link.
"""

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_LONGEST = 1_000


class Stop(NamedTuple):
    person_id: int
    topics: Sequence[str]


def token_of(tenant_id: int, stop: Stop) -> str:
    words = ":".join([str(stop.person_id), *stop.topics])
    return _written(_seal(settings.SECRET_KEY).encrypt(words.encode(), _for(tenant_id)))


def read_token(tenant_id: int, token: str) -> Stop | None:
    """None for what this portal has not sealed, or has sealed for another tenant."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    if _written(sealed) != token:  # the last letter can be written in several ways
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            person_id, *topics = _seal(key).decrypt(sealed, _for(tenant_id)).decode().split(":")
        except (InvalidTag, ValueError):
            continue
        return Stop(int(person_id), topics)
    return None


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _for(tenant_id: int) -> list[bytes]:
    return [f"tenant {tenant_id}".encode()]


@lru_cache(maxsize=4)
def _seal(key: str) -> AESSIV:
    derived = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"links that stop mail")
    return AESSIV(derived.derive(key.encode()))
