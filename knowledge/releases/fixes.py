"""What releases fix, as their pages and those of solutions show it."""

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language

from knowledge.releases.enums import State
from knowledge.releases.models import Release, ReleaseFix
from knowledge.releases.queries import rows_of
from knowledge.solutions.enums import State as SolutionState
from knowledge.solutions.models import Solution
from knowledge.solutions.queries import titles_of
from knowledge.solutions.registry import FixedIn
from plans.queries import Title
from portal.core.ui.formatting import formats
from portal.identity.models import Membership


class Fixed(NamedTuple):
    """A solution that a release makes needless. ``remark`` says how it stands where readers can't read it."""

    reference: str
    title: Title
    critical: bool
    remark: str


def fixed_by(person: Membership, release: Release, language: str) -> Sequence[Fixed]:
    """What the person may read of what a release fixes. Two statements."""
    fixes = ReleaseFix.objects.filter(tenant_id=person.tenant_id, release=release)
    seen = Solution.objects.visible_to(person).filter(pk__in=fixes.values("solution_id"))
    solutions = list(seen.order_by("number"))
    ids = [one.pk for one in solutions]
    titles = titles_of(person.tenant_id, ids, own=person.tenant.language, language=language)
    return [
        Fixed(
            one.reference,
            titles[one.pk],
            one.critical,
            "" if one.state == SolutionState.PUBLISHED else str(SolutionState(one.state).label),
        )
        for one in solutions
    ]


def fixed_in(person: Membership, solution: Solution) -> Sequence[FixedIn]:
    """The releases that fix a solution and can be downloaded, for its page; the latest first. Staff see
    drafts too."""
    fixes = ReleaseFix.objects.filter(tenant_id=person.tenant_id, solution=solution)
    seen = Release.objects.visible_to(person).exclude(state=State.WITHDRAWN)
    found = seen.filter(pk__in=fixes.values("release_id"))
    releases = list(found.order_by("-released_on", "-pk"))
    form = formats()
    return [
        FixedIn(
            reference=row.reference,
            title=row.title.text,
            language=row.title.language,
            about=f"{row.kind} · {row.product} {row.version} · {form.day(row.released_on)}",
            version=row.version,
            remark="" if row.state == State.PUBLISHED else row.state_words,
            url=f"{reverse('releases:release', args=[row.number])}#files",
        )
        for row in rows_of(person, releases, get_language() or "en")
    ]
