"""What a person has been told. Staff may see more rows than their own, so each read names its reader."""

from django.db.models import QuerySet

from notifications.models import Notification
from portal.core.keyset import Keyset
from portal.identity.models import Membership

NEWEST_FIRST = Keyset(("created_at", "id"), descending=True)


def notifications_of(person: Membership) -> QuerySet[Notification]:
    return Notification.objects.filter(tenant_id=person.tenant_id, recipient_id=person.pk)


def unread_of(person: Membership) -> QuerySet[Notification]:
    return notifications_of(person).filter(read_at=None)
