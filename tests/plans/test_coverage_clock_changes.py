"""The nights on which clocks change: every minute that passes counts once, none counts that does not."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.coverage import ALWAYS_OPEN, Calendar, due, elapsed, explain_elapsed, is_open, openings
from plans.coverage.zones import stretches_of
from tests.plans.coverage_oracle import minutes_open

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# The UTC date of each change.
NIGHTS = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Africa/Cairo", "2026-04-23"),
    ("Africa/Cairo", "2026-10-29"),
    ("America/Santiago", "2026-04-05"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Pacific/Apia", "2011-12-30"),
    # The shortest summer time there was: a week.
    ("America/Recife", "2000-10-08"),
    ("America/Recife", "2000-10-15"),
]

WEEKS = {
    "round the clock": openings(range(7), "00:00", "24:00"),
    "until midnight": openings(range(7), "08:00", "24:00"),
    "from midnight": openings(range(7), "00:00", "08:00"),
    "half hours": openings(range(7), "01:15", "01:45") + openings(range(7), "02:00", "02:20"),
    "across midnight": openings(range(7), "23:30", "01:45"),
    "office": openings(range(5), "08:00", "18:00"),
}


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
@pytest.mark.parametrize("week", WEEKS)
def test_every_minute_around_a_clock_change_agrees_with_the_wall_clock(zone, night, week):
    calendar = Calendar(zone, WEEKS[week])
    middle = datetime.fromisoformat(night).replace(tzinfo=UTC)
    start, end = middle - timedelta(hours=6), middle + timedelta(hours=30)
    expected = minutes_open(calendar, start, end)

    assert elapsed(calendar, start, end) == len(expected) * MINUTE
    explained = explain_elapsed(calendar, start, end).spans
    counted = [s.start + i * MINUTE for s in explained for i in range(s.length // MINUTE)]
    assert counted == expected
    for nth in range(0, len(expected), 37):
        assert due(calendar, start, nth + 1) == expected[nth] + MINUTE
        assert is_open(calendar, expected[nth])


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Europe/Berlin", (2026, 3, 29), 1380),
        ("Europe/Berlin", (2026, 10, 25), 1500),
        ("America/New_York", (2026, 3, 8), 1380),
        ("America/New_York", (2026, 11, 1), 1500),
        ("Australia/Lord_Howe", (2026, 4, 5), 1470),
        ("Australia/Lord_Howe", (2026, 10, 4), 1410),
        ("Africa/Cairo", (2026, 4, 24), 1380),
        ("Africa/Cairo", (2026, 10, 29), 1500),
    ],
)
def test_a_day_on_which_clocks_change_has_as_many_minutes_as_really_pass(zone, day, minutes):
    noon_before = datetime(*day, 12, tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    only_that_day = Calendar(zone, openings([date(*day).weekday()], "00:00", "24:00"))
    assert elapsed(only_that_day, noon_before, noon_before + timedelta(days=2)) == minutes * MINUTE


@given(
    st.sampled_from(sorted(available_timezones())),
    st.integers(0, (datetime(2199, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(seconds=1)),
)
@settings(max_examples=100, deadline=None)
def test_the_distance_from_utc_agrees_with_the_zone_database(zone, second):
    stretches = stretches_of(zone)
    at = EPOCH + timedelta(seconds=second)
    shift = stretches.shifts[bisect_right(stretches.starts, second * 1_000_000) - 1]
    assert timedelta(microseconds=shift) == at.astimezone(ZoneInfo(zone)).utcoffset()


def test_round_the_clock_is_real_time_through_both_changes():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for zone in ("Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo"):
        calendar = Calendar(zone, ALWAYS_OPEN.week)
        for minutes in (1, 500_000, 525_600):
            assert due(calendar, start, minutes) == start + minutes * MINUTE


def test_office_hours_keep_their_local_time_through_the_year():
    office = Calendar("America/New_York", openings(range(5), "08:00", "18:00"))
    assert due(office, datetime(2026, 10, 30, 22, tzinfo=UTC), 60) == datetime(2026, 11, 2, 14, tzinfo=UTC)
    assert due(office, datetime(2026, 3, 6, 23, tzinfo=UTC), 60) == datetime(2026, 3, 9, 13, tzinfo=UTC)


def test_hours_inside_an_hour_that_comes_twice_open_twice():
    desk = Calendar("Europe/Berlin", openings([6], "02:10", "02:20"))
    spans = explain_elapsed(
        desk, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    ).spans
    assert [(s.start.isoformat(), s.length) for s in spans] == [
        ("2026-10-25T00:10:00+00:00", 10 * MINUTE),
        ("2026-10-25T01:10:00+00:00", 10 * MINUTE),
    ]


def test_hours_inside_an_hour_that_is_left_out_never_open():
    desk = Calendar("Europe/Berlin", openings([6], "02:10", "02:20"))
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert elapsed(desk, start, start + timedelta(days=1)) == timedelta(0)
    assert due(desk, start, 1) == datetime(2026, 4, 5, 0, 11, tzinfo=UTC)


def test_a_local_date_that_a_zone_skipped_has_no_minutes():
    friday_only = Calendar("Pacific/Apia", openings([4], "00:00", "24:00"))
    start = datetime(2011, 12, 28, 12, tzinfo=UTC)
    assert elapsed(friday_only, start, start + timedelta(days=5)) == timedelta(0)
