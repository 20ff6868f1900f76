"""Whether a person still has to set up the second factor that their tenant requires."""

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

_SEEN = "second_factor_seen"


def has_second_factor(user_id: int) -> bool:
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=types).exists())


def needs_second_factor(request: HttpRequest) -> bool:
    person = request.person
    if person is None or not person.is_staff_member or not request.tenant.require_second_factor:
        return False
    if request.session.get(_SEEN):
        return False
    if has_second_factor(person.user_id):
        request.session[_SEEN] = True
        return False
    return True
