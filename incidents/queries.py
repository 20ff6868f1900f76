"""Reading the queue: a page of rows and capped counts, one statement each, however long it is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.enums import UNSOLVED, State
from incidents.models import Incident, IncidentQuerySet
from portal.core.keyset import Keyset, Page
from portal.core.prepared import Prepared, PreparedCounts
from portal.identity.models import Membership

QUEUE_ORDER = Keyset(("severity", "plan_order", "queue_due_at", "created_at", "id"))
PAGE_SIZE = 50
COUNT_CAP = 99
"""Counts stop here: a queue of 100,000 costs no more to head than one of 100."""


class QueueView(models.TextChoices):
    """The tabs of the queue."""

    TO_DO = "to-do", _("To do")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    WAITING = "waiting", _("Waiting for customer")
    COVERAGE_CHECK = "coverage-check", _("Coverage check")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Narrows a view; None and empty leave a part open. ``reference`` is a whole one or its beginning."""

    severity: int | None = None
    product_id: int | None = None
    team_id: int | None = None
    account_id: int | None = None
    language: str = ""
    reference: str = ""

    @property
    def in_use(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


class QueueRow(NamedTuple):
    """What a row of the queue is drawn from; the names of the columns that it reads."""

    id: int
    reference: str
    title: str
    severity: int
    plan_order: int
    state: str
    created_at: datetime
    last_activity_at: datetime
    due_at: datetime | None
    queue_due_at: datetime
    waiting_since: datetime | None
    product_id: int
    clock_kind: str | None
    clock_state: str | None
    clock_minutes: int | None
    clock_calendar_id: int | None
    clock_time_zone: str | None
    clock_holiday_region: str | None
    clock_event_days: list[date] | None
    clock_paused_at: datetime | None
    account_name: str
    plan_name: str | None
    assignee_id: int | None
    assignee_name: str | None


_COMPARED = ("product_id", "team_id", "account_id", "language")
_ELSEWHERE = {
    "account_name": "account__name",
    "plan_name": "plan__name",
    "assignee_name": "assignee__user__name",
}
_COLUMNS = tuple(
    _ELSEWHERE.get(name) or name.replace("clock_", "due_clock__", 1) for name in QueueRow._fields
)


def in_view(person: Membership, view: QueueView) -> IncidentQuerySet:
    """The incidents of one tab, for staff."""
    incidents = Incident.objects.visible_to(person)
    if view == QueueView.COVERAGE_CHECK:
        return incidents.filter(coverage_check=True, state__in=UNSOLVED)
    if view == QueueView.WAITING:
        return incidents.filter(coverage_check=False, state=State.WAITING)
    incidents = incidents.to_do()
    if view == QueueView.MINE:
        return incidents.filter(assignee_id=person.pk)
    return incidents.filter(assignee=None) if view == QueueView.UNASSIGNED else incidents


def queue_page(
    person: Membership, *, view: QueueView, narrowed: QueueFilter, cursor: str = "", size: int = PAGE_SIZE
) -> Page[QueueRow]:
    """A page of the queue in its promised order. One statement.

    :raises Refused: the cursor can't be used.
    """
    given = {name: value for name in _COMPARED if (value := getattr(narrowed, name))}
    if not cursor and not narrowed.reference:
        read = _first_page(view, narrowed.severity, tuple(given), size)
        rows = [QueueRow._make(row) for row in read(tenant=person.tenant_id, person=person.pk, **given)]
        return QUEUE_ORDER.page_of(rows, size)
    incidents = _narrowed(in_view(person, view), narrowed.severity, given)
    if narrowed.reference:
        incidents = incidents.filter(
            reference__gte=narrowed.reference, reference__lt=narrowed.reference + "\U0010ffff"
        )
    return QUEUE_ORDER.page(incidents, cursor, size, columns=_COLUMNS, row=QueueRow._make)


@cache
def _first_page(view: QueueView, severity: int | None, compared: tuple[str, ...], size: int) -> Prepared:
    """One for each way to look at the queue; all other pages are asked for now and then."""

    def read(tenant: int, person: int, **given: Any) -> QuerySet[Any, Any]:
        incidents = _narrowed(in_view(_staff(tenant, person), view), severity, given)
        return incidents.in_queue_order().values_list(*_COLUMNS)[: size + 1]

    return Prepared(read, names=("tenant", "person", *compared))


def _narrowed(
    incidents: IncidentQuerySet, severity: int | None, given: Mapping[str, Any]
) -> IncidentQuerySet:
    return incidents.filter(**given, **({"severity": severity} if severity else {}))


def queue_counts(person: Membership) -> Mapping[QueueView, int]:
    """How many incidents each tab has, counted up to one more than :data:`COUNT_CAP`. One statement."""
    counts = _COUNTS(tenant=person.tenant_id, person=person.pk)
    return dict(zip(QueueView, counts, strict=True))


def _counted(view: QueueView) -> Prepared:
    def read(tenant: int, person: int) -> QuerySet[Any, Any]:
        incidents = in_view(_staff(tenant, person), view)
        return incidents.order_by().values_list("pk")[: COUNT_CAP + 1]

    return Prepared(read)


def _staff(tenant: int, person: int) -> Membership:
    """Who reads a queue, so that the rule of sight itself stays in ``visible_to``."""
    return Membership(pk=person, tenant_id=tenant, account_id=None)


_COUNTS = PreparedCounts([_counted(view) for view in QueueView])
