"""The log of downloads: who fetched what, for the account and for the vendor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import QuerySet

from knowledge.releases.models import Download
from portal.core.keyset import Keyset, Page
from portal.core.sheets import LARGEST
from portal.identity.models import Membership

_LATEST_FIRST = Keyset(("id",), descending=True)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Of a customer, by its key, and of a release, by its number; for staff."""

    account_key: str = ""
    number: int | None = None

    def __bool__(self) -> bool:
        return bool(self.account_key or self.number)


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    finished_at: datetime | None
    person: str
    account: str
    number: int
    reference: str
    file: str
    sha256: str
    size: int
    bytes_sent: int


def page_of(person: Membership, asked: Asked, after: str) -> Page[Line]:
    """What was begun, the latest first. Raises BadCursor."""
    page = _LATEST_FIRST.page(_rows(person, asked), after, PAGE_SIZE)
    return Page([_line(download) for download in page.rows], page.next)


def every_line(person: Membership, asked: Asked) -> Iterator[Line]:
    """At most one more than a sheet takes."""
    for download in _rows(person, asked).order_by("-pk")[: LARGEST + 1]:
        yield _line(download)


def _rows(person: Membership, asked: Asked) -> QuerySet[Download]:
    rows = Download.objects.visible_to(person).filter(started_at__isnull=False)
    if asked.account_key:
        rows = rows.filter(account__key=asked.account_key)
    if asked.number:
        rows = rows.filter(release__number=asked.number)
    return rows.select_related("person__user", "account", "release", "file")


def _line(download: Download) -> Line:
    return Line(
        at=cast(datetime, download.started_at),
        finished_at=download.finished_at,
        person=download.person.name,
        account=download.account.name if download.account else "",
        number=download.release.number,
        reference=download.release.reference,
        file=download.file.name,
        sha256=download.file.sha256,
        size=download.file.size,
        bytes_sent=download.bytes_sent,
    )
