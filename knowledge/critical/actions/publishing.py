"""A critical solution is told to customers: one row, which workers fan out."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.critical import rules
from knowledge.critical.enums import NoticeKind, NoticeState
from knowledge.critical.gathering import scopes_of
from knowledge.critical.models import Notice
from knowledge.critical.queries import notices_of, published_text, titles_of
from knowledge.solutions.models import Revision, Solution
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import record
from portal.core.waking import wake_after_commit
from portal.identity.models import Membership

TELL = "knowledge.critical.tasks.tell_due"


@transaction.atomic
def tell_customers(
    *,
    person: Membership,
    solution: Solution,
    seen: int,
    correction: bool = False,
    remind_after_hours: int | None = None,
    at: datetime | None = None,
) -> Notice:
    """Tell whoever is registered and covered of the published text; the same text once, however often.

    :param seen: the text that the person decided on, by the id of its revision.
    :param correction: customers were told of an earlier text, and are told once more.
    :raises Conflict: another text was published meanwhile, or customers are just being told of one.
    :raises Refused: customers don't find the solution, it names no product, or it is no correction yet.
    """
    if not rules.tells_customers(person):
        raise NotAllowed(_("Team leads and administrators tell customers. Ask one of them."))
    solution = Solution.objects.select_for_update(no_key=True).get(tenant_id=person.tenant_id, pk=solution.pk)
    before = notices_of(solution)
    told = next((one for one in before if one.revision_id == seen), None)
    if told is not None:
        return told
    revision = _checked_text(solution, seen)
    _check_kind(solution, before, correction)
    if remind_after_hours is not None and remind_after_hours < 1:
        raise Refused(_("A reminder comes after an hour at least."), field="remind_after_hours")
    scopes = scopes_of(person.tenant, solution)
    if not scopes:
        raise Refused(_("Name the products that the solution is for first: they say who is told."))
    at = at or timezone.now()
    Notice.objects.filter(pk__in=[one.pk for one in before], corrected_at=None).update(corrected_at=at)
    notice = Notice.objects.create(
        tenant_id=person.tenant_id,
        solution=solution,
        revision=revision,
        reference=solution.reference,
        kind=NoticeKind.CORRECTION if before else NoticeKind.FIRST,
        language=solution.language,
        titles=titles_of(solution),
        scope=[scope.as_json() for scope in scopes],
        products=[scope.product_id for scope in scopes],
        published_by=person,
        published_at=at,
        remind_after_hours=remind_after_hours,
    )
    record(notice, "told", person, internal=True, at=at, reference=notice.reference, kind=notice.kind)
    wake_after_commit(TELL)
    return notice


def _checked_text(solution: Solution, seen: int) -> Revision:
    if not rules.can_be_told(solution):
        raise Refused(
            _("Publish it as critical and for customers first: they have to find what they are told of.")
        )
    published = published_text(solution)
    if published is None or published.pk != seen:
        raise Conflict(
            _("Another text was published meanwhile. Look at who would be told of it, then decide again."),
            code="stale",
        )
    return published


def _check_kind(solution: Solution, before: list[Notice], correction: bool) -> None:
    if any(one.state == NoticeState.TELLING for one in before):
        raise Conflict(
            _("Customers are just being told of %(reference)s. Wait until all are.") % _named(solution)
        )
    if before and not correction:
        raise Refused(
            _("Customers were told of %(reference)s before. Say that this is a correction.")
            % _named(solution),
            field="correction",
        )
    if correction and not before:
        raise Refused(
            _("Nobody was told of %(reference)s yet, so there is nothing to correct.") % _named(solution),
            field="correction",
        )


def _named(solution: Solution) -> dict[str, str]:
    return {"reference": solution.reference}
