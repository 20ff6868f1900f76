"""What must hold of every notice, whatever has died on the way: counted for the command that checks it."""

from collections.abc import Callable, Mapping

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce

from knowledge.critical.enums import Standing
from knowledge.critical.models import Exposure, Loop, Notice, Recipient
from knowledge.critical.telling import SOLUTION
from notifications.models import Notification
from portal.identity.models import Tenant


def _without_notification(tenant: Tenant) -> int:
    told = Notification.objects.filter(
        tenant=tenant, kind=SOLUTION, recipient=OuterRef("person"), key=Cast(OuterRef("notice"), CharField())
    )
    return Recipient.objects.filter(~Exists(told), tenant=tenant).count()


def _told_past_the_list(tenant: Tenant) -> int:
    """Notifications of people who are on no list of recipients."""
    listed = Recipient.objects.filter(tenant=tenant, person=OuterRef("recipient")).annotate(
        name=Cast("notice", CharField())
    )
    told = Notification.objects.filter(tenant=tenant, kind=SOLUTION)
    return told.filter(~Exists(listed.filter(name=OuterRef("key")))).count()


def _miscounted(tenant: Tenant) -> int:
    """Of each loop the people who were told, have read it, and so on."""
    people = Recipient.objects.filter(tenant=tenant, notice=OuterRef("notice"), account=OuterRef("account"))
    wrong = Q()
    loops = Loop.objects.filter(tenant=tenant)
    for name, only in _COUNTED.items():
        number = people.filter(only).order_by().values("notice").annotate(number=Count("id")).values("number")
        loops = loops.annotate(**{f"found_{name}": Coalesce(Subquery(number), 0)})
        wrong |= ~Q(**{name: F(f"found_{name}")})
    return loops.filter(wrong).count()


_COUNTED: Mapping[str, Q] = {
    "told": Q(),
    "read": Q(read_at__isnull=False),
    "acknowledged": Q(acknowledged_at__isnull=False),
    "downloaded": Q(downloaded_at__isnull=False),
}


def _unlike_their_exposures(tenant: Tenant) -> int:
    """Loops that are closed while something is open, or open while nothing is."""
    opened = Exposure.objects.filter(
        tenant=tenant, notice=OuterRef("notice"), account=OuterRef("account"), standing=Standing.EXPOSED
    )
    loops = Loop.objects.filter(tenant=tenant).annotate(open=Exists(opened))
    closed_too_early = ~Q(standing=Standing.EXPOSED) & Q(open=True)
    return loops.filter(closed_too_early | Q(standing=Standing.EXPOSED, open=False)).count()


def _notices_miscounted(tenant: Tenant) -> int:
    people = Recipient.objects.filter(tenant=tenant, notice=OuterRef("pk")).order_by().values("notice")
    number = Coalesce(Subquery(people.annotate(number=Count("id")).values("number")), 0)
    return Notice.objects.filter(tenant=tenant).annotate(people=number).exclude(told=F("people")).count()


INVARIANTS: Mapping[str, Callable[[Tenant], int]] = {
    "recipients of a critical solution without their notification": _without_notification,
    "notifications of a critical solution to people who are no recipients": _told_past_the_list,
    "accounts whose counts differ from their recipients": _miscounted,
    "critical solutions told to another number of people than there are recipients": _notices_miscounted,
    "accounts that stand otherwise than what they are exposed to": _unlike_their_exposures,
}
