"""What may become of a leased mail, for single mails and digests alike."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from notifications.enums import DeliveryState, Trouble
from notifications.kinds import kind_of
from notifications.letters import Letter
from notifications.message_ids import message_id_of
from notifications.models import Notification
from notifications.outbox import Lease, Outcome
from notifications.transport import Mail
from portal.identity.models import Membership

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_LONGEST_WAIT = timedelta(hours=6)

Right = dict[str, Collection[uuid.UUID] | None]


class Ready(NamedTuple):
    lease: Lease
    mail: Mail


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 … minutes, at most six hours."""
    return min(timedelta(minutes=2**attempts), _LONGEST_WAIT)


def ready(lease: Lease, letter: Letter) -> Ready:
    user, tenant = lease.person.user, lease.person.tenant
    mail = Mail(
        message_id=message_id_of(lease.id),
        sender=tenant.name,
        reply_to=tenant.support_email,
        name=user.name,
        address=user.email,
        language=user.language,
        letter=letter,
    )
    return Ready(lease, mail)


def lost(lease: Lease) -> Outcome | None:
    """What is not even looked at: tried too often, or for nobody."""
    if lease.attempt > MAX_ATTEMPTS:
        return outcome(lease, DeliveryState.FAILED, Trouble.GIVEN_UP)
    if is_gone(lease.person):
        return outcome(lease, DeliveryState.DROPPED, Trouble.REMOVED)
    return None


def is_gone(person: Membership) -> bool:
    return person.removed_at is not None or not person.user.is_active


def outcome(
    lease: Lease,
    state: DeliveryState,
    trouble: str = "",
    *,
    wait: timedelta = timedelta(),
    forgiven: bool = False,
) -> Outcome:
    return Outcome(
        tenant_id=lease.tenant_id,
        id=lease.id,
        attempt=lease.attempt,
        state=state,
        trouble=trouble,
        wait=wait,
        forgiven=forgiven,
        person=lease.person,
    )


def try_again(lease: Lease, trouble: Trouble) -> Outcome:
    if lease.attempt >= MAX_ATTEMPTS:
        return outcome(lease, DeliveryState.FAILED, trouble)
    return outcome(lease, DeliveryState.QUEUED, trouble, wait=back_off(lease.attempt))


def put_back(lease: Lease, trouble: str, wait: timedelta) -> Outcome:
    """The mail was not at fault: the attempt does not count."""
    return outcome(lease, DeliveryState.QUEUED, trouble, wait=wait, forgiven=True)


def still_right(notifications: Sequence[Notification]) -> Right:
    """The ids that may leave, by kind; None where the kind's own check failed."""
    by_kind: dict[str, list[Notification]] = defaultdict(list)
    for notification in notifications:
        by_kind[notification.kind].append(notification)
    right: Right = {}
    for code, told in by_kind.items():
        try:
            with transaction.atomic():
                right[code] = kind_of(code).still_right_many(told)
        except Exception:  # one kind's fault must not hold up the mail of the others
            log.exception(
                "The right to %s notifications of the kind %s could not be checked", len(told), code
            )
            right[code] = None
    return right
