"""In a draft: which hours there are."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import UNSEEN, admins_draft, check_seen
from plans.actions.hours_faults import Dates, Week, check_hours
from plans.calendar_uses import calendar_uses
from plans.drafting import content_of
from plans.models import Calendar, Edition
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def add_calendar(
    *,
    edition: Edition,
    actor: Membership,
    code: str,
    names: dict[str, str],
    time_zone: str,
    week: Week,
    holidays: bool,
    dates: Dates,
) -> Calendar:
    """In a draft: hours that targets may count in.

    :param time_zone: empty for that of the customer's support region.
    :raises Refused: for a code that is taken, no name, or hours that can't be; at the field.
    """
    locked = admins_draft(edition, actor)
    calendar = Calendar(tenant_id=locked.tenant_id, edition=locked)
    _fill(calendar, code=code, names=names, time_zone=time_zone, week=week, holidays=holidays, dates=dates)
    calendar.save()
    record(locked, "calendar_added", actor, internal=True, calendar=calendar.pk, after=content_of(calendar))
    return calendar


@transaction.atomic
def edit_calendar(
    *,
    edition: Edition,
    actor: Membership,
    calendar: Calendar,
    code: str,
    names: dict[str, str],
    time_zone: str,
    week: Week,
    holidays: bool,
    dates: Dates,
    seen: Any = UNSEEN,
) -> Calendar:
    """In a draft: other hours, for all that is counted in them.

    :param seen: what the actor saw, as ``plans.drafting.content_of`` gives it.
    :raises Refused: as :func:`add_calendar`.
    :raises Conflict: the edition is published, or somebody has changed or removed the hours since.
    """
    locked = admins_draft(edition, actor)
    found = _still_there(locked, calendar)
    before = content_of(found)
    check_seen(locked, seen=seen, now=before, place={"calendar": found.pk})
    _fill(found, code=code, names=names, time_zone=time_zone, week=week, holidays=holidays, dates=dates)
    after = content_of(found)
    if after != before:
        found.save()
        record(locked, "calendar_edited", actor, internal=True, calendar=found.pk, before=before, after=after)
    return found


@transaction.atomic
def remove_calendar(*, edition: Edition, actor: Membership, calendar: Calendar, seen: Any = UNSEEN) -> None:
    """In a draft: hours that nothing is counted in.

    :raises Refused: they are in use; says by what.
    """
    locked = admins_draft(edition, actor)
    found = _still_there(locked, calendar)
    before = content_of(found)
    check_seen(locked, seen=seen, now=before, place={"calendar": found.pk})
    if uses := calendar_uses(locked).get(found.pk):
        raise Refused(
            _("These hours are in use: %(uses)s. Choose other hours there first, then remove these.")
            % {"uses": ", ".join(uses)},
            code="in_use",
        )
    place = found.pk
    found.delete()
    record(locked, "calendar_removed", actor, internal=True, calendar=place, before=before)


def _still_there(draft: Edition, calendar: Calendar) -> Calendar:
    found = Calendar.objects.filter(tenant_id=draft.tenant_id, edition=draft, pk=calendar.pk).first()
    if found is None:
        raise Conflict(
            _("Edition %(number)s has no such hours. Somebody may have removed them meanwhile.")
            % {"number": draft.number}
        )
    return found


def _fill(
    calendar: Calendar,
    *,
    code: str,
    names: dict[str, str],
    time_zone: str,
    week: Week,
    holidays: bool,
    dates: Dates,
) -> None:
    others = Calendar.objects.filter(tenant_id=calendar.tenant_id, edition=calendar.edition, code=code)
    if others.exclude(pk=calendar.pk).exists():
        raise Refused(_("Other hours of this draft have this code. Choose another."), field="code")
    if not any(names.values()):
        raise Refused(_("Give the hours a name in at least one language."), field="name_en")
    check_hours(time_zone=time_zone, week=week, dates=dates)
    calendar.code = code
    calendar.names = {language: name for language, name in names.items() if name}
    calendar.time_zone, calendar.holidays = time_zone, holidays
    calendar.week = sorted(list(opening) for opening in week)
    calendar.dates = {day: [list(hours) for hours in dates[day]] for day in sorted(dates)}
