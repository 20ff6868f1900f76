"""A rehearsal of a draft on the promises of the last 90 days: a hundred thousand in thirty seconds."""

import time

from celery import current_app

from bench.figures import Failed, Figure, at_least
from incidents.actions import start_rehearsal
from incidents.enums import RehearsalState
from incidents.models import Rehearsal, RehearsedPromise
from incidents.rehearsal.running import rehearse
from plans.actions import set_target, start_draft
from plans.enums import TargetKind, Unit
from plans.models import Edition, Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant

PROMISES_A_SECOND = 3_334


def measure() -> list[Figure]:
    """In one process, as one worker does it; every first response promised in half an hour."""
    current_app.conf.broker_url = "memory://"
    tenant = Tenant.objects.get(label="large")
    rehearsal = _start(tenant)
    began = time.process_time(), time.monotonic()
    while rehearse():
        pass
    cpu, seconds = time.process_time() - began[0], time.monotonic() - began[1]
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        done = Rehearsal.objects.get(tenant=tenant, pk=rehearsal.pk)
        changed = RehearsedPromise.objects.filter(tenant=tenant, rehearsal=done).count()
    if done.state != RehearsalState.DONE or done.done != done.total or not changed:
        raise Failed(f"The rehearsal ended as {done.state} with {done.done} of {done.total} promises.")
    print(f"Rehearsed {done.done:,} promises in {seconds:.1f} s, of which {cpu:.1f} s in the worker.")
    return [at_least("promises rehearsed a second", done.done / seconds, "a second", PROMISES_A_SECOND)]


def _start(tenant: Tenant) -> Rehearsal:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        admin = Membership.objects.staff().filter(tenant=tenant, role=Role.ADMIN)[0]
        draft: Edition = start_draft(tenant=tenant, actor=admin)
        for plan in Plan.objects.filter(tenant=tenant):
            set_target(
                edition=draft,
                actor=admin,
                kind=TargetKind.FIRST_RESPONSE,
                severity=2,
                plan=plan,
                minutes=30,
                unit=Unit.ELAPSED_MINUTES,
            )
        return start_rehearsal(edition=draft, actor=admin)
