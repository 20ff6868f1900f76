"""Whether a person still has to set up the second factor that their tenant requires."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from portal.identity.requests import PortalRequest

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def second_factor_of(user: str) -> Exists:
    """For a query that has the user's id in the field ``user``; recovery codes alone are no factor."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(user), type__in=_FACTORS))


def needs_second_factor(request: PortalRequest) -> bool:
    """Read afresh on each request, so a factor that is removed is asked for again in every session."""
    person = request.person
    if person is None or not person.is_staff_member or request.api_token is not None:
        return False
    return person.tenant.require_second_factor and not person.user.has_second_factor
