"""One calendar covers another when every instant that counts there counts here too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.calendars import calendar_in_region
from plans.coverage import is_open
from plans.hours import CalendarValue, covers
from tests.plans.editions import FIRST_DAY, ZONE, calendar_values, instants


def hours(week, id=1, **fields):
    return CalendarValue(id, "hours", week=tuple(week), **fields)


OFFICE = hours((day, "08:00", "18:00") for day in range(5))
LONG = hours((day, "07:00", "19:00") for day in range(5))
NIGHTS = hours((day, "18:00", "08:00") for day in range(5))
FIVE_DAYS = hours(((day, "00:00", "24:00") for day in range(5)), holidays=False)
ALWAYS = hours(((day, "00:00", "24:00") for day in range(7)), holidays=False)
CHRISTMAS_EVE = (("2026-12-24", (("08:00", "12:00"),)),)


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        (OFFICE, OFFICE, True),
        (LONG, OFFICE, True),
        (OFFICE, LONG, False),
        # 4,200 minutes a week against 3,000, but a question at nine would wait until the evening.
        (NIGHTS, OFFICE, False),
        (FIVE_DAYS, OFFICE, True),
        (FIVE_DAYS, NIGHTS, False),
        (ALWAYS, NIGHTS, True),
        (replace(OFFICE, holidays=False), OFFICE, True),
        (OFFICE, replace(OFFICE, holidays=False), False),
        (replace(OFFICE, holidays=False), replace(OFFICE, dates=CHRISTMAS_EVE), True),
        # Where the 24th is a public holiday, its own hours count all the same.
        (OFFICE, replace(OFFICE, dates=CHRISTMAS_EVE), False),
        (replace(OFFICE, dates=CHRISTMAS_EVE), OFFICE, False),
        (OFFICE, replace(OFFICE, dates=(("2026-11-28", (("09:00", "13:00"),)),)), False),
        (replace(OFFICE, time_zone="Asia/Tokyo"), OFFICE, False),
        (replace(LONG, time_zone="Asia/Tokyo"), replace(OFFICE, time_zone="Asia/Tokyo"), True),
        (ALWAYS, replace(OFFICE, time_zone="Asia/Tokyo"), True),
        (replace(ALWAYS, dates=(("2026-12-24", ()),)), replace(OFFICE, time_zone="Asia/Tokyo"), False),
        (replace(ALWAYS, holidays=True), OFFICE, True),
        (replace(ALWAYS, holidays=True), replace(OFFICE, holidays=False), False),
    ],
)
def test_covering(wide, narrow, covered):
    assert covers(wide, narrow) is covered


def test_hours_on_a_date_of_their_own_that_come_from_the_evening_before_are_seen():
    evening = hours([(0, "22:00", "06:00")])
    closed_tuesday = replace(evening, dates=(("2026-11-24", ()),))
    closed_monday = replace(evening, dates=(("2026-11-23", ()),))
    assert not covers(closed_tuesday, evening)
    assert not covers(closed_monday, hours([(1, "00:00", "06:00")]))


@given(calendar_values(1), calendar_values(2), st.lists(instants, min_size=20, max_size=20))
@settings(max_examples=150)
def test_what_covers_is_open_whenever_the_other_is(one, other, moments):
    if not covers(one, other):
        one = CalendarValue(3, "always", week=ALWAYS.week, holidays=False)
        assert covers(one, other)
    wide, narrow = (calendar_in_region(value, ZONE, "DE-BE", 2026) for value in (one, other))
    assert [at for at in moments if is_open(narrow, at) and not is_open(wide, at)] == []


@given(calendar_values(1), calendar_values(2))
@settings(max_examples=100, deadline=None)
def test_what_does_not_cover_is_closed_when_the_other_counts(one, other):
    """At some half hour of the weeks with the own dates, where all days are public holidays or none is."""
    if covers(one, other) or one.time_zone != other.time_zone:
        return
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    found = []
    for holidays in ((), [FIRST_DAY + timedelta(days=n) for n in range(-1, 30)]):
        wide, narrow = (
            replace(
                calendar_in_region(value, "UTC", "", FIRST_DAY.year),
                zone="UTC",
                holidays=frozenset(holidays if value.holidays else ()),
            )
            for value in (one, other)
        )
        halves = (start + n * timedelta(minutes=30) for n in range(29 * 48))
        found += [at for at in halves if is_open(narrow, at) and not is_open(wide, at)]
    assert found
