from time import monotonic

from celery import shared_task

from notifications.delivery import deliver_batch
from notifications.transport import SmtpTransport

_SECONDS = 20


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Deliver until nothing is due, for some 20 seconds; the sweep starts it again."""
    until = monotonic() + _SECONDS
    while monotonic() < until:
        with SmtpTransport() as transport:
            if not deliver_batch(transport):
                return
