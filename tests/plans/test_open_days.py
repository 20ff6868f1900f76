"""On the days of a special event every hour counts; on the days around it nothing changes."""

from datetime import UTC, datetime, timedelta

import pytest

from plans.calendars import calendar_in_region
from plans.coverage import due, elapsed, is_open
from plans.matrix import CalendarValue

OFFICE = CalendarValue(1, "office", week=tuple((day, "08:00", "18:00") for day in range(5)))
NIGHTS = CalendarValue(2, "nights", week=tuple((day, "22:00", "06:00") for day in range(7)))
BERLIN, TOKYO = "Europe/Berlin", "Asia/Tokyo"
AUTUMN = ("2026-10-24", "2026-10-25")
SPRING = ("2026-03-28", "2026-03-29")
HOUR = timedelta(hours=1)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def hours(value, since, until, days=(), zone=BERLIN, region=""):
    calendar = calendar_in_region(value, zone, region, 2026, open_days=days)
    return elapsed(calendar, at(since), at(until)) / HOUR


@pytest.mark.parametrize(("days", "length"), [(AUTUMN, 49), (SPRING, 47), (("2026-05-09", "2026-05-10"), 48)])
def test_a_weekend_has_as_many_hours_as_really_pass(days, length):
    calendar = calendar_in_region(OFFICE, BERLIN, "DE", 2026, open_days=days)
    friday_evening = datetime.fromisoformat(f"{days[0]} 00:00").replace(tzinfo=UTC) - 4 * HOUR
    assert elapsed(calendar, friday_evening, friday_evening + 56 * HOUR) == length * HOUR


def test_a_question_on_the_saturday_is_due_the_same_night_though_the_clocks_go_back():
    calendar = calendar_in_region(OFFICE, BERLIN, "DE", 2026, open_days=AUTUMN)
    assert due(calendar, at("2026-10-24 23:00+02:00"), 240) == at("2026-10-25 02:00+01:00")
    usual = calendar_in_region(OFFICE, BERLIN, "DE", 2026)
    assert due(usual, at("2026-10-24 23:00+02:00"), 240) == at("2026-10-26 12:00+01:00")


def test_it_beats_a_holiday_and_own_hours():
    """German Unity Day 2026 is a Saturday; the Sunday has an hour of its own."""
    own = CalendarValue(3, "own", week=OFFICE.week, dates=(("2026-10-04", (("10:00", "11:00"),)),))
    days = ("2026-10-03", "2026-10-04")
    assert hours(own, "2026-10-03 00:00+02:00", "2026-10-05 00:00+02:00", region="DE") == 1
    assert hours(own, "2026-10-03 00:00+02:00", "2026-10-05 00:00+02:00", days, region="DE") == 48


def test_the_night_that_follows_stays_open():
    before, through, after = "2026-10-23 12:00+02:00", "2026-10-26 12:00+01:00", "2026-10-26 06:00+01:00"
    assert hours(NIGHTS, before, through) == 25
    assert hours(NIGHTS, before, through, AUTUMN) == 2 + 49 + 6
    calendar = calendar_in_region(NIGHTS, BERLIN, "", 2026, open_days=AUTUMN)
    assert [is_open(calendar, at(after) + shift * HOUR) for shift in (-1, 0)] == [True, False]


def test_the_days_around_keep_their_hours():
    week = ("2026-10-19 00:00+02:00", "2026-10-24 00:00+02:00")
    assert hours(OFFICE, *week, AUTUMN) == hours(OFFICE, *week) == 50
    next_week = ("2026-10-26 00:00+01:00", "2026-10-31 00:00+01:00")
    assert hours(OFFICE, *next_week, AUTUMN) == hours(OFFICE, *next_week) == 50


def test_they_are_days_of_the_accounts_clock_also_where_the_hours_have_their_own():
    """In winter, Tokyo's weekend lasts from Friday 16:00 to Sunday 16:00 in Berlin."""
    berlin = CalendarValue(4, "berlin", time_zone=BERLIN, week=OFFICE.week)
    days, friday = ("2026-11-14", "2026-11-15"), "2026-11-13 12:00+01:00"
    assert hours(berlin, friday, "2026-11-16 08:00+01:00", zone=TOKYO) == 6
    assert hours(berlin, friday, "2026-11-16 08:00+01:00", days, zone=TOKYO) == 4 + 48
    calendar = calendar_in_region(berlin, TOKYO, "", 2026, open_days=days)
    assert [is_open(calendar, at("2026-11-15 15:59+01:00") + n * timedelta(minutes=1)) for n in (0, 1)] == [
        True,
        False,
    ]


def test_it_is_worked_out_once():
    first = calendar_in_region(OFFICE, BERLIN, "DE", 2026, open_days=AUTUMN)
    assert calendar_in_region(OFFICE, BERLIN, "DE", 2026, open_days=AUTUMN) is first
    assert calendar_in_region(OFFICE, BERLIN, "DE", 2026) is not first
