"""What is new for the account of a contact: reads what the pure rules in ``news`` ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entitlements.models import Installation
from knowledge.releases.enums import Kind, State
from knowledge.releases.known import NONE_KNOWN, Issues, issues_of
from knowledge.releases.models import Download, Release
from knowledge.releases.news import Running, news
from knowledge.releases.queries import Names, Row, candidate_of, names_of, not_replaced, rows_of
from portal.identity.models import Account, Membership

_MOST = 1000
"""Releases that are looked at, the latest."""
SHOWN = 6
"""Of each group; the list below has the others."""
LISTED = 200
"""Known issues on their own page."""


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
    issues: Issues = NONE_KNOWN

    def __bool__(self) -> bool:
        return bool(self.newer or self.missing or self.regulatory)


def new_for(person: Membership, account: Account, language: str) -> ForAccount:
    """Eight statements, however much the account runs and the tenant has released and solved."""
    names = names_of(person)
    running, called = _running(person, account, names)
    if not running:
        return ForAccount((), (), (), runs_something=False)
    releases = _given_out(person, {one.product_id for one in running})
    candidates = [candidate_of(release, names) for release in releases.values()]
    found = news(running, candidates, _fetched(person, account))
    groups = [group[:SHOWN] for group in (found.newer, found.missing, found.regulatory)]
    shown = [releases[one.id] for group in groups for one, _whose in group]
    by_number = {row.number: row for row in rows_of(person, shown, language)}
    newer, missing, regulatory = (
        [Item(by_number[releases[one.id].number], [called[pk] for pk in whose]) for one, whose in group]
        for group in groups
    )
    issues = issues_of(person, running, called, names, language, most=SHOWN)
    return ForAccount(newer, missing, regulatory, runs_something=True, issues=issues)


def issues_for(person: Membership, account: Account, language: str) -> Issues:
    """Every known issue of what the account runs. Four statements."""
    names = names_of(person)
    running, called = _running(person, account, names)
    return issues_of(person, running, called, names, language, most=LISTED)


def _running(
    person: Membership, account: Account, names: Names
) -> tuple[Sequence[Running], Mapping[int, str]]:
    """The installations that are in use, and what each is called."""
    rows = Installation.objects.filter(tenant_id=person.tenant_id, account=account, retired_at=None)
    found = list(rows.values_list("pk", "product_id", "version_id", "name").order_by("name"))
    running = [Running(pk, product, names.places.get(version or 0)) for pk, product, version, _name in found]
    return running, {pk: name for pk, _product, _version, name in found}


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
