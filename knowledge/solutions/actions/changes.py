"""What every change of a solution shares: the right, the lock, the check for a stale form, the save."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.solutions.enums import OPEN, Stage, State
from knowledge.solutions.models import Revision, Solution
from portal.core.errors import NotAllowed, Refused, check_revision
from portal.core.history import record
from portal.identity.models import Membership

CHANGING = (
    "audience", "state", "critical", "owner", "review_by", "changed_at", "published_at", "revision",
    "flags_open", "drafts", "reviews", "stale",
)  # fmt: skip


def require(rule: Callable[[Membership], bool], person: Membership) -> None:
    """Raises NotAllowed unless the rule lets the person do this."""
    if not rule(person):
        raise NotAllowed(_("You can’t change this. Ask a team lead."))


def locked(solution: Solution, *, revision: int | None = None) -> Solution:
    """The row as it is now, held until the transaction ends: one change at a time, to any of its texts.

    :param revision: the one that the person's form was made from.
    :raises Conflict: (code ``stale``) the solution has changed since then.
    """
    row = Solution.objects.select_for_update(no_key=True).get(tenant_id=solution.tenant_id, pk=solution.pk)
    check_revision(row, revision)
    return row


def check_in_use(solution: Solution) -> None:
    if solution.state == State.RETIRED:
        raise Refused(
            _("%(reference)s is retired. A team lead can restore it.") % {"reference": solution.reference}
        )


def open_revision(solution: Solution, language: str) -> Revision | None:
    """The text that is written on in this language, as it is now; to be called with the lock."""
    return Revision.objects.filter(
        tenant_id=solution.tenant_id, solution=solution, language=language, stage__in=OPEN
    ).first()


def published_revision(solution: Solution, language: str) -> Revision | None:
    return Revision.objects.filter(
        tenant_id=solution.tenant_id, solution=solution, language=language, stage=Stage.PUBLISHED
    ).first()


def saved(solution: Solution, *, at: datetime | None = None) -> Solution:
    """Write what actions may change, count the revision up, and count the texts by how they stand."""
    texts = Revision.objects.filter(tenant_id=solution.tenant_id, solution=solution).aggregate(
        drafts=Count("pk", filter=Q(stage=Stage.DRAFT)),
        reviews=Count("pk", filter=Q(stage=Stage.REVIEW)),
        stale=Count("pk", filter=Q(stage=Stage.PUBLISHED, source__stage=Stage.SUPERSEDED)),
    )
    for name, count in texts.items():
        setattr(solution, name, count)
    solution.changed_at = at or timezone.now()
    solution.revision += 1
    solution.save(update_fields=CHANGING)
    return solution


def told(
    solution: Solution, verb: str, person: Membership, *, at: datetime | None = None, **data: object
) -> None:
    """In the history of the solution; for staff, as the solution itself may be."""
    record(solution, verb, person, internal=True, at=at, reference=solution.reference, **data)
