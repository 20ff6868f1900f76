from time import monotonic

from celery import shared_task

from notifications.delivery import deliver_batch
from notifications.transport import SmtpTransport

_SECONDS = 50


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Deliver until nothing is due, for at most 50 seconds; the sweep starts it again."""
    until = monotonic() + _SECONDS
    while monotonic() < until:
        with SmtpTransport() as transport:
            if not deliver_batch(transport):
                return
