import logging

from celery import shared_task

from knowledge.releases import sweeps

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def clear_uploads() -> None:
    """Daily: remove uploads that were broken off for good, links that were never used, and content that no
    row names."""
    log.info("Removed %d abandoned uploads of releases", sweeps.remove_abandoned())
    log.info("Removed %d links to files that were never used", sweeps.remove_unused_links())
    log.info("Removed the content of %d files without a row", sweeps.remove_strays())
