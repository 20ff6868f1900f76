"""Background work of the house itself."""

from celery import shared_task

from portal.core import health


@shared_task
def note_beat() -> None:
    """Shows that beat, broker and a worker are alive (see :mod:`portal.core.health`)."""
    health.note_beat()
