"""API tokens: shown once, kept as a hash, never with more rights than their person has."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.utils import timezone

from portal.core.prepared import PreparedModels
from portal.core.tenancy import EVERY_ACCOUNT, narrow
from portal.identity.models import ApiToken, Membership
from portal.identity.offers import note_version
from portal.identity.requests import PortalRequest

PREFIX = "spt_"
_TOUCH = timedelta(minutes=5)


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """A plain SHA-256: the secret is random and long, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(request: PortalRequest) -> None:
    """Set ``request.person`` and ``request.api_token`` from the Authorization header, if it is good."""
    request.user = AnonymousUser()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or request.tenant is None:
        return
    now = timezone.now()
    token = next(iter(_TOKEN.read(secret_hash=hash_secret(secret.strip()))), None)
    if (
        token is None
        or token.tenant_id != request.tenant.pk
        or (token.expires_at and token.expires_at <= now)
    ):
        return
    narrow(token.account_id or EVERY_ACCOUNT, user_id=token.user_id)
    person = next(iter(_PERSON.read(tenant=token.tenant_id, person=token.person_id)), None)
    if person is None:
        return
    note_version(person.offer_version)  # type: ignore[attr-defined]
    request.user, request.person, request.api_token = person.user, person, token
    if token.last_used_at is None or now - token.last_used_at > _TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _read_token(secret_hash: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(secret_hash=secret_hash, revoked_at=None)


def _read_person(tenant: int, person: int) -> QuerySet[Membership]:
    people = Membership.objects.current().filter(tenant_id=tenant, pk=person, user__is_active=True)
    people = people.annotate(offer_version=F("tenant__offer_version"))
    return people.select_related("user", "account")


_TOKEN = PreparedModels(_read_token)
_PERSON = PreparedModels(_read_person)
