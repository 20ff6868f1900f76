"""Signing in, and finding on each request who acts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from portal.core.prepared import Columns, Prepared
from portal.core.tenancy import current_scope
from portal.identity.models import Membership, User
from portal.identity.second_factor import second_factor_of

_MEMBERSHIP = Columns(Membership)
_USER = Columns(User, "user")


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
        membership = _MEMBERSHIP.row(row[: len(_MEMBERSHIP)])
        user = user or _USER.row(row[len(_MEMBERSHIP) : -1])
        membership.user = user
        membership.second_factor = row[-1]  # type: ignore[attr-defined]
        found.append(membership)
    return found


def _read(tenant: int, user: int) -> QuerySet[Any, Any]:
    memberships = Membership.objects.filter(tenant_id=tenant, user_id=user, removed_at=None)
    return (
        memberships.annotate(second_factor=second_factor_of("user_id"))
        .order_by("id")
        .values_list(*_MEMBERSHIP.names, *_USER.names, "second_factor")
    )


_READ = Prepared(_read)
