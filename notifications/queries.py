"""What a person has been told, and how they want to be. Staff may see more rows than their own, so each
read names its reader."""

from collections import defaultdict
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from notifications.enums import Channel
from notifications.hours import Quiet
from notifications.models import Delivery, MailHours, Notification, Preference
from notifications.wishes import Wishes
from portal.core.keyset import Keyset
from portal.identity.models import Membership, Tenant

NEWEST_FIRST = Keyset(("created_at", "id"), descending=True)


def notifications_of(person: Membership) -> QuerySet[Notification]:
    return Notification.objects.filter(tenant_id=person.tenant_id, recipient_id=person.pk)


def unread_of(person: Membership) -> QuerySet[Notification]:
    return notifications_of(person).filter(read_at=None)


def wishes_of(person: Membership) -> Wishes:
    return wishes_by_person(person.tenant, [person])[person.pk]


def wishes_by_person(tenant: Tenant, people: Collection[Membership]) -> dict[int, Wishes]:
    """Two statements for any number of people, who come with their users."""
    ids = {person.pk for person in people}
    chosen: dict[int, dict[tuple[str, str], str]] = defaultdict(dict)
    for one in Preference.objects.filter(tenant=tenant, person__in=ids):
        chosen[one.person_id][one.topic, one.channel] = one.choice
    hours = {row.person_id: row for row in MailHours.objects.filter(tenant=tenant, person__in=ids)}
    return {person.pk: _wishes(person, chosen.get(person.pk, {}), hours.get(person.pk)) for person in people}


def _wishes(person: Membership, chosen: dict[tuple[str, str], str], hours: MailHours | None) -> Wishes:
    zone = ZoneInfo(person.user.time_zone)
    if hours is None:
        return Wishes(zone, chosen)
    if hours.quiet_from is None or hours.quiet_until is None:
        return Wishes(zone, chosen, hours.digest_at)
    quiet = Quiet(hours.quiet_from, hours.quiet_until, frozenset(hours.quiet_days))
    return Wishes(zone, chosen, hours.digest_at, quiet)


def mails_of(tenant_id: int, *, kind: str, key: str, people: Collection[int]) -> dict[int, Delivery]:
    """What became of the mail about one event to each of these people; who got none is not in it."""
    mails = Delivery.objects.filter(
        tenant_id=tenant_id,
        channel=Channel.MAIL,
        notification__kind=kind,
        notification__key=key,
        notification__recipient__in=people,
    )
    return {mail.notification.recipient_id: mail for mail in mails.select_related("notification")}
