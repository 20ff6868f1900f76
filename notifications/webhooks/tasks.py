from time import monotonic

from celery import shared_task

from notifications.webhooks.actions import forget_old_calls
from notifications.webhooks.delivery import call_batch
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

_SECONDS = 40


@shared_task(ignore_result=True)
def call_due() -> None:
    """Call until nothing is due, for about 40 seconds; the sweep starts it again."""
    until = monotonic() + _SECONDS
    while call_batch() and monotonic() < until:
        pass


@shared_task(ignore_result=True)
def forget_calls() -> None:
    """Old calls of every tenant, each in its own scope."""
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
            forget_old_calls(tenant_id=tenant_id)
