"""Rate limits of our own forms, counted in the shared cache. allauth counts its own."""

import hashlib
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``amount`` times in each window of ``seconds``."""

    name: str
    amount: int
    seconds: int


OPEN_PORTAL = Limit("open-portal", 10, 3600)
OPEN_PORTAL_MAIL = Limit("open-portal-mail", 3, 3600)
INVITE = Limit("invite", 60, 3600)
INVITATION_MAIL = Limit("invitation-mail", 5, 3600)
KEPT_TEXT = Limit("kept-text", 20, 3600)
SEARCH = Limit("search", 120, 600)
"""By whoever is not signed in."""


class TooMany(Refused):
    code = "too_many"
    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(_("That was tried too often. Please wait a while and try again."))
        self.wait = wait


def spend(limit: Limit, *who: object) -> None:
    """Count one use by ``who``.

    :raises TooMany: when the window is used up; ``wait`` says for how many seconds.
    """
    now = int(time.time())
    window = now // limit.seconds
    ident = hashlib.sha256(repr(who).encode()).hexdigest()[:24]
    key = f"limit:{limit.name}:{ident}:{window}"
    if count(key, limit.seconds) > limit.amount:
        raise TooMany((window + 1) * limit.seconds - now)


def count(key: str, seconds: int) -> int:
    """One more use under ``key``, kept for so many seconds: how many that makes.

    While the cache is away each process counts for itself (decision 0013).
    """
    try:
        return cache.incr(key)
    except ValueError:  # the first, or it ended, or the cache has just gone away
        if cache.add(key, 1, timeout=seconds):
            return 1
    try:
        return cache.incr(key)
    except ValueError:
        return 1


def client_address(request: HttpRequest) -> str:
    """The visitor's IP address, as allauth's settings about proxies say."""
    return str(get_adapter(request).get_client_ip(request))
