"""The days by which somebody narrows what is listed, and the moments between them."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

_YEARS = range(2000, 2100)


def check_year(day: date) -> None:
    """For fields of forms and of the API: a year far away is a slip, and there is no day after the last."""
    if day.year not in _YEARS:
        raise ValidationError(_("Choose a day between 2000 and 2099."))


def moments_of(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """When the first day begins and when the last is over, in the reader's time zone; None is left open."""
    return (
        _start_of(since) if since else None,
        _start_of(until + timedelta(days=1)) if until else None,
    )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
