"""Who is told of what happens to a solution, in the transaction in which it happens."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from knowledge.solutions import rules
from knowledge.solutions.enums import State
from knowledge.solutions.models import Flag, Revision, Solution
from knowledge.solutions.queries import published_titles
from notifications.actions import notify
from portal.identity.models import Membership

ASKED = "solutions.review_asked"
PUBLISHED = "solutions.published"
SENT_BACK = "solutions.sent_back"
FLAGGED = "solutions.flagged"
DUE = "solutions.due"
COLLEAGUES = 20
"""So many are asked to read a text that nobody who decides on solutions can read."""


def tell_asked(solution: Solution, text: Revision, *, by: Membership, at: datetime | None) -> None:
    """Those who may be the second person."""
    page = reverse("solutions:text", args=[solution.reference, text.language, text.number])
    _tell(ASKED, solution, text, _second_people(text, by), page, by=by, at=at)


def tell_published(solution: Solution, text: Revision, *, by: Membership, at: datetime | None) -> None:
    """Its writers."""
    page = f"{page_of(solution)}?language={text.language}"
    _tell(PUBLISHED, solution, text, _writers(text), page, by=by, at=at)


def tell_sent_back(
    solution: Solution, text: Revision, *, by: Membership, reason: str, at: datetime | None
) -> None:
    """Its writers; it is theirs again."""
    page = reverse("solutions:text", args=[solution.reference, text.language, text.number])
    _tell(SENT_BACK, solution, text, _writers(text), page, by=by, at=at, words=reason)


def tell_flagged(flag: Flag, *, by: Membership, at: datetime | None) -> None:
    """Whoever keeps the solution, while readers go by it."""
    solution = flag.solution
    if solution.state != State.PUBLISHED:
        return
    notify(
        tenant=by.tenant,
        kind=FLAGGED,
        key=str(flag.pk),
        recipients=_keepers(solution),
        url=page_of(solution),
        data={
            "flag": flag.pk,
            "reference": solution.reference,
            "titles": published_titles(solution.tenant_id, [solution.pk])[solution.pk],
            "language": by.tenant.language,
            "by": by.name,
            "words": flag.text,
        },
        actor=by,
        at=at,
    )


def page_of(solution: Solution) -> str:
    return reverse("solutions:solution", args=[solution.reference])


def deciding(tenant_id: int) -> list[Membership]:
    """Who decides on solutions: what is nobody's own is theirs."""
    return list(_staff(tenant_id).filter(role__in=rules.DECIDING).order_by("pk"))


def _tell(
    kind: str,
    solution: Solution,
    text: Revision,
    people: Iterable[Membership],
    page: str,
    *,
    by: Membership,
    at: datetime | None,
    **more: Any,
) -> None:
    """Of a text; the solution's revision names the step, which can be taken again."""
    notify(
        tenant=by.tenant,
        kind=kind,
        key=f"{solution.pk}.{solution.revision}",
        recipients=people,
        url=page,
        data={
            "text": text.pk,
            "saves": text.saves,
            "reference": solution.reference,
            "title": text.title,
            "language": text.language,
            "by": by.name,
            **more,
        },
        actor=by,
        at=at,
    )


def _second_people(text: Revision, by: Membership) -> Sequence[Membership]:
    """Leads and administrators who did not write on it; where there are none, some colleagues who didn't."""
    others = _staff(text.tenant_id).exclude(pk__in=[*text.writers, by.pk]).order_by("pk")
    leads = others.filter(role__in=rules.DECIDING)
    found = list(leads) or list(others[:COLLEAGUES])
    return [person for person in found if rules.may_publish(person, text)]


def _writers(text: Revision) -> Sequence[Membership]:
    return list(_staff(text.tenant_id).filter(pk__in=text.writers).order_by("pk"))


def _keepers(solution: Solution) -> Sequence[Membership]:
    """The owner; of one who has left, whoever wrote last; of them too, who decides on solutions."""
    if solution.owner.removed_at is None:
        return [solution.owner]
    texts = Revision.objects.filter(
        tenant_id=solution.tenant_id, solution=solution, author__removed_at=None
    ).select_related("author")
    last = texts.order_by("-saved_at", "-pk").first()
    return [last.author] if last is not None else deciding(solution.tenant_id)


def _staff(tenant_id: int) -> QuerySet[Membership]:
    return Membership.objects.staff().filter(tenant_id=tenant_id)
