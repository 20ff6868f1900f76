"""API tokens: made and revoked by the person they act for."""

from datetime import datetime

from django.utils import timezone

from portal.core.history import record
from portal.identity.models import ApiToken, Membership
from portal.identity.tokens import hash_secret, new_secret

_HINT = 10


def make_token(
    *, person: Membership, name: str, scope: str, expires_at: datetime | None
) -> tuple[ApiToken, str]:
    """A token that acts as the person, and its secret, which can't be had again."""
    secret = new_secret()
    token = ApiToken.objects.create(
        tenant_id=person.tenant_id,
        user_id=person.user_id,
        person=person,
        account=person.account,
        name=name,
        hint=secret[:_HINT],
        secret_hash=hash_secret(secret),
        scope=scope,
        expires_at=expires_at,
    )
    record(token, "made", person, internal=person.is_staff_member, name=name, scope=str(scope))
    return token, secret


def revoke_token(*, token: ApiToken, actor: Membership) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(token, "revoked", actor, internal=actor.is_staff_member, name=token.name)
