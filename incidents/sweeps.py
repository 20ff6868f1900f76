"""What the portal does by itself, in every tenant: it closes, and it clears away.

Only the doors look across tenants, and they tell ids. Each change is made in a transaction of its own that
acts in one tenant, and asks again whether it is still to be made.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import timezone

from incidents import actions
from incidents.actions.attachments import FOLDER, UNATTACHED_KEPT
from incidents.enums import State
from incidents.models import Attachment, Incident
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

BATCH = 500


def close_resolved() -> int:
    """Close what has been resolved for longer than its tenant waits. Returns how many."""
    total = 0
    while closed := sum(_close(tenant_id, pk) for tenant_id, pk in _due("incidents_to_close")):
        total += closed
    return total


def _close(tenant_id: int, pk: int) -> bool:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        incident = (
            Incident.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("tenant")
            .filter(tenant_id=tenant_id, pk=pk, state=State.RESOLVED)
            .first()
        )
        if incident is None or incident.resolved_at is None:
            return False
        if timezone.now() < incident.resolved_at + timedelta(days=incident.tenant.close_after_days):
            return False
        actions.close(person=None, incident=incident)
        return True


def remove_unattached() -> int:
    """Remove uploads that nobody attached, with their files. Returns how many."""
    total = 0
    while removed := sum(_remove(tenant_id, pk) for tenant_id, pk in _due("attachments_unattached")):
        total += removed
    return total


def _remove(tenant_id: int, pk: UUID) -> int:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        return actions.remove_unattached(Attachment.objects.filter(tenant_id=tenant_id, pk=pk))


def _due(door: str) -> list[tuple[int, Any]]:
    return doors.ask(door, BATCH)


def remove_stray_files() -> int:
    """Remove files that no row names, left by an upload whose transaction failed. Returns how many.

    Files of the last day are left alone: their rows may be about to be committed.
    """
    before = timezone.now() - UNATTACHED_KEPT
    return sum(_remove_strays(tenant, before) for tenant in Tenant.objects.order_by("pk"))


def _remove_strays(tenant: Tenant, before: datetime) -> int:
    removed = 0
    for folder in _folders(f"{FOLDER}/{tenant.pk}"):
        paths = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        old = [path for path in paths if default_storage.get_modified_time(path) < before]
        for path in _without_rows(tenant, old):
            default_storage.delete(path)
            removed += 1
    return removed


def _folders(root: str) -> Iterator[str]:
    try:
        names = default_storage.listdir(root)[0]
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{root}/{name}"


def _without_rows(tenant: Tenant, paths: Iterable[str]) -> set[str]:
    wanted = set(paths)
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        named = Attachment.objects.filter(tenant=tenant, path__in=wanted).values_list("path", flat=True)
        return wanted - set(named)
