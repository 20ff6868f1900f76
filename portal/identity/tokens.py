"""API tokens: shown once, kept as a hash, never with more rights than their person has."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from portal.core.prepared import Columns, Prepared
from portal.core.tenancy import EVERY_ACCOUNT, narrow
from portal.identity.models import Account, ApiToken, Membership, User
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
    found = _TOKENS(secret=hash_secret(secret.strip()))
    token = _TOKEN.row(found[0]) if found else None
    if (
        token is None
        or token.tenant_id != request.tenant.pk
        or (token.expires_at and token.expires_at <= now)
    ):
        return
    narrow(token.account_id or EVERY_ACCOUNT, user_id=token.user_id)
    person = _person_of(token)
    if person is None:
        return
    request.user, request.person, request.api_token = person.user, person, token
    if token.last_used_at is None or now - token.last_used_at > _TOUCH:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _person_of(token: ApiToken) -> Membership | None:
    """Whom the token acts for, with user and account; none once they were removed or shut out."""
    found = _PEOPLE(tenant=token.tenant_id, person=token.person_id)
    if not found:
        return None
    values, account = found[0], _MEMBERSHIP_END + len(_USER)
    person = _MEMBERSHIP.row(values[:_MEMBERSHIP_END])
    person.user = _USER.row(values[_MEMBERSHIP_END:account])
    person.account = _ACCOUNT.row(values[account:]) if person.account_id is not None else None
    return person


_TOKEN, _MEMBERSHIP = Columns(ApiToken), Columns(Membership)
_USER, _ACCOUNT = Columns(User, "user"), Columns(Account, "account")
_MEMBERSHIP_END = len(_MEMBERSHIP)


def _read_tokens(secret: str) -> QuerySet[Any, Any]:
    return ApiToken.objects.filter(secret_hash=secret, revoked_at=None).values_list(*_TOKEN.names)


def _read_people(tenant: int, person: int) -> QuerySet[Any, Any]:
    people = Membership.objects.current().filter(tenant_id=tenant, pk=person, user__is_active=True)
    return people.values_list(*_MEMBERSHIP.names, *_USER.names, *_ACCOUNT.names)


_TOKENS, _PEOPLE = Prepared(_read_tokens), Prepared(_read_people)
