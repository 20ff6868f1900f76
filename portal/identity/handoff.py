"""A signed-in person's step to another tenant's host, where their session cookie doesn't reach.

The address carries a secret that is good for one use within half a minute, and only on the host of
the tenant it was made for. The new session takes over how, and when, the person had signed in.
"""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from django.conf import settings
from django.contrib.auth import login, logout
from django.urls import reverse
from django.utils import timezone

from portal.identity import hosts
from portal.identity.middleware import CHOSEN
from portal.identity.models import HandOff, Membership, Tenant, User
from portal.identity.requests import PortalRequest
from portal.identity.tokens import hash_secret

LIFETIME = timedelta(seconds=30)


def address_of(person: Membership, methods: list[dict[str, Any]]) -> str:
    """An address in the person's portal that signs them in there, once and now.

    :param methods: how they have proved who they are: see ``methods_of``.
    """
    now = timezone.now()
    HandOff.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    secret = secrets.token_urlsafe(32)
    HandOff.objects.create(
        token_hash=hash_secret(secret),
        user_id=person.user_id,
        tenant_id=person.tenant_id,
        person_id=person.pk,
        methods=methods,
        expires_at=now + LIFETIME,
    )
    return hosts.url_of(person.tenant, f"{reverse('identity:arrive')}?{urlencode({'pass': secret})}")


def methods_of(request: PortalRequest) -> list[dict[str, Any]]:
    """How the person of this session has signed in."""
    return list(get_authentication_records(request, request.user))


def take(tenant: Tenant | None, secret: str) -> HandOff | None:
    """Use up the hand-off of an address; None if it is no good, or was used before."""
    if tenant is None:
        return None
    now = timezone.now()
    waiting = HandOff.objects.filter(
        token_hash=hash_secret(secret), tenant_id=tenant.pk, used_at=None, expires_at__gt=now
    )
    if not waiting.update(used_at=now):
        return None
    return HandOff.objects.select_related("user").get(token_hash=hash_secret(secret))


def sign_in(request: PortalRequest, hand_off: HandOff) -> None:
    """Begin a session for the person who arrives, under a new key."""
    if request.user.is_authenticated and request.user.pk != hand_off.user_id:
        logout(request)
    begin_session(request, hand_off.user, hand_off.methods)
    request.session[CHOSEN] = hand_off.person_id


def begin_session(request: PortalRequest, user: User, methods: list[dict[str, Any]]) -> None:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.cycle_key()
    record_authentication(request, user, method="hand-off")
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
