"""What is new for an account: from what it runs and what is known and released, which of it concerns it.

Pure; docs/rules/downloads.md tells it in prose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from knowledge.releases.enums import Kind

_OF_A_VERSION = frozenset({Kind.PATCH, Kind.SERVICE_PACK, Kind.FEATURE_PACK})


class Running(NamedTuple):
    """An installation; versions are told by their place among the product's, the oldest being 0."""

    id: int
    product_id: int
    version: int | None


class Candidate(NamedTuple):
    """A release that is published, neither withdrawn nor replaced. ``first`` to ``last`` are the versions
    that it can be installed on."""

    id: int
    product_id: int
    kind: str
    version: int
    first: int
    last: int
    released_on: date


class Known(NamedTuple):
    """A published solution for one product: the versions that have its problem, an open end being None, and
    the oldest version whose update fixes it."""

    id: int
    product_id: int
    first: int | None
    last: int | None
    fixed_at: int | None
    critical: bool
    published_at: datetime


_ForWhom = tuple[Candidate, Sequence[int]]


@dataclass(frozen=True, slots=True)
class News:
    """Each with the installations that it is for, the latest release first."""

    newer: Sequence[_ForWhom]
    missing: Sequence[_ForWhom]
    regulatory: Sequence[_ForWhom]


def news(running: Iterable[Running], released: Iterable[Candidate], fetched: frozenset[int]) -> News:
    """:param fetched: releases that the account has downloaded already, which are no news."""
    installed: dict[int, list[Running]] = {}
    for one in running:
        if one.version is not None:
            installed.setdefault(one.product_id, []).append(one)
    newer: list[_ForWhom] = []
    missing: list[_ForWhom] = []
    regulatory: list[_ForWhom] = []
    for release in sorted(released, key=lambda one: (one.released_on, one.id), reverse=True):
        if release.id in fetched:
            continue
        whose = [one.id for one in installed.get(release.product_id, ()) if concerns(release, one)]
        if whose:
            group = newer if release.kind == Kind.UPDATE else missing
            (regulatory if release.kind == Kind.REGULATORY else group).append((release, whose))
    return News(newer, missing, regulatory)


def concerns(release: Candidate, installation: Running) -> bool:
    """An update is for what runs an older version; anything else for the versions that it fits on."""
    if release.product_id != installation.product_id or installation.version is None:
        return False
    fits = release.first <= installation.version <= release.last
    if release.kind == Kind.UPDATE:
        return fits and installation.version < release.version
    return fits and (release.kind in _OF_A_VERSION or release.kind == Kind.REGULATORY)


def known_issues(running: Sequence[Running], solutions: Iterable[Known]) -> dict[int, Sequence[int]]:
    """By solution, the installations that have its problem: critical ones first, then the latest."""
    found: dict[int, list[int]] = {}
    for one in sorted(solutions, key=lambda one: (one.critical, one.published_at, one.id), reverse=True):
        if whose := [each.id for each in running if has_problem(one, each)]:
            found.setdefault(one.id, []).extend(whose)
    return {pk: sorted(whose) for pk, whose in found.items()}


def has_problem(known: Known, installation: Running) -> bool:
    """Its version is among those of the solution, and older than the first update that fixes it. A patch
    changes no version, so whoever has installed it is told all the same."""
    version = installation.version
    if known.product_id != installation.product_id or version is None:
        return False
    covered = (known.first is None or known.first <= version) and (
        known.last is None or version <= known.last
    )
    return covered and (known.fixed_at is None or version < known.fixed_at)
