import logging

from celery import shared_task

from incidents import sweeps
from incidents.alerts.replanning import replan
from incidents.alerts.sweep import alert_due as alert
from incidents.clocks.replay import replay
from incidents.endings import tell_endings
from incidents.grants import tell_grant_endings
from incidents.rehearsal import running
from portal.identity.models import Tenant

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def alert_due() -> None:
    """Every three seconds: alert whatever has come to a step of its ladder."""
    if alerted := alert():
        log.info("Alerted %d clocks", alerted)


@shared_task(ignore_result=True)
def replan_alerts() -> None:
    """After an edit of a ladder, and every minute: say anew when clocks alert next."""
    if planned := replan():
        log.info("Planned the alerts of %d clocks anew", planned)


@shared_task(ignore_result=True)
def rehearse() -> None:
    """When a rehearsal was started, and every minute: go on with those that run."""
    if done := running.rehearse():
        log.info("Rehearsed %d promises", done)


@shared_task(ignore_result=True)
def close_resolved() -> None:
    """Hourly: close what has been resolved for longer than its tenant waits."""
    log.info("Closed %d resolved incidents", sweeps.close_resolved())


@shared_task(ignore_result=True)
def clear_uploads() -> None:
    """Daily: remove uploads that nobody attached, and files that no row names."""
    log.info("Removed %d unattached uploads", sweeps.remove_unattached())
    log.info("Removed %d stray files", sweeps.remove_stray_files())


@shared_task(ignore_result=True)
def tell_of_endings() -> None:
    """Daily: tell people 90, 60, 30 and 7 days before their contract ends, and 7 before a grant does."""
    if told := tell_endings():
        log.info("Told %d people that a contract ends", told)
    if told := tell_grant_endings():
        log.info("Told %d people that a grant ends", told)


@shared_task(ignore_result=True)
def replay_clocks() -> None:
    """Nightly: derive each live clock's due time again, and report those that differ."""
    for tenant in Tenant.objects.order_by("pk"):
        for found in replay(tenant):
            log.error("Clock %d of tenant %d differs from its segments", found.clock_id, found.tenant_id)
