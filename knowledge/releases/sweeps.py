"""What is left behind: uploads that nobody goes on with, content that no row names, links never used."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from knowledge.releases.models import Download, ReleaseFile, Upload
from knowledge.releases.storage import folders_of, remove_folder
from knowledge.releases.streams import upload_parts_of
from portal.core import doors
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

BATCH = 100
KEPT = timedelta(days=2)
"""How long an upload waits for its next part; ``releases_uploads_abandoned()`` knows it too. No link to a
file is good for that long."""


def remove_abandoned() -> int:
    """Uploads whose last part came two days ago, with their content. Returns how many."""
    total = 0
    while removed := sum(_remove(*found) for found in doors.ask("releases_uploads_abandoned", BATCH)):
        total += removed
    return total


def _remove(tenant_id: int, pk: UUID) -> int:
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        waiting = Upload.objects.filter(tenant_id=tenant_id, pk=pk, last_at__lt=timezone.now() - KEPT)
        upload = waiting.select_for_update(skip_locked=True).first()
        if upload is None:
            return 0
        transaction.on_commit(upload_parts_of(upload).remove, robust=True)
        upload.delete()
    return 1


def remove_strays() -> int:
    """Content of no file and no upload, left by a transaction that failed; of the last two days none, whose
    row may be about to be committed. Returns how many folders."""
    before = timezone.now() - KEPT
    return sum(_remove_strays(tenant, before) for tenant in Tenant.objects.order_by("pk"))


def _remove_strays(tenant: Tenant, before: datetime) -> int:
    folders = {folder.rsplit("/", 1)[-1]: folder for folder in folders_of(tenant.pk)}
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        for model in (ReleaseFile, Upload):
            for pk in model.objects.filter(tenant=tenant).values_list("pk", flat=True):
                folders.pop(pk.hex, None)
    return sum(remove_folder(folder, unless_since=before) for folder in folders.values())


def remove_unused_links() -> int:
    """Downloads that somebody was let through to and nobody began: the log has never shown them, and their
    links are good no more. Returns how many."""
    before = timezone.now() - KEPT
    return sum(_remove_unused_links(tenant, before) for tenant in Tenant.objects.order_by("pk"))


def _remove_unused_links(tenant: Tenant, before: datetime) -> int:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        return Download.objects.filter(tenant=tenant, started_at=None, asked_at__lt=before).delete()[0]
