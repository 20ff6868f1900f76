"""What a solution is besides its words: for whom, for which products, until when, and whether at all."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.search.enums import Audience
from knowledge.solutions import rules
from knowledge.solutions.actions.changes import locked, published_revision, require, saved, told
from knowledge.solutions.actions.writing import Range, put_ranges
from knowledge.solutions.enums import State
from knowledge.solutions.models import Solution, SolutionProduct
from knowledge.solutions.registry import published
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.models import Membership

GOOD_FOR = timedelta(days=180)
"""So long a solution stands until somebody looks at it again, unless they say otherwise."""


@transaction.atomic
def change_solution(
    *,
    person: Membership,
    solution: Solution,
    audience: Audience,
    review_by: date | None,
    ranges: Sequence[Range],
    revision: int | None,
    owner: Membership | None = None,
    at: datetime | None = None,
) -> Solution:
    """Its readers, its products, and when and by whom it is looked at again.

    :param owner: another one than it has.

    :raises NotAllowed: it is published, and only a lead or an administrator may give it to more readers.
    :raises Refused: a range of versions that holds none, or an owner who has left.
    :raises Conflict: it has changed since the person's form was made.
    """
    require(rules.writes_solutions, person)
    solution = locked(solution, revision=revision)
    if not rules.may_open_to(person, solution, audience):
        raise NotAllowed(_("It is published. A team lead can give it to more readers."))
    if owner is not None and owner.pk != solution.owner_id:
        _check_owner(solution, owner)
    was, range_before = _facts(solution), _ranges_of(solution)
    solution.audience, solution.review_by = audience, review_by
    solution.owner = owner or solution.owner
    put_ranges(person.tenant, solution, ranges)
    now = _facts(solution)
    if was == now and range_before == _ranges_of(solution):
        return solution
    saved(solution, at=at)
    told(solution, "changed", person, at=at, was=was, now=now)
    _tell_if_read(solution)
    return solution


@transaction.atomic
def look_again(*, person: Membership, solution: Solution, at: datetime | None = None) -> Solution:
    """Somebody has looked at it, and it is still right: from now on it stands for the usual time."""
    require(rules.writes_solutions, person)
    solution, at = locked(solution), at or timezone.now()
    solution.review_by = timezone.localdate(at) + GOOD_FOR
    saved(solution, at=at)
    told(solution, "looked_at", person, at=at, until=solution.review_by.isoformat())
    return solution


@transaction.atomic
def retire(*, person: Membership, solution: Solution, reason: str, at: datetime | None = None) -> Solution:
    """Nobody but staff reads it from now on. Its texts are kept."""
    require(rules.decides_on_solutions, person)
    solution = locked(solution)
    if not rules.may_retire(person, solution):
        raise Conflict(_("%(reference)s is retired already.") % {"reference": solution.reference})
    was = solution.state
    solution.state = State.RETIRED
    saved(solution, at=at)
    told(solution, "retired", person, at=at, reason=reason)
    if was == State.PUBLISHED:
        published.tell(solution, None)
    return solution


@transaction.atomic
def restore(*, person: Membership, solution: Solution, at: datetime | None = None) -> Solution:
    """To where it was: published, or a draft that never was."""
    require(rules.decides_on_solutions, person)
    solution = locked(solution)
    if not rules.may_restore(person, solution):
        raise Conflict(_("%(reference)s is not retired.") % {"reference": solution.reference})
    was_published = published_revision(solution, solution.language) is not None
    solution.state = State.PUBLISHED if was_published else State.DRAFT
    saved(solution, at=at)
    told(solution, "restored", person, at=at)
    _tell_if_read(solution)
    return solution


@transaction.atomic
def count_link(*, solution: Solution, by: int) -> None:
    """An incident more (1) or less (-1) that it is linked to; the incidents keep the links themselves."""
    Solution.objects.filter(tenant_id=solution.tenant_id, pk=solution.pk).update(links=F("links") + by)


def _check_owner(solution: Solution, owner: Membership) -> None:
    if (
        owner.tenant_id != solution.tenant_id
        or owner.removed_at is not None
        or not rules.writes_solutions(owner)
    ):
        raise Refused(_("Choose a colleague who works here."), field="owner")


def _tell_if_read(solution: Solution) -> None:
    if solution.state == State.PUBLISHED:
        published.tell(solution, None)


def _facts(solution: Solution) -> dict[str, Any]:
    return {
        "audience": solution.audience,
        "owner_id": solution.owner_id,
        "owner": solution.owner.name,
        "review_by": solution.review_by.isoformat() if solution.review_by else "",
    }


def _ranges_of(solution: Solution) -> list[tuple[Any, ...]]:
    ranges = SolutionProduct.objects.filter(tenant_id=solution.tenant_id, solution=solution)
    return sorted(ranges.values_list("product_id", "since_version_id", "until_version_id"), key=str)
