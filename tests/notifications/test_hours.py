"""When mail leaves, in pure arithmetic: the time of a digest and the end of quiet hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.hours import Quiet, next_digest, quiet_until

BERLIN = ZoneInfo("Europe/Berlin")
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
NIGHT = Quiet(time(20), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "daily", "at", "planned"),
    [
        (BERLIN, time(8), "2026-01-15 06:59", "2026-01-15 07:00"),
        (BERLIN, time(8), "2026-01-15 07:00", "2026-01-16 07:00"),
        (SEOUL, time(8), "2026-01-15 22:59", "2026-01-15 23:00"),
        (NEW_YORK, time(18, 30), "2026-07-01 23:00", "2026-07-02 22:30"),
    ],
)
def test_a_digest_leaves_at_its_time_in_the_persons_zone(zone, daily, at, planned) -> None:
    assert next_digest(utc(at), daily, zone) == utc(planned)


@pytest.mark.parametrize(
    ("at", "planned"),
    [
        ("2026-03-28 07:00", "2026-03-29 06:00"),  # summer time begins
        ("2026-10-24 06:00", "2026-10-25 07:00"),  # and ends
    ],
)
def test_the_time_stays_on_the_wall_when_the_clocks_change(at: str, planned: str) -> None:
    assert next_digest(utc(at), time(8), BERLIN) == utc(planned)


def test_a_time_that_the_clocks_skip_is_the_first_after_it() -> None:
    assert next_digest(utc("2026-03-28 12:00"), time(2, 30), BERLIN) == utc("2026-03-29 01:00")


def test_a_time_that_comes_twice_brings_one_digest() -> None:
    first = next_digest(utc("2026-10-24 12:00"), time(2, 30), BERLIN)
    assert first == utc("2026-10-25 00:30")
    assert next_digest(first, time(2, 30), BERLIN) == utc("2026-10-26 01:30")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-01-15 18:59", "2026-01-15 18:59"),
        ("2026-01-15 19:00", "2026-01-16 06:00"),  # 20:00 is quiet
        ("2026-01-16 05:59", "2026-01-16 06:00"),
        ("2026-01-16 06:00", "2026-01-16 06:00"),  # 07:00 is not
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_their_last(at: str, until: str) -> None:
    assert quiet_until(utc(at), NIGHT, BERLIN) == utc(until)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-28 23:00", "2026-03-29 05:00"),  # the night in which summer time begins
        ("2026-10-24 23:00", "2026-10-25 06:00"),  # and the one in which it ends
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(at: str, until: str) -> None:
    assert quiet_until(utc(at), NIGHT, BERLIN) == utc(until)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_with_the_second() -> None:
    assert quiet_until(utc("2026-10-24 23:00"), Quiet(time(22), time(2, 30)), BERLIN) == utc(
        "2026-10-25 01:30"
    )


def test_quiet_hours_that_end_in_the_hour_that_is_skipped_end_with_the_gap() -> None:
    assert quiet_until(utc("2026-03-28 23:00"), Quiet(time(22), time(2, 30)), BERLIN) == utc(
        "2026-03-29 01:00"
    )


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    fridays = Quiet(time(20), time(7), frozenset({4}))
    saturday, sunday = utc("2026-01-17 03:00"), utc("2026-01-18 03:00")
    assert quiet_until(saturday, fridays, BERLIN) == utc("2026-01-17 06:00")
    assert quiet_until(sunday, fridays, BERLIN) == sunday


def test_whole_days_that_follow_each_other_are_one_silence() -> None:
    weekend = Quiet(time(0), time(0), frozenset({5, 6}))
    assert quiet_until(utc("2026-01-17 10:00"), weekend, BERLIN) == utc("2026-01-18 23:00")


def test_every_minute_of_a_year_is_either_not_quiet_or_ends_in_one_that_is_not() -> None:
    weekend = Quiet(time(18), time(18), frozenset({4, 5, 6}))
    for day in range(1, 366, 3):
        at = utc("2026-01-01 00:00") + timedelta(days=day, minutes=7 * day)
        for quiet in (NIGHT, weekend, Quiet(time(1, 30), time(3, 15))):
            end = quiet_until(at, quiet, BERLIN)
            assert end >= at
            assert quiet_until(end, quiet, BERLIN) == end


def test_without_quiet_hours_nothing_waits() -> None:
    at = utc("2026-01-15 03:00")
    assert quiet_until(at, None, BERLIN) == at
    assert quiet_until(at, Quiet(time(0), time(0)), BERLIN) == at  # they would never end
