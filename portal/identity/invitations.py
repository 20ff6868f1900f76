"""The secret of an invitation's link.

It is made from the row's nonce and the server's key, so that a later mail can carry it again; the
row holds its hash only, by which the link is found.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.identity import hosts
from portal.identity.models import Invitation, Tenant

LIFETIME = timedelta(days=7)


def new_nonce() -> str:
    return secrets.token_urlsafe(32)


def secret_of(nonce: str) -> str:
    key = hashlib.sha256(b"identity.invitation:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find(tenant: Tenant, secret: str) -> Invitation | None:
    """The invitation of a link, unless it was used, taken back or has run out. Acting for every account."""
    return (
        Invitation.objects.usable(timezone.now())
        .filter(tenant_id=tenant.pk, token_hash=hash_of(secret))
        .select_related("tenant", "account", "team", "invited_by__user")
        .first()
    )


def link_of(invitation: Invitation) -> str:
    path = reverse("identity:accept_invitation", args=[secret_of(invitation.nonce)])
    return hosts.url_of(invitation.tenant, path)
