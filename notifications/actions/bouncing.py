"""Mail that was taken and came back."""

import uuid
from datetime import timedelta

from notifications.bounces import Bounce
from notifications.enums import DeliveryState, Trouble
from notifications.message_ids import id_in
from notifications.models import Delivery, Digest
from portal.core.doors import ask
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions import note_refused
from portal.identity.models import Membership

PROVES_NOTHING_FOR = timedelta(days=2)
"""For so long after a mail came back, another one that the server takes may come back as well."""


class NotYet(Exception):
    """The mail is just being handed over: the report should be brought again in some minutes."""


def take_bounce(*, bounce: Bounce) -> bool:
    """Note that a mail did not arrive, and that mail may not reach its receiver any more.

    A report changes something once, and only where it names a mail that we have sent, by the Message-ID
    that only its readers know, and the address that it was sent to.

    :returns: whether it changed something.
    :raises NotYet:
    """
    pk = id_in(bounce.message_id)
    found = ask("notifications_mailed", pk) if pk else []
    return any(_take(tenant_id, mail_id, bounce) for tenant_id, mail_id in found)


def _take(tenant_id: int, mail_id: uuid.UUID, bounce: Bounce) -> bool:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        mail = _locked(tenant_id, mail_id)
        person = _receiver(mail)
        if person.user.email not in bounce.addresses:
            return False
        if mail.state == DeliveryState.SENDING:
            raise NotYet
        if mail.state != DeliveryState.SENT:
            return False
        mail.state, mail.error = DeliveryState.FAILED, Trouble.BOUNCED
        mail.save(update_fields=["state", "error"])
        if isinstance(mail, Digest):
            told = Delivery.objects.filter(tenant_id=tenant_id, digest=mail, state=DeliveryState.SENT)
            told.update(state=DeliveryState.FAILED, error=Trouble.BOUNCED)
        note_refused(
            tenant_id=tenant_id,
            person_id=person.pk,
            address=person.user.email,
            for_at_least=PROVES_NOTHING_FOR,
        )
        return True


def _locked(tenant_id: int, mail_id: uuid.UUID) -> Delivery | Digest:
    deliveries = Delivery.objects.filter(tenant_id=tenant_id, pk=mail_id).select_for_update()
    return deliveries.first() or Digest.objects.select_for_update().get(tenant_id=tenant_id, pk=mail_id)


def _receiver(mail: Delivery | Digest) -> Membership:
    person_id = mail.person_id if isinstance(mail, Digest) else mail.notification.recipient_id
    return Membership.objects.select_related("user").get(tenant_id=mail.tenant_id, pk=person_id)
