"""Reading solutions: lists by key, the texts of one, and what was said of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.solutions.enums import CURRENT, OPEN, Stage, State
from knowledge.solutions.models import (
    Flag,
    Revision,
    Solution,
    SolutionProduct,
    SolutionQuerySet,
    Verdict,
)
from plans.queries import Title, nearest
from portal.core.history import history_of
from portal.core.keyset import Keyset, Page
from portal.core.models import HistoryEntry
from portal.identity.models import Membership

KeyT = TypeVar("KeyT")

PAGE_SIZE = 50
LATEST_SAID = 20
PICKED_FROM = 50
WAITING_SHOWN = 5
HISTORY_SIZE = 40
HISTORY_BESIDE = 8
PUBLISHED_ORDER = Keyset(("published_at", "id"), descending=True)

LATEST_FIRST = Keyset(("id",), descending=True)


class Show(models.TextChoices):
    """What staff look for."""

    ALL = "all", _("All")
    REVIEWS = "review", _("Waiting for review")
    DRAFTS = "drafts", _("Drafts")
    PUBLISHED = "published", _("Published")
    DUE = "due", _("Due for review")
    FLAGGED = "flagged", _("Flagged")
    STALE = "stale", _("Stale translations")
    RETIRED = "retired", _("Retired")


class Sort(models.TextChoices):
    LATEST = "latest", _("Latest change")
    LINKS = "links", _("Most incidents solved")
    HELPED = "helped", _("Most helpful")


_ORDERS = {
    Sort.LATEST: Keyset(("changed_at", "id"), descending=True),
    Sort.LINKS: Keyset(("links", "id"), descending=True),
    Sort.HELPED: Keyset(("helped", "id"), descending=True),
}
_SHOWN = {
    Show.ALL: Q(),
    Show.REVIEWS: Q(reviews__gt=0),
    Show.DRAFTS: Q(drafts__gt=0),
    Show.PUBLISHED: Q(state=State.PUBLISHED),
    Show.FLAGGED: Q(flags_open__gt=0),
    Show.STALE: Q(stale__gt=0),
    Show.RETIRED: Q(state=State.RETIRED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Narrows a list; what is empty leaves a part open."""

    products: frozenset[int] = frozenset()
    language: str = ""

    @property
    def in_use(self) -> bool:
        return bool(self.products or self.language)


def staff_page(
    person: Membership, *, show: Show, sort: Sort, filters: Filters, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Solution]:
    """One statement. Raises Refused for a cursor that isn't ours."""
    found = Solution.objects.visible_to(person).filter(due() if show == Show.DUE else _SHOWN[show])
    return _ORDERS[sort].page(_narrowed(found, person.tenant_id, filters, CURRENT), cursor, size)


def due() -> Q:
    """Published, and past the day by which somebody should look at it again."""
    return Q(state=State.PUBLISHED, review_by__lte=timezone.localdate())


def is_due(solution: Solution) -> bool:
    """As :func:`due`, of one."""
    review_by = solution.review_by
    return solution.state == State.PUBLISHED and review_by is not None and review_by <= timezone.localdate()


def published_page(
    person: Membership, filters: Filters, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Solution]:
    """What the person may read of what is published, the latest first."""
    found = Solution.objects.visible_to(person).filter(state=State.PUBLISHED)
    narrowed = _narrowed(found, person.tenant_id, filters, (Stage.PUBLISHED,))
    return PUBLISHED_ORDER.page(narrowed, cursor, size)


def with_reference(person: Membership, reference: str) -> Solution | None:
    """What staff name by its number."""
    return Solution.objects.visible_to(person).filter(reference=reference).first()


def with_references(person: Membership, references: Collection[str]) -> dict[str, Solution]:
    """As :func:`with_reference`, of several; those that there are, by their number."""
    found = Solution.objects.visible_to(person).filter(reference__in=references)
    return {one.reference: one for one in found}


def published_for(person: Membership, product_id: int) -> list[Solution]:
    """The published solutions of a product that solved most, for who picks one."""
    found = Solution.objects.visible_to(person).filter(state=State.PUBLISHED)
    narrowed = _narrowed(found, person.tenant_id, Filters(products=frozenset({product_id})), ())
    return list(narrowed.order_by("-links", "-id")[:PICKED_FROM])


def _narrowed(
    found: SolutionQuerySet, tenant_id: int, filters: Filters, stages: Collection[Stage]
) -> SolutionQuerySet:
    if filters.products:
        ranges = SolutionProduct.objects.filter(tenant_id=tenant_id, product_id__in=filters.products)
        found = found.filter(pk__in=ranges.values("solution_id"))
    if filters.language:
        texts = Revision.objects.filter(
            tenant_id=tenant_id, language=filters.language, stage__in=list(stages)
        )
        found = found.filter(pk__in=texts.values("solution_id"))
    return found


def titles_of(
    tenant_id: int, solution_ids: Collection[int], *, own: str, language: str
) -> Mapping[int, Title]:
    """By solution; of one without a published text, of its draft.

    :param own: the tenant's language, for what isn't written in the reader's.
    """
    rows = Revision.objects.filter(tenant_id=tenant_id, solution_id__in=solution_ids, stage__in=CURRENT)
    texts = rows.values_list("solution_id", "stage", "language", "title")
    return titles_from(texts, own=own, language=language)


