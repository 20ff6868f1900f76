"""Signing in, and finding on each request who acts."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, QuerySet

from portal.core.prepared import PreparedModels
from portal.core.tenancy import current_scope
from portal.identity.models import Membership, User
from portal.identity.offers import note_version
from portal.identity.second_factor import second_factor_of


def _read_here(tenant: int, user: int) -> QuerySet[Membership]:
    here = Membership.objects.current().filter(tenant_id=tenant, user_id=user)
    here = here.annotate(second_factor=second_factor_of("user_id"), offer_version=F("tenant__offer_version"))
    return here.select_related("user").order_by("id")


_HERE = PreparedModels(_read_here)


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's e-mail sign-in; a user comes with their memberships in the current tenant."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The user, with ``memberships_here`` loaded in the same query where there are any.

        Their accounts can't be seen yet: each is loaded when it is first asked for, by then in scope.
        """
        tenant_id = current_scope().tenant_id
        memberships = _HERE.read(tenant=tenant_id, user=user_id) if tenant_id else []
        user = memberships[0].user if memberships else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.memberships_here = memberships
        if memberships:
            note_version(memberships[0].offer_version)  # type: ignore[attr-defined]
        user.has_second_factor = any(getattr(m, "second_factor", False) for m in memberships)
        return user
