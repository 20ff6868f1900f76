"""Sign-ins: what belongs to a user in every portal."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.core.errors import Conflict
from portal.identity.models import User


def make_user(*, email: str, name: str, password: str | None, language: str, time_zone: str) -> User:
    """A new sign-in whose address is known to be theirs (they followed a link that was mailed to it).

    :param password: None makes one that can sign in only after a password reset.
    :raises Conflict: when the address has a sign-in already.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email=email, password=password, name=name, language=language, time_zone=time_zone
            )
    except IntegrityError:
        raise Conflict(_("There is a sign-in with this address already."), field="email") from None
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def edit_profile(*, user: User, name: str, language: str, time_zone: str) -> User:
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    return user