def titles_from(
    texts: Iterable[tuple[KeyT, str, str, str]], *, own: str, language: str
) -> Mapping[KeyT, Title]:
    """As :func:`titles_of`, from rows of a key, the stage, the language and the title of a text."""
    found: dict[KeyT, dict[bool, dict[str, Title]]] = {}
    for key, stage, code, title in texts:
        found.setdefault(key, {}).setdefault(stage == Stage.PUBLISHED, {})[code] = Title(code, title)
    return {key: nearest(kinds.get(True) or kinds[False], own, language) for key, kinds in found.items()}


def published_titles(tenant_id: int, solution_ids: Collection[int]) -> Mapping[int, dict[str, str]]:
    """What readers call each solution, by language, for who is told of it now and reads it later."""
    found: dict[int, dict[str, str]] = {}
    texts = Revision.objects.filter(
        tenant_id=tenant_id, solution_id__in=solution_ids, stage=Stage.PUBLISHED
    ).order_by("id")
    for solution_id, language, title in texts.values_list("solution_id", "language", "title"):
        found.setdefault(solution_id, {})[language] = title
    return found


def products_for(tenant_id: int, solution_ids: Collection[int]) -> Mapping[int, list[SolutionProduct]]:
    """The products of each solution, with their ranges of versions."""
    found: dict[int, list[SolutionProduct]] = {}
    ranges = SolutionProduct.objects.filter(tenant_id=tenant_id, solution_id__in=solution_ids)
    for one in ranges.select_related("since_version", "until_version").order_by("id"):
        found.setdefault(one.solution_id, []).append(one)
    return found


def ranges_of(solution: Solution) -> list[SolutionProduct]:
    """As :func:`products_for`, of one."""
    return products_for(solution.tenant_id, [solution.pk]).get(solution.pk, [])


def published_texts(solution: Solution) -> Mapping[str, Revision]:
    """By language."""
    return _by_language(_texts(solution).filter(stage=Stage.PUBLISHED))


def open_texts(solution: Solution) -> Mapping[str, Revision]:
    """What is written on, by language."""
    return _by_language(_texts(solution).filter(stage__in=OPEN).select_related("author__user"))


def text_history(solution: Solution, language: str) -> Sequence[Revision]:
    """Every text in a language, without its words, the latest first."""
    texts = _texts(solution).filter(language=language).select_related("author__user", "reviewer__user")
    return list(texts.defer("symptom", "cause", "resolution").order_by("-number"))


def changes_of(solution: Solution, cursor: str = "", size: int = HISTORY_SIZE) -> Page[HistoryEntry]:
    """What was done with it, the latest first, for staff. One statement.

    :raises BadCursor: the cursor isn't one of ours.
    """
    return LATEST_FIRST.page(history_of(solution), cursor, size)


def sent_back(text: Revision) -> HistoryEntry | None:
    """Who sent a draft back, and why, until it waits for a review again."""
    if text.stage != Stage.DRAFT:
        return None
    steps = history_of(text.solution).filter(
        verb__in=["sent_back", "review_asked", "published"], data__language=text.language
    )
    last = steps.order_by("-id").first()
    return last if last is not None and last.verb == "sent_back" else None


def to_read(person: Membership) -> Sequence[Revision]:
    """The texts that wait for a second person, who the person can be; the longest waiting first."""
    texts = Revision.objects.filter(tenant_id=person.tenant_id, stage=Stage.REVIEW)
    texts = texts.exclude(writers__contains=[person.pk]).exclude(solution__state=State.RETIRED)
    return list(
        texts.select_related("solution", "author__user")
        .defer("symptom", "cause", "resolution")
        .order_by("saved_at", "id")[:WAITING_SHOWN]
    )


def possible_owners(solution: Solution) -> Sequence[Membership]:
    """The staff, and whoever owns it now, by name."""
    people = Membership.objects.filter(tenant_id=solution.tenant_id, account=None)
    people = people.filter(Q(removed_at=None) | Q(pk=solution.owner_id))
    return list(people.select_related("user").order_by("user__name", "id"))


def is_stale(solution: Solution, text: Revision, published: Mapping[str, Revision]) -> bool:
    """Whether a newer text than the one it translates is published."""
    source = published.get(solution.language)
    return source is not None and text.source_id is not None and text.source_id != source.pk


def own_verdict(person: Membership, text: Revision) -> Verdict | None:
    return Verdict.objects.filter(tenant_id=person.tenant_id, revision=text, person=person).first()


def why_not(solution: Solution) -> Sequence[Verdict]:
    """The latest of who wasn't helped."""
    said = Verdict.objects.filter(tenant_id=solution.tenant_id, solution=solution, helped=False)
    return list(
        said.select_related("person__user", "account", "revision").order_by("-at", "-id")[:LATEST_SAID]
    )


def flags_of(solution: Solution) -> Sequence[Flag]:
    """The open ones first, then those that were resolved last."""
    flags = Flag.objects.filter(tenant_id=solution.tenant_id, solution=solution)
    return list(
        flags.select_related("raised_by__user", "resolved_by__user").order_by("-resolved_at", "-id")[
            :LATEST_SAID
        ]
    )


def _texts(solution: Solution) -> models.QuerySet[Revision]:
    return Revision.objects.filter(tenant_id=solution.tenant_id, solution=solution)


def _by_language(texts: Iterable[Revision]) -> Mapping[str, Revision]:
    return {text.language: text for text in texts}
