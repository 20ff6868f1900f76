"""Whether mail reaches people: what the mail server said, kept on the person."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from portal.identity.models import Membership

_COUNTED = 1_000
"""More need no counting."""


def note_refused(*, tenant_id: int, person_id: int, address: str, for_at_least: timedelta) -> None:
    """Mail to the address was refused for good. Refusals of another address are forgotten.

    :param for_at_least: for so long, a mail that is taken proves nothing: it may come back as well.
    """
    again = When(refused_address=address, then=Least(F("refusals") + 1, _COUNTED))
    Membership.objects.filter(tenant_id=tenant_id, pk=person_id).update(
        refusals=Case(again, default=Value(1)),
        refused_address=address,
        refused_until=timezone.now() + for_at_least,
    )


def note_reached(*, tenant_id: int, people: Collection[int], at: datetime) -> None:
    """Mail to these people was taken."""
    refused = Membership.objects.filter(tenant_id=tenant_id, pk__in=people, refusals__gt=0)
    refused.filter(refused_until__lte=at).update(refusals=0, refused_address="", refused_until=None)
