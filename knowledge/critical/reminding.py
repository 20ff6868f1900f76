"""Whoever has not read a notice within the time that the vendor set is reminded, once."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from knowledge.critical.models import Recipient
from knowledge.critical.telling import REMINDER, data_of, key_of, page_of
from notifications.actions import notify_many
from notifications.events import Event
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting

BATCH = 500


def remind_due() -> int:
    """Remind whoever is due. Returns how many people."""
    total = 0
    while due := doors.ask_by_tenant("critical_reminders_due", BATCH):
        done = sum(_remind(tenant_id, ids) for tenant_id, ids in due.items())
        if not done:
            break
        total += done
    return total


def _remind(tenant_id: int, ids: Sequence[int]) -> int:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        now = timezone.now()
        free = Recipient.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        due = free.filter(tenant_id=tenant_id, pk__in=ids, remind_at__lte=now).order_by("pk")
        recipients = list(due.select_related("notice__tenant", "person"))
        # A correction that came since says it all; nobody is reminded of what it corrects.
        reminded = [one for one in recipients if one.notice.corrected_at is None]
        _those(tenant_id, recipients).update(remind_at=None)
        _those(tenant_id, reminded).update(reminded_at=now)
        _tell(reminded)
        return len(recipients)


def _those(tenant_id: int, recipients: Sequence[Recipient]) -> QuerySet[Recipient]:
    return Recipient.objects.filter(tenant_id=tenant_id, pk__in=[one.pk for one in recipients])


def _tell(recipients: Sequence[Recipient]) -> None:
    for by_mail in (True, False):
        events = [
            Event(
                kind=REMINDER,
                key=key_of(one.notice),
                recipients=[one.person],
                url=page_of(one.notice.reference),
                data=data_of(one.notice, one.affected),
                in_portal=one.in_portal,
            )
            for one in recipients
            if one.by_mail == by_mail
        ]
        if events:
            notify_many(tenant=recipients[0].notice.tenant, events=events, mail=by_mail)
