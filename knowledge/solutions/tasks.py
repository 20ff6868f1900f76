import logging

from celery import shared_task

from knowledge.solutions.reminding import tell_due as tell

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def tell_due() -> None:
    """Daily, at the beginning of the day: tell who keeps a solution that it is to be looked at again."""
    if told := tell():
        log.info("Told %d people that a solution is due", told)
