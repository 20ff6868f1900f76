"""Giving a release out, and taking it back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.releases.actions.locks import check_right, locked, locked_draft
from knowledge.releases.enums import State
from knowledge.releases.models import Release
from knowledge.releases.registry import published
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def publish(*, actor: Membership, release: Release, at: datetime | None = None) -> Release:
    """Give a draft out. From then on it stays as it is.

    :raises NotAllowed: for all but leads and administrators. :raises Refused: it has no file, an upload is
        not finished, its date is still to come, or it is published already.
    """
    check_right(actor)
    release = locked_draft(release)
    at = at or timezone.now()
    if release.uploads.exists():
        raise Refused(_("A file is still on its way. Finish its upload or give it up."), code="unfinished")
    if not release.files.exists():
        raise Refused(_("There is nothing to download yet. Upload a file."), code="no_file")
    if release.released_on > at.astimezone(ZoneInfo(actor.tenant.time_zone)).date():
        raise Refused(
            _("The date of the release is still to come. Publish it on that day, or change the date."),
            code="date_to_come",
        )
    release.state, release.published_at, release.published_by = State.PUBLISHED, at, actor
    release.save(update_fields=["state", "published_at", "published_by"])
    files = [f"{file.name} {file.sha256}" for file in release.files.order_by("name")]
    record(release, "published", actor, internal=True, at=at, release=release.reference, files=files)
    published.tell(release)
    return release


@transaction.atomic
def withdraw(*, actor: Membership, release: Release, reason: str, at: datetime | None = None) -> Release:
    """Stop its downloads. It stays to be read about, with the reason.

    :raises NotAllowed: for all but leads and administrators. :raises Refused: no reason is given, or it is
        not published.
    """
    check_right(actor)
    release = locked(release)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why. Customers read it."), field="reason")
    if release.state != State.PUBLISHED:
        raise Refused(_("Only what is published can be withdrawn."), code="not_published")
    release.state, release.withdrawn_at, release.withdrawn_because = (
        State.WITHDRAWN,
        at or timezone.now(),
        reason,
    )
    release.save(update_fields=["state", "withdrawn_at", "withdrawn_because"])
    record(release, "withdrawn", actor, internal=True, at=at, release=release.reference, reason=reason)
    published.tell(release)
    return release
