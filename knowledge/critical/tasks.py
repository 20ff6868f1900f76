import logging

from celery import shared_task

from knowledge.critical.fanout import tell_due as tell
from knowledge.critical.reminding import remind_due as remind

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def tell_due() -> None:
    """When a critical solution is to be told, and every ten seconds: go on with telling."""
    if told := tell():
        log.info("Told %d people of critical solutions", told)


@shared_task(ignore_result=True)
def remind_due() -> None:
    """Every minute: remind those who have not read what they were told."""
    if reminded := remind():
        log.info("Reminded %d people of critical solutions", reminded)
