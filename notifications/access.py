import uuid

from django.http import Http404

from notifications.models import Notification
from notifications.queries import notifications_of
from portal.identity.models import Membership


def notification_for(person: Membership, pk: uuid.UUID) -> Notification:
    """A notification of the person's own.

    :raises Http404: it is somebody else's, or there is none.
    """
    notification = notifications_of(person).filter(pk=pk).first()
    if notification is None:
        raise Http404
    return notification
