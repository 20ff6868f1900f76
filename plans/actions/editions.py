"""Drafts of the matrix and their publication."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.actions.drafts import locked_draft
from plans.editions import current_edition
from plans.enums import EditionState
from plans.memory import forget
from plans.models import (
    Calendar,
    Cell,
    Edition,
    ProductCalendar,
    ProductException,
    Target,
)
from portal.core.errors import Conflict
from portal.core.history import record
from portal.identity.models import Membership, Tenant

RowT = TypeVar("RowT", Calendar, Cell, Target, ProductCalendar, ProductException)
InHoursT = TypeVar("InHoursT", Cell, Target, ProductCalendar)


@transaction.atomic
def start_draft(*, tenant: Tenant, actor: Membership) -> Edition:
    """A draft of the next edition that begins as a copy of the one in force.

    :raises Conflict: there is a draft already.
    """
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if Edition.objects.filter(tenant=tenant, state=EditionState.DRAFT).exists():
        raise Conflict(_("There is a draft of the next edition already. Publish that one first."))
    source = current_edition(tenant.pk, timezone.now())
    last = Edition.objects.filter(tenant=tenant).order_by("-number").values_list("number", flat=True)[0]
    draft = Edition.objects.create(tenant=tenant, number=last + 1)
    _copy_content(source, draft)
    record(draft, "started", actor, internal=True, number=draft.number, copy_of=source.number)
    return draft


@transaction.atomic
def publish_draft(
    *, edition: Edition, actor: Membership, effective_at: datetime, note: str, at: datetime | None = None
) -> Edition:
    """Make a draft the edition in force from ``effective_at`` on; from now on it never changes."""
    locked = locked_draft(edition)
    locked.state = EditionState.PUBLISHED
    locked.effective_at = effective_at
    locked.published_at = at or timezone.now()
    locked.published_by = actor
    locked.note = note
    locked.save(update_fields=["state", "effective_at", "published_at", "published_by", "note"])
    record(locked, "published", actor, internal=True, at=locked.published_at, number=locked.number)
    forget(locked.tenant_id)
    return locked


def _copy_content(source: Edition, draft: Edition) -> None:
    of_source = {"tenant_id": source.tenant_id, "edition": source}
    old = list(Calendar.objects.filter(**of_source).order_by("id"))
    old_ids = [calendar.pk for calendar in old]
    new = Calendar.objects.bulk_create(_moved(old, draft))
    calendar_ids = dict(zip(old_ids, (calendar.pk for calendar in new), strict=True))
    Cell.objects.bulk_create(_in_its_hours(Cell.objects.filter(**of_source), draft, calendar_ids))
    Target.objects.bulk_create(_in_its_hours(Target.objects.filter(**of_source), draft, calendar_ids))
    ProductCalendar.objects.bulk_create(
        _in_its_hours(ProductCalendar.objects.filter(**of_source), draft, calendar_ids)
    )
    ProductException.objects.bulk_create(_moved(ProductException.objects.filter(**of_source), draft))


def _moved(rows: Iterable[RowT], draft: Edition) -> Iterable[RowT]:
    for row in rows:
        row.pk = None
        row.edition = draft
        yield row


def _in_its_hours(
    rows: Iterable[InHoursT], draft: Edition, calendar_ids: dict[int, int]
) -> Iterable[InHoursT]:
    """Moved, with the draft's calendar in the place of the source's."""
    for row in _moved(rows, draft):
        if row.calendar_id is not None:
            row.calendar_id = calendar_ids[row.calendar_id]
        yield row
