"""Laws that hold for every calendar, and agreement with counting minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plans.coverage import (
    Calendar,
    Hours,
    InvalidCalendar,
    NeverOpens,
    Opening,
    closes_next,
    due,
    elapsed,
    explain_elapsed,
    is_open,
    opens_next,
)
from tests.plans.coverage_oracle import minutes_open

MINUTE = timedelta(minutes=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]

# Six weeks with the clock changes of all four zones that have them in autumn 2026.
FIRST, LAST = date(2026, 9, 28), date(2026, 11, 8)

days = st.dates(FIRST, LAST)
minute_of_day = st.integers(0, 1439) | st.sampled_from([0, 60, 90, 120, 150, 1380, 1439])
whole_minutes = st.integers(0, (LAST - FIRST).days * 1440).map(
    lambda n: datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + n * MINUTE
)
instants = st.integers(0, 90 * 365 * 86_400 * 10**6).map(
    lambda microseconds: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@st.composite
def hours(draw) -> tuple[int, int]:
    opens = draw(minute_of_day)
    length = draw(st.integers(1, 1439))
    return opens, opens + length


@st.composite
def calendars(draw) -> Calendar:
    week = draw(st.lists(st.tuples(st.integers(0, 6), hours()), max_size=8))
    own = draw(st.dictionaries(days, st.lists(hours(), max_size=2), max_size=4))
    try:
        return Calendar(
            draw(st.sampled_from(ZONES)),
            tuple(Opening(weekday, *interval) for weekday, interval in _apart(week)),
            frozenset(draw(st.sets(days, max_size=6))),
            {
                day: tuple(Hours(*interval) for _, interval in _apart([(0, i) for i in intervals]))
                for day, intervals in own.items()
            },
        )
    except InvalidCalendar:
        assume(False)
        raise


def _apart(intervals):
    """Those that do not run into one that opens before them."""
    kept, end = [], -1
    for weekday, (opens, closes) in sorted(intervals):
        if weekday * 1440 + opens >= end:
            kept.append((weekday, (opens, closes)))
            end = weekday * 1440 + closes
    return kept


# Ten hours a week at least, so that the longest target below passes within the years that are counted.
opening_calendars = calendars().filter(lambda c: sum(o.closes - o.opens for o in c.week) >= 600)


@given(calendars(), whole_minutes, st.integers(0, 2000))
@settings(max_examples=40, deadline=None)
def test_elapsed_agrees_with_counting_minute_by_minute(calendar, start, length):
    end = start + length * MINUTE
    expected = minutes_open(calendar, start, end)
    explanation = explain_elapsed(calendar, start, end)
    assert elapsed(calendar, start, end) == len(expected) * MINUTE
    counted = [s.start + i * MINUTE for s in explanation.spans for i in range(s.length // MINUTE)]
    assert counted == expected


@given(calendars(), whole_minutes, st.data())
@settings(max_examples=40, deadline=None)
def test_due_agrees_with_counting_minute_by_minute(calendar, start, data):
    expected = minutes_open(calendar, start, start + timedelta(days=1))
    minutes = data.draw(st.integers(min(1, len(expected)), len(expected)))
    if expected:
        assert due(calendar, start, minutes) == expected[minutes - 1] + MINUTE
        assert opens_next(calendar, start) == expected[0]
    else:
        assert not is_open(calendar, start)


@given(opening_calendars, instants, st.integers(0, 300_000), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_due_and_elapsed_are_inverses(calendar, start, minutes, microseconds):
    target = timedelta(minutes=minutes, microseconds=microseconds)
    at = due(calendar, start, target)
    assert elapsed(calendar, start, at) == target
    if target:
        assert elapsed(calendar, start, at - timedelta.resolution) == target - timedelta.resolution


@given(opening_calendars, instants, instants)
@settings(max_examples=40, deadline=None)
def test_the_due_time_of_what_has_elapsed_is_no_later(calendar, a, b):
    start, end = sorted((a, b))
    at = due(calendar, start, elapsed(calendar, start, end))
    assert at <= end
    assert elapsed(calendar, at, end) == timedelta(0)


@given(opening_calendars, instants, st.integers(1, 200_000), st.integers(0, 200_000))
@settings(max_examples=40, deadline=None)
def test_due_times_are_additive(calendar, start, first, second):
    assert due(calendar, due(calendar, start, first), second) == due(calendar, start, first + second)


@given(calendars(), instants, instants, instants)
@settings(max_examples=40, deadline=None)
def test_elapsed_is_additive_in_any_order(calendar, a, b, c):
    assert elapsed(calendar, a, b) + elapsed(calendar, b, c) == elapsed(calendar, a, c)


@given(calendars(), instants, instants)
@settings(max_examples=40, deadline=None)
def test_elapsed_is_never_negative_forward_and_never_more_than_real_time(calendar, a, b):
    start, end = sorted((a, b))
    assert timedelta(0) <= elapsed(calendar, start, end) <= end - start


@given(opening_calendars, instants, instants, st.integers(1, 100_000), st.integers(1, 100_000))
@settings(max_examples=40, deadline=None)
def test_due_times_are_monotone_in_start_and_in_target(calendar, a, b, m, n):
    earlier, later = sorted((a, b))
    less, more = sorted((m, n))
    assert due(calendar, earlier, less) <= due(calendar, later, less)
    assert (due(calendar, earlier, less) < due(calendar, earlier, more)) == (less < more)


@given(calendars(), whole_minutes)
@settings(max_examples=40, deadline=None)
def test_open_closing_and_opening_agree(calendar, at):
    try:
        opens = opens_next(calendar, at)
    except NeverOpens:
        assert not is_open(calendar, at)
        return
    closes = closes_next(calendar, at)
    assert is_open(calendar, opens)
    assert (opens == at) == is_open(calendar, at)
    assert elapsed(calendar, at, opens) == timedelta(0)
    if closes is not None:
        assert not is_open(calendar, closes)
        assert elapsed(calendar, opens, closes) == closes - opens


@given(calendars())
@settings(max_examples=40, deadline=None)
def test_a_calendar_survives_being_written_down(calendar):
    again = Calendar.from_dict(calendar.to_dict())
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert again.timeline is calendar.timeline


@pytest.mark.parametrize("zone", ZONES)
def test_a_start_in_any_zone_is_the_same_instant(zone):
    calendar = Calendar(zone, (Opening(0, 480, 1080),))
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    from_elsewhere = at.astimezone(ZoneInfo("Asia/Seoul"))
    assert due(calendar, at, 100) == due(calendar, from_elsewhere, 100)
