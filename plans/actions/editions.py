"""Drafts of the matrix and their publication."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plans.actions.drafts import admins_draft, check_admin
from plans.drafting import says_the_same
from plans.editions import current_edition, last_published
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
from portal.core.errors import Conflict, Refused
from portal.core.history import history_of, record
from portal.core.ui.formatting import formats_for
from portal.identity.models import Membership, Tenant

RowT = TypeVar("RowT", Calendar, Cell, Target, ProductCalendar, ProductException)
InHoursT = TypeVar("InHoursT", Cell, Target, ProductCalendar)


@transaction.atomic
def start_draft(*, tenant: Tenant, actor: Membership, source: Edition | None = None) -> Edition:
    """A draft of the next edition that begins as a copy of the one in force.

    :param source: another published edition to copy in its place.
    :raises Conflict: there is a draft already.
    """
    check_admin(actor)
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    if Edition.objects.filter(tenant=tenant, state=EditionState.DRAFT).exists():
        raise Conflict(_("There is a draft of the next edition already. Publish or discard that one first."))
    source = source or current_edition(tenant.pk, timezone.now())
    last = Edition.objects.filter(tenant=tenant).order_by("-number").values_list("number", flat=True)[0]
    draft = Edition.objects.create(tenant=tenant, number=last + 1)
    _copy_content(source, draft)
    record(draft, "started", actor, internal=True, number=draft.number, copy_of=source.number)
    return draft


@transaction.atomic
def discard_draft(*, edition: Edition, actor: Membership) -> None:
    """Give the draft up, with all that was edited in it; its number is free again."""
    locked = admins_draft(edition, actor)
    record(locked, "discarded", actor, internal=True, number=locked.number)
    of_draft = {"tenant_id": locked.tenant_id, "edition": locked}
    # What counts in hours goes before the hours.
    for model in (Cell, Target, ProductCalendar, ProductException, Calendar):
        model.objects.filter(**of_draft).delete()
    locked.delete()


@transaction.atomic
def publish_edition(
    *, edition: Edition, actor: Membership, note: str, effective_at: datetime | None = None, seen: int
) -> Edition:
    """A person's :func:`publish_draft`: with a note, never back in time, and of what they have seen.

    :param effective_at: None for now.
    :param seen: the :func:`revision_of` the draft whose difference the person read.
    :raises Refused: without a note; for a time that is past or before the last edition's; where the draft
        says all that the last edition does, and nothing else.
    :raises Conflict: (code ``changed``) the draft was edited since; says by whom.
    """
    locked, now = admins_draft(edition, actor), timezone.now()
    if revision_of(locked) != seen:
        who = history_of(locked).order_by("-id").values_list("actor_name", flat=True)[0]
        raise Conflict(
            _("%(name)s has edited the draft meanwhile. Look at what changes now, and publish again.")
            % {"name": who},
            code="changed",
        )
    if not note.strip():
        raise Refused(
            _("Say in a sentence what is new. Everybody who reads the history sees it."), field="note"
        )
    _check_time(locked, effective_at, now, actor.tenant.time_zone)
    last = last_published(locked.tenant_id)
    if last is not None and says_the_same(last, locked):
        raise Refused(
            _("This draft says the same as edition %(number)d, so there is nothing to publish.")
            % {"number": last.number}
        )
    return publish_draft(edition=locked, actor=actor, effective_at=effective_at or now, note=note, at=now)


@transaction.atomic
def publish_draft(
    *, edition: Edition, actor: Membership, effective_at: datetime, note: str, at: datetime | None = None
) -> Edition:
    """Make a draft the edition in force from ``effective_at`` on; from now on it never changes.

    For new tenants and the demo, whose editions lie in the past; a person's draft goes through
    :func:`publish_edition`.
    """
    locked = admins_draft(edition, actor)
    locked.state = EditionState.PUBLISHED
    locked.effective_at = effective_at
    locked.published_at = at or timezone.now()
    locked.published_by = actor
    locked.note = note
    locked.save(update_fields=["state", "effective_at", "published_at", "published_by", "note"])
    record(locked, "published", actor, internal=True, at=locked.published_at, number=locked.number)
    forget(locked.tenant_id)
    return locked


def revision_of(draft: Edition) -> int:
    """Another number after each edit."""
    return history_of(draft).order_by("-id").values_list("pk", flat=True).first() or 0


def _check_time(draft: Edition, effective_at: datetime | None, now: datetime, zone: str) -> None:
    if effective_at is not None and effective_at < now:
        raise Refused(_("This time is past. Choose a later one, or publish now."), field="effective_at")
    last = last_published(draft.tenant_id)
    if last is not None and last.effective_at is not None and (effective_at or now) < last.effective_at:
        raise Refused(
            _("Edition %(number)d takes effect on %(time)s. Choose that time or a later one.")
            % {"number": last.number, "time": _in_its_zone(last.effective_at, zone)},
            field="effective_at",
        )


def _in_its_zone(at: datetime, zone: str) -> str:
    return formats_for(get_language() or "en", zone).full(at)


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
