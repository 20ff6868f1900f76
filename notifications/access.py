import uuid
from typing import NamedTuple

from django.http import Http404

from notifications.enums import Channel
from notifications.kinds import find_topic
from notifications.models import Notification
from notifications.queries import notifications_of
from notifications.stopping import read_token
from notifications.topics import Topic
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Tenant


class Subscription(NamedTuple):
    """Whose mail the link of a mail stops, and about what."""

    person: Membership
    topics: list[Topic]


def notification_for(person: Membership, pk: uuid.UUID) -> Notification:
    """A notification of the person's own.

    :raises Http404: it is somebody else's, or there is none.
    """
    notification = notifications_of(person).filter(pk=pk).first()
    if notification is None:
        raise Http404
    return notification


def subscription_for(tenant: Tenant | None, token: str) -> Subscription:
    """Whoever has the link may use it, so it is read for every account.

    :raises Http404: it is none of this portal's, its person has left, or such mail can't be stopped.
    """
    stop = read_token(tenant.pk, token) if tenant else None
    if tenant is None or stop is None:
        raise Http404
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        people = Membership.objects.current().filter(tenant_id=tenant.pk, pk=stop.person_id)
        person = people.select_related("user").first()
    topics = [topic for code in stop.topics if (topic := find_topic(code)) and topic.may_be_off(Channel.MAIL)]
    if person is None or not topics:
        raise Http404
    person.tenant = tenant
    return Subscription(person, topics)
