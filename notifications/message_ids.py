"""The Message-ID of a mail: the same over all attempts, and made by nobody else.

Reports of mail that came back name it. With the seal in it, only who has seen the mail can name it.
"""

import hashlib
import hmac
import uuid
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare

_SALT = "notifications.message_ids"
_LENGTH = 20


def message_id_of(pk: uuid.UUID) -> str:
    return f"<{pk}.{_seal(pk, settings.SECRET_KEY)}@{settings.BASE_HOST}>"


def id_in(message_id: str) -> uuid.UUID | None:
    """The id of the delivery or digest; None where the Message-ID is not one of ours."""
    name, _at, host = message_id.strip().strip("<>").partition("@")
    number, _dot, seal = name.partition(".")
    try:
        pk = uuid.UUID(number)
    except ValueError:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ours = host.lower() == settings.BASE_HOST and any(
        constant_time_compare(seal, _seal(pk, key)) for key in keys
    )
    return pk if ours else None


def _seal(pk: uuid.UUID, key: str) -> str:
    return hmac.digest(_derived(key), pk.bytes, "sha256").hex()[:_LENGTH]


@lru_cache(maxsize=4)
def _derived(key: str) -> bytes:
    return hashlib.sha256(f"{_SALT}:{key}".encode()).digest()
