"""Signing in, and finding on each request who acts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from portal.core.prepared import Prepared
from portal.core.tenancy import current_scope
from portal.identity.models import Membership, User
from portal.identity.second_factor import second_factor_of

_MEMBERSHIP = tuple(field.attname for field in Membership._meta.concrete_fields)
_USER = tuple(field.attname for field in User._meta.concrete_fields)


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's e-mail sign-in; a user comes with their memberships in the current tenant."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The user, with ``memberships_here`` loaded in the same query where there are any.

        Their accounts can't be seen yet: each is loaded when it is first asked for, by then in scope.
        """
        tenant_id = current_scope().tenant_id
        memberships = _memberships(tenant_id, user_id) if tenant_id else []
        user = memberships[0].user if memberships else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.memberships_here = memberships
        user.has_second_factor = any(getattr(m, "second_factor", False) for m in memberships)
        return user


def _memberships(tenant_id: int, user_id: int) -> list[Membership]:
    """The user's in the tenant, the oldest first, all with the one user."""
    found = []
    user = None
    for row in _READ(tenant=tenant_id, user=user_id):
        membership = Membership.from_db(DEFAULT_DB_ALIAS, _MEMBERSHIP, row[: len(_MEMBERSHIP)])
        user = user or User.from_db(DEFAULT_DB_ALIAS, _USER, row[len(_MEMBERSHIP) : -1])
        membership.user = user
        membership.second_factor = row[-1]  # type: ignore[attr-defined]
        found.append(membership)
    return found


def _read(tenant: int, user: int) -> QuerySet[Any, Any]:
    memberships = Membership.objects.filter(tenant_id=tenant, user_id=user, removed_at=None)
    return (
        memberships.annotate(second_factor=second_factor_of("user_id"))
        .order_by("id")
        .values_list(*_MEMBERSHIP, *(f"user__{name}" for name in _USER), "second_factor")
    )


_READ = Prepared(_read)
