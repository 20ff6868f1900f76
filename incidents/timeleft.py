"""How much time of a promise is left, in the reader's words: the same in the queue, in lists and on pages.

The counted time stands first and the due moment beside it; where time doesn't count now, a note says why.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from incidents.clocks.counting import Rule
from incidents.clocks.reading import AT_RISK_PERCENT, Counting, Kept, counting_at, standing
from incidents.enums import ClockState
from plans.enums import TargetKind
from portal.core.ui.formatting import Formats


class Live(Kept, Protocol):
    """A clock that runs or is paused."""

    @property
    def kind(self) -> str: ...


class LiveColumns(NamedTuple):
    """A live clock as a row of a list tells it; the first two stand in the row of its incident."""

    tenant_id: int
    due_at: datetime
    kind: str
    state: str
    minutes: int
    calendar_id: int | None
    time_zone: str
    holiday_region: str
    event_days: Sequence[date]
    paused_at: datetime | None


class TimeLeft(NamedTuple):
    """``state`` and ``used`` are what ``<c-clock>`` takes; ``ticks`` what lets it count on in the page."""

    state: str
    used: int
    words: str
    by: str = ""
    due: str = ""
    note: str = ""
    ticks: SafeString = SafeString("")


class Teller:
    """Tells it of many clocks at one instant; costs no statement once the process knows their calendars."""

    def __init__(self, now: datetime, form: Formats) -> None:
        self._now, self._form = now, form
        self._words = {
            "ok": _("%(span)s left"),
            "overdue": _("%(span)s overdue"),
            "paused": _("paused, %(span)s left"),
        }
        self._words["at-risk"] = self._words["ok"]
        self._counting: dict[int, tuple[Rule, Counting]] = {}

    def tell(self, clock: Live) -> TimeLeft:
        stands = standing(clock, self._now)
        words = self._words[stands.state] % {"span": self._form.duration(stands.left)}
        by, due = self._form.moment(clock.due_at, self._now), self._form.full(clock.due_at)
        if clock.state == ClockState.PAUSED:
            return TimeLeft(stands.state, stands.used, words, by, due, _reason_of_pause(clock.kind))
        counting = self._counting_of(stands.rule)
        left = timedelta() if stands.state == "overdue" else stands.left
        ticks = self._ticks(left, clock.due_at, stands.rule, counting)
        note = "" if counting.now or stands.state == "overdue" else self._again(counting)
        return TimeLeft(stands.state, stands.used, words, by, due, note, ticks)

    def _counting_of(self, rule: Rule) -> Counting:
        """Found out once for each coverage; its rule is kept along, so that no other takes its place."""
        known = self._counting.get(id(rule.coverage))
        if known is None:
            known = self._counting[id(rule.coverage)] = (rule, counting_at(rule, self._now))
        return known[1]

    def _again(self, counting: Counting) -> str:
        if counting.turns_at is None:
            return _("does not count now")
        return _("counts again %(time)s") % {"time": self._form.moment(counting.turns_at, self._now)}

    def _ticks(self, left: timedelta, due_at: datetime, rule: Rule, counting: Counting) -> SafeString:
        """All in seconds from now, so that the reader's own watch may be wrong."""
        turns_in = _seconds(counting.turns_at - self._now) if counting.turns_at else ""
        return mark_safe(  # noqa: S308  numbers only
            f'data-left="{_seconds(left)}" data-due-in="{_seconds(due_at - self._now)}" '
            f'data-target="{_seconds(rule.target)}" data-counts="{int(counting.now)}" '
            f'data-turns-in="{turns_in}"'
        )


def words_for_script() -> SafeString:
    """The words in which a page counts on by itself; once on each page that shows clocks."""
    return format_html(
        "<template data-clock-words"
        ' data-ok="{}" data-overdue="{}" data-hours="{}" data-minutes="{}" data-closed="{}" data-risk="{}">'
        "</template>",
        _("%(span)s left"),
        _("%(span)s overdue"),
        _("%(hours)d h %(minutes)s min"),
        _("%(minutes)d min"),
        _("does not count now"),
        AT_RISK_PERCENT,
    )


def _reason_of_pause(kind: str) -> str:
    """A first response pauses once its customer has solved it; else only waiting pauses."""
    if kind == TargetKind.FIRST_RESPONSE:
        return _("marked as solved")
    return _("waiting for the customer")


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
