"""Reading the queue: a page of rows and capped counts, one statement each, however long it is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.enums import UNSOLVED, State
from incidents.models import Incident, IncidentQuerySet
from incidents.sight import Sight, kept, keys_of, sight_of
from portal.core.keyset import Keyset, Page, PreparedPages
from portal.core.prepared import Prepared
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
    if size == PAGE_SIZE and not narrowed.in_use:
        return _pages(sight_of(person), view).page(Incident, cursor, **keys_of(person))
    incidents = in_view(person, view)
    for name in ("severity", "product_id", "team_id", "account_id", "language"):
        if value := getattr(narrowed, name):
            incidents = incidents.filter(**{name: value})
    if narrowed.reference:
        incidents = incidents.filter(
            reference__gte=narrowed.reference, reference__lt=narrowed.reference + "\U0010ffff"
        )
    return QUEUE_ORDER.page(incidents, cursor, size, columns=_COLUMNS, row=QueueRow._make)


@kept
def _pages(sight: Sight, view: QueueView) -> PreparedPages:
    """Of a whole tab: what is on the screens all day."""

    def read(tenant: int, account: int, person: int) -> IncidentQuerySet:
        return in_view(sight.viewer(tenant=tenant, account=account, person=person), view)

    return PreparedPages(QUEUE_ORDER, read, columns=_COLUMNS, row=QueueRow._make, size=PAGE_SIZE)


def queue_counts(person: Membership) -> Mapping[QueueView, int]:
    """How many incidents each tab has, counted up to one more than :data:`COUNT_CAP`. One statement."""
    [row] = _counts(sight_of(person))(**keys_of(person))
    return dict(zip(QueueView, row, strict=True))


@kept
def _counts(sight: Sight) -> Prepared:
    def read(tenant: int, account: int, person: int) -> tuple[str, list[Any]]:
        viewer = sight.viewer(tenant=tenant, account=account, person=person)
        limited = [
            in_view(viewer, view).order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params()
            for view in QueueView
        ]
        # Each part is SQL that the ORM wrote, with its parameters apart.
        counts = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for sql, _params in limited)  # noqa: S608
        return f"SELECT {counts}", [param for _sql, params in limited for param in params]

    return Prepared(read)
