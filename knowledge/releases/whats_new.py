"""What is new for the account of a contact: reads what the pure rule in ``news`` asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from entitlements.models import Installation
from knowledge.releases.enums import Kind, State
from knowledge.releases.models import Download, Release
from knowledge.releases.news import Candidate, Running, news
from knowledge.releases.queries import Names, Row, names_of, not_replaced, rows_of
from portal.identity.models import Account, Membership

_MOST = 1000
"""Releases that are looked at, the latest."""
SHOWN = 6
"""Of each group; the list below has the others."""


@dataclass(frozen=True, slots=True)
class Item:
    """A release, and for which installations it is."""

    row: Row
    installations: Sequence[str]


@dataclass(frozen=True, slots=True)
class ForAccount:
    newer: Sequence[Item]
    missing: Sequence[Item]
    regulatory: Sequence[Item]
    runs_something: bool

    def __bool__(self) -> bool:
        return bool(self.newer or self.missing or self.regulatory)


def new_for(person: Membership, account: Account, language: str) -> ForAccount:
    """Five statements, however much the account runs and the tenant has released."""
    names = names_of(person)
    rows = Installation.objects.filter(tenant_id=person.tenant_id, account=account, retired_at=None)
    running = list(rows.values_list("pk", "product_id", "version_id", "name").order_by("name"))
    if not running:
        return ForAccount((), (), (), runs_something=False)
    releases = _given_out(person, {product_id for _pk, product_id, _version, _name in running})
    found = news(
        [Running(pk, product, names.places.get(version or 0)) for pk, product, version, _name in running],
        [_candidate(release, names) for release in releases.values()],
        _fetched(person, account),
    )
    groups = [group[:SHOWN] for group in (found.newer, found.missing, found.regulatory)]
    shown = [releases[one.id] for group in groups for one, _whose in group]
    by_number = {row.number: row for row in rows_of(person, shown, language)} if shown else {}
    called = {pk: name for pk, _product, _version, name in running}
    newer, missing, regulatory = (
        [Item(by_number[releases[one.id].number], [called[pk] for pk in whose]) for one, whose in group]
        for group in groups
    )
    return ForAccount(newer, missing, regulatory, runs_something=True)


def _given_out(person: Membership, products: set[int]) -> dict[int, Release]:
    rows = Release.objects.filter(
        not_replaced(), tenant_id=person.tenant_id, product_id__in=products, state=State.PUBLISHED
    )
    return {
        row.pk: row for row in rows.exclude(kind=Kind.DOCUMENTATION).order_by("-released_on", "-pk")[:_MOST]
    }


def _fetched(person: Membership, account: Account) -> frozenset[int]:
    done = Download.objects.filter(tenant_id=person.tenant_id, account=account, finished_at__isnull=False)
    return frozenset(done.values_list("release_id", flat=True).distinct())


def _candidate(release: Release, names: Names) -> Candidate:
    """Without a first or last version it fits on its own alone, and an update on every older one."""
    place = names.places[release.version_id]
    first = 0 if release.kind == Kind.UPDATE else place
    return Candidate(
        id=release.pk,
        product_id=release.product_id,
        kind=release.kind,
        version=place,
        first=names.places.get(release.first_version_id or 0, first),
        last=names.places.get(release.last_version_id or 0, place),
        released_on=release.released_on,
    )
