"""Solutions are found by their published texts, each for the products and versions that it is about."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from knowledge.search.actions import Entry
from knowledge.search.entries import plain_text
from knowledge.search.enums import Audience
from knowledge.search.indexers import Indexer
from knowledge.search.kinds import Kind
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Revision, Solution
from knowledge.solutions.queries import ranges_of

KIND = Kind(
    code="solution",
    label=_("Solution"),
    icon="lightbulb",
    group=_("Knowledge"),
    position=10,
    suggested=True,
)


def _entries(solution: Solution) -> Iterator[Entry]:
    """By what readers read now; what is retired is found no more."""
    if solution.state != State.PUBLISHED:
        return
    reach = list(_reach(solution))
    texts = Revision.objects.filter(
        tenant_id=solution.tenant_id, solution=solution, stage=Stage.PUBLISHED
    ).order_by("language")
    for text in texts:
        said = plain_text("\n\n".join([text.symptom, text.cause, text.resolution]))
        for about in reach:
            yield Entry(
                language=text.language,
                title=text.title,
                text=said,
                url=reverse("solutions:solution", args=[solution.reference]),
                audience=Audience(solution.audience),
                dated_at=text.published_at or solution.changed_at,
                codes=[solution.reference],
                **about,
            )


def _reach(solution: Solution) -> Iterator[dict[str, Any]]:
    """One for all products of which it is about every version, and one for each other."""
    ranges = ranges_of(solution)
    limited = [one for one in ranges if one.since_version or one.until_version]
    others = [one.product_id for one in ranges if one not in limited]
    if others or not limited:
        yield {"product_ids": others}
    for one in limited:
        yield {
            "product_ids": [one.product_id],
            "since": one.since_version.position if one.since_version else None,
            "until": one.until_version.position if one.until_version else None,
        }


INDEXER = Indexer(
    kind=KIND.code,
    objects=lambda tenant: Solution.objects.filter(tenant_id=tenant.pk),
    entries=_entries,
)


def let_find(solution: Solution, _published: Revision | None) -> None:
    INDEXER.let_find(solution)
