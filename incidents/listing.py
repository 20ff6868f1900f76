"""Lists of incidents, latest activity first: which ones, and their rows as values for the page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.enums import STATE_TONE, UNSOLVED, State
from incidents.models import Incident
from incidents.timeleft import LiveColumns, Teller, TimeLeft
from portal.core.keyset import Keyset, Page
from portal.core.ui.formatting import formats
from portal.identity.models import Membership

LATEST_FIRST = Keyset(("last_activity_at", "id"), descending=True)
SIZE = 50
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9]{1,5}-[0-9]{0,9}")
_COLUMNS = (
    "id", "last_activity_at", "reference", "title", "severity", "state", "coverage_check", "due_at",
    "account__name", "product__name", "reported_by__user__name", "assignee__user__name",
    "due_clock__kind", "due_clock__state", "due_clock__minutes", "due_clock__calendar_id",
    "due_clock__time_zone", "due_clock__holiday_region", "due_clock__event_days", "due_clock__paused_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """``only_open`` leaves out what is solved; ``only_mine`` what others have reported, or work on."""

    only_open: bool = True
    only_mine: bool = False
    account_key: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    reference: str
    title: str
    severity: int
    state: str
    tone: str
    account: str
    product: str
    reported_by: str
    assignee: str
    clock: TimeLeft | None
    activity: SafeString
    waiting: bool


def incidents_for(person: Membership, filters: Filters) -> QuerySet[Incident]:
    """The incidents that the person may see and asks for; a search looks at solved ones as well."""
    found = Incident.objects.visible_to(person)
    if filters.only_mine:
        found = found.filter(reported_by=person) if person.is_contact else found.filter(assignee=person)
    if filters.account_key and person.is_staff_member:
        found = found.filter(account__key=filters.account_key.upper())
    words = filters.words.strip()
    if words:
        return found.filter(**_search(words))
    return found.filter(state__in=UNSOLVED) if filters.only_open else found


def _search(words: str) -> dict[str, Any]:
    """By reference, a whole one or its beginning; else by words of the title, each at least begun."""
    if _REFERENCE.fullmatch(words):
        start = words.upper()
        return {"reference__gte": start, "reference__lt": f"{start}:"}  # ":" comes after "9"
    return {"pk__in": RawSQL("SELECT incidents_titled(%s)", [words])}


def page_of(person: Membership, filters: Filters, cursor: str, *, size: int = SIZE) -> Page[Row]:
    """One statement. Raises Refused for a cursor that isn't ours."""
    page = LATEST_FIRST.page(incidents_for(person, filters).values(*_COLUMNS), cursor, size)
    return Page(list(_rows(person, page.rows)), page.next)


def _clock_of(person: Membership, row: Mapping[str, Any]) -> LiveColumns:
    columns = {name: row[f"due_clock__{name}"] for name in LiveColumns._fields[2:]}
    return LiveColumns(person.tenant_id, row["due_at"], **columns)


def _rows(person: Membership, found: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    form, now = formats(), timezone.now()
    teller = Teller(now, form)
    for row in found:
        state = State(row["state"])
        clock = None
        if state in UNSOLVED and row["due_at"] is not None:
            clock = teller.tell(_clock_of(person, row))
        elif row["coverage_check"] and state in UNSOLVED:
            clock = TimeLeft("none", 0, _("Coverage check"))
        yield Row(
            reference=row["reference"],
            title=row["title"],
            severity=row["severity"],
            state=str(state.label),
            tone=STATE_TONE[state],
            account=row["account__name"],
            product=row["product__name"],
            reported_by=row["reported_by__user__name"],
            assignee=row["assignee__user__name"] or "",
            clock=clock,
            activity=form.element(row["last_activity_at"], now),
            waiting=state == State.WAITING,
        )
