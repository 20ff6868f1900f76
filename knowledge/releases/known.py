"""Known issues of what an account runs: solutions whose problem its installations have, and what fixes
them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.releases.enums import Kind, State
from knowledge.releases.models import Release, ReleaseFix
from knowledge.releases.news import Known, Running, concerns, known_issues
from knowledge.releases.queries import Names, candidate_of
from knowledge.solutions.enums import State as SolutionState
from knowledge.solutions.models import Solution, SolutionProduct
from knowledge.solutions.queries import titles_of
from plans.queries import Title
from portal.identity.models import Membership

_MOST = 1000
"""Solutions that are looked at: the critical ones, then the latest."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A solution, the installations that have its problem, and the numbers of releases that fix it there."""

    reference: str
    title: Title
    critical: bool
    installations: Sequence[str]
    fixed_in: Sequence[int]


@dataclass(frozen=True, slots=True)
class Issues:
    """``more``: there are more than are given."""

    rows: Sequence[Issue]
    more: bool

    def __bool__(self) -> bool:
        return bool(self.rows)


NONE_KNOWN = Issues((), more=False)


def issues_of(
    person: Membership,
    running: Sequence[Running],
    called: Mapping[int, str],
    names: Names,
    language: str,
    *,
    most: int,
) -> Issues:
    """Of these installations. Three statements; one where no solution is about what they run."""
    ranges = _ranges(person, {one.product_id for one in running})
    solutions = {one.solution_id: one.solution for one in ranges}
    fixes = _fixes(person, solutions)
    found = known_issues(running, _known(ranges, fixes, names))
    shown = dict(list(found.items())[:most])
    titles = titles_of(person.tenant_id, shown, own=person.tenant.language, language=language)
    by_id = {one.id: one for one in running}
    rows = [
        Issue(
            solutions[pk].reference,
            titles[pk],
            solutions[pk].critical,
            [called[each] for each in whose],
            _helpful(fixes.get(pk, ()), [by_id[each] for each in whose], names),
        )
        for pk, whose in shown.items()
    ]
    return Issues(rows, more=len(found) > len(shown))


def _ranges(person: Membership, products: Collection[int]) -> list[SolutionProduct]:
    """Of the published solutions that the person may read, those that are about the products."""
    readable = Solution.objects.visible_to(person).filter(state=SolutionState.PUBLISHED)
    rows = SolutionProduct.objects.filter(
        tenant_id=person.tenant_id, product_id__in=products, solution__in=readable
    )
    latest = rows.order_by("-solution__critical", "-solution__published_at", "-pk")
    return list(latest.select_related("solution")[:_MOST])


def _fixes(person: Membership, solutions: Collection[int]) -> Mapping[int, Sequence[Release]]:
    """What was published to fix each. What was withdrawn since has fixed it where it was installed."""
    rows = ReleaseFix.objects.filter(tenant_id=person.tenant_id, solution_id__in=solutions)
    found: dict[int, list[Release]] = {}
    given_out = rows.exclude(release__state=State.DRAFT).select_related("release")
    for fix in given_out.order_by("release__number"):
        found.setdefault(fix.solution_id, []).append(fix.release)
    return found


def _known(
    ranges: Iterable[SolutionProduct], fixes: Mapping[int, Sequence[Release]], names: Names
) -> Iterable[Known]:
    for one in ranges:
        updates = [
            names.places[release.version_id]
            for release in fixes.get(one.solution_id, ())
            if release.kind == Kind.UPDATE and release.product_id == one.product_id
        ]
        yield Known(
            id=one.solution_id,
            product_id=one.product_id,
            first=names.places.get(one.since_version_id or 0),
            last=names.places.get(one.until_version_id or 0),
            fixed_at=min(updates, default=None),
            critical=one.solution.critical,
            published_at=one.solution.published_at or one.solution.changed_at,
        )


def _helpful(releases: Iterable[Release], whose: Sequence[Running], names: Names) -> list[int]:
    """The numbers of those that can be downloaded and fit one of the installations."""
    return [
        release.number
        for release in releases
        if release.state == State.PUBLISHED
        and any(concerns(candidate_of(release, names), one) for one in whose)
    ]
