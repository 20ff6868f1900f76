"""Releases are found by their words, and by the names of their files."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from knowledge.releases.enums import Kind as ReleaseKind
from knowledge.releases.enums import State
from knowledge.releases.models import Release
from knowledge.search.actions import Entry
from knowledge.search.entries import plain_text
from knowledge.search.enums import Audience
from knowledge.search.indexers import Indexer
from knowledge.search.kinds import Kind

KIND = Kind(code="release", label=_("Release"), icon="package-open", group=_("Downloads"), position=20)

_NOON = time(12)
"""So that the day is the same one nearly everywhere."""


def _entries(release: Release) -> Iterator[Entry]:
    """While it is given out."""
    if release.state != State.PUBLISHED:
        return
    files = list(release.files.order_by("name").values_list("name", flat=True))
    versions = [one.position for one in (release.first_version, release.version, release.last_version) if one]
    fits_every_older = release.kind == ReleaseKind.UPDATE and release.first_version is None
    for text in release.texts.order_by("language"):
        yield Entry(
            language=text.language,
            title=text.title,
            text=plain_text("\n\n".join([text.notes, *text.fixes])),
            url=reverse("releases:release", args=[release.number]),
            audience=Audience.CUSTOMERS,
            dated_at=datetime.combine(release.released_on, _NOON, ZoneInfo(release.tenant.time_zone)),
            codes=[release.reference, *files],
            product_ids=[release.product_id],
            since=None if fits_every_older else min(versions),
            until=max(versions),
        )


INDEXER = Indexer(
    kind=KIND.code,
    objects=lambda tenant: Release.objects.filter(tenant_id=tenant.pk),
    entries=_entries,
)
