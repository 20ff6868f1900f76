"""Which minutes a calendar opens: the week, midnight, holidays, and a date's own hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plans.coverage import (
    ALWAYS_OPEN,
    Calendar,
    Hours,
    NeverOpens,
    OutOfRange,
    closes_next,
    due,
    elapsed,
    is_open,
    openings,
    opens_next,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar("Europe/Berlin", openings(range(5), "08:00", "18:00"))
NIGHT = Calendar("Europe/Berlin", openings(range(5), "22:00", "06:00"))
CLOSED = Calendar("Europe/Berlin", ())

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def covered(calendar: Calendar, day: date) -> int:
    """Minutes of coverage on one local date."""
    return elapsed(calendar, at(day, 0), at(day + timedelta(days=1), 0)) // timedelta(minutes=1)


def test_time_outside_the_weekly_hours_does_not_count():
    assert due(OFFICE, at(FRIDAY, 16, 30), 240) == at(MONDAY, 10, 30)
    assert elapsed(OFFICE, at(FRIDAY, 18), at(MONDAY, 8)) == timedelta(0)


def test_answers_are_in_utc():
    answer = due(OFFICE, at(FRIDAY, 10), 60)
    assert answer.tzinfo is UTC
    assert answer.isoformat() == "2026-11-20T10:00:00+00:00"
    assert due(OFFICE, at(FRIDAY, 10), 0).isoformat() == "2026-11-20T09:00:00+00:00"


def test_an_instant_at_closing_time_counts_as_closed():
    assert is_open(OFFICE, at(FRIDAY, 8))
    assert is_open(OFFICE, at(FRIDAY, 18) - timedelta.resolution)
    assert not is_open(OFFICE, at(FRIDAY, 18))
    assert not is_open(OFFICE, at(FRIDAY, 8) - timedelta.resolution)


def test_a_target_that_runs_out_at_closing_time_is_due_at_closing_time():
    assert due(OFFICE, at(FRIDAY, 16), 120) == at(FRIDAY, 18)


def test_a_target_of_zero_is_due_at_its_start_open_or_closed():
    assert due(OFFICE, at(FRIDAY, 16), 0) == at(FRIDAY, 16)
    assert due(OFFICE, at(SATURDAY, 3, 33), 0) == at(SATURDAY, 3, 33)
    assert due(CLOSED, at(SATURDAY, 3, 33), timedelta(0)) == at(SATURDAY, 3, 33)


def test_a_target_counts_from_the_microsecond_of_its_start():
    start = at(FRIDAY, 17, 59) + timedelta(seconds=30, microseconds=1)
    assert due(OFFICE, start, 1) == at(MONDAY, 8) + timedelta(seconds=30, microseconds=1)


def test_what_is_left_of_a_paused_target_may_be_any_amount():
    rest = timedelta(minutes=10, seconds=7, microseconds=3)
    assert due(OFFICE, at(SATURDAY, 1), rest) == at(MONDAY, 8) + rest


def test_a_pause_moves_the_due_time_by_the_coverage_that_was_paused():
    start, paused, resumed = at(FRIDAY, 16, 30), at(FRIDAY, 17), at(MONDAY, 9, 15)
    rest = timedelta(minutes=240) - elapsed(OFFICE, start, paused)
    moved = due(OFFICE, resumed, rest)
    assert elapsed(OFFICE, due(OFFICE, start, 240), moved) == elapsed(OFFICE, paused, resumed)
    assert moved == at(MONDAY, 12, 45)


def test_several_intervals_a_day_leave_out_the_break():
    split = Calendar(
        "Europe/Berlin", openings(range(5), "08:00", "12:15") + openings(range(5), "13:07", "17:00")
    )
    assert covered(split, MONDAY) == 255 + 233
    assert due(split, at(MONDAY, 12), 16) == at(MONDAY, 13, 8)


def test_intervals_that_touch_are_one_span():
    two = Calendar("Europe/Berlin", openings([0], "08:00", "12:00") + openings([0], "12:00", "17:00"))
    assert closes_next(two, at(MONDAY, 9)) == at(MONDAY, 17)


def test_an_interval_across_midnight_belongs_to_the_weekday_on_which_it_opens():
    assert is_open(NIGHT, at(SATURDAY, 5, 59))
    assert not is_open(NIGHT, at(SATURDAY, 6))
    assert not is_open(NIGHT, at(SATURDAY, 22))
    assert not is_open(NIGHT, at(MONDAY, 5))
    assert closes_next(NIGHT, at(FRIDAY, 23)) == at(SATURDAY, 6)


def test_a_sunday_interval_across_midnight_goes_on_on_monday():
    sunday = Calendar("Europe/Berlin", openings([6], "20:00", "04:00"))
    assert is_open(sunday, at(MONDAY, 3, 59))
    assert covered(sunday, MONDAY) == 240


def test_a_holiday_closes_the_minutes_of_its_own_date_only():
    night = Calendar("Europe/Berlin", NIGHT.week, holidays=frozenset({TUESDAY}))
    assert is_open(night, at(MONDAY, 23, 59))
    assert covered(night, TUESDAY) == 0
    assert closes_next(night, at(MONDAY, 22)) == at(TUESDAY, 0)
    assert opens_next(night, at(TUESDAY, 0)) == at(date(2026, 11, 25), 0)


def test_a_dates_own_hours_beat_the_week():
    short = Calendar("Europe/Berlin", OFFICE.week, dates={MONDAY: (Hours(540, 720),)})
    assert covered(short, MONDAY) == 180
    assert opens_next(short, at(MONDAY, 0)) == at(MONDAY, 9)
    assert covered(short, TUESDAY) == 600


def test_a_dates_own_hours_beat_a_holiday():
    half = Calendar(
        "Europe/Berlin", OFFICE.week, holidays=frozenset({MONDAY}), dates={MONDAY: (Hours(480, 720),)}
    )
    assert covered(half, MONDAY) == 240


def test_a_working_saturday_opens_by_its_own_hours():
    saturday = Calendar("Europe/Berlin", OFFICE.week, dates={SATURDAY: (Hours(540, 780),)})
    assert due(saturday, at(FRIDAY, 17), 180) == at(SATURDAY, 11)


def test_a_date_with_empty_hours_is_closed():
    closed = Calendar("Europe/Berlin", OFFICE.week, dates={MONDAY: ()})
    assert covered(closed, MONDAY) == 0
    assert opens_next(closed, at(SATURDAY, 0)) == at(TUESDAY, 8)


def test_a_dates_own_hours_stand_in_for_the_shift_that_would_have_crossed_either_midnight():
    own = Calendar("Europe/Berlin", NIGHT.week, dates={TUESDAY: (Hours(600, 660),)})
    wednesday = date(2026, 11, 25)
    assert closes_next(own, at(MONDAY, 22)) == at(TUESDAY, 0)
    assert covered(own, TUESDAY) == 60
    assert opens_next(own, at(TUESDAY, 12)) == at(wednesday, 22)


def test_own_hours_across_midnight_go_on_into_an_ordinary_date():
    own = Calendar("Europe/Berlin", OFFICE.week, dates={SATURDAY: (Hours(1200, 1560),)})
    assert closes_next(own, at(SATURDAY, 20)) == at(date(2026, 11, 22), 2)


@pytest.mark.parametrize("next_date", ["holiday", "own hours"])
def test_own_hours_across_midnight_end_there_before_a_holiday_or_other_own_hours(next_date):
    sunday = date(2026, 11, 22)
    dates = {SATURDAY: (Hours(1200, 1560),)} | ({sunday: ()} if next_date == "own hours" else {})
    holidays = frozenset({sunday} if next_date == "holiday" else ())
    own = Calendar("Europe/Berlin", OFFICE.week, holidays, dates)
    assert closes_next(own, at(SATURDAY, 20)) == at(sunday, 0)


def test_own_hours_that_meet_the_week_are_not_counted_twice():
    own = Calendar("Europe/Berlin", OFFICE.week, dates={date(2026, 11, 22): (Hours(1320, 1320 + 720),)})
    assert covered(own, MONDAY) == 18 * 60


def test_opens_next_is_the_instant_itself_while_open():
    assert opens_next(OFFICE, at(FRIDAY, 12)) == at(FRIDAY, 12)
    assert opens_next(OFFICE, at(FRIDAY, 18)) == at(MONDAY, 8)


def test_closes_next_of_a_closed_instant_is_the_end_of_the_next_span():
    assert closes_next(OFFICE, at(FRIDAY, 12)) == at(FRIDAY, 18)
    assert closes_next(OFFICE, at(FRIDAY, 18)) == at(MONDAY, 18)


def test_always_open_counts_every_minute_and_never_closes():
    assert due(ALWAYS_OPEN, at(SATURDAY, 3), 61) == at(SATURDAY, 4, 1)
    assert is_open(ALWAYS_OPEN, at(SATURDAY, 3))
    assert closes_next(ALWAYS_OPEN, at(SATURDAY, 3)) is None


def test_24x5_is_one_span_from_monday_to_friday_midnight():
    weekdays = Calendar("Europe/Berlin", openings(range(5), "00:00", "24:00"))
    assert closes_next(weekdays, at(date(2026, 11, 16), 0)) == at(SATURDAY, 0)
    assert opens_next(weekdays, at(SATURDAY, 0)) == at(MONDAY, 0)
    assert due(weekdays, at(FRIDAY, 23), 120) == at(MONDAY, 1)


def test_round_the_clock_closes_at_the_next_holiday_only():
    always_but_one = Calendar("Europe/Berlin", ALWAYS_OPEN.week, holidays=frozenset({date(2040, 1, 1)}))
    assert closes_next(always_but_one, at(FRIDAY, 0)) == at(date(2040, 1, 1), 0)
    assert closes_next(always_but_one, at(date(2040, 1, 1), 12)) is None


def test_leap_days_and_leap_years_count_like_any_other():
    leap_day = date(2028, 2, 29)
    assert covered(OFFICE, leap_day) == 600
    start = datetime(2096, 1, 1, tzinfo=UTC)
    assert elapsed(ALWAYS_OPEN, start, start.replace(year=2104)) == timedelta(days=8 * 365 + 1)
    assert due(OFFICE, at(date(2028, 2, 28), 12), 1200) == at(date(2028, 3, 1), 12)


def test_a_century_of_coverage_is_counted_exactly():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = datetime(2126, 1, 1, tzinfo=UTC)
    weekdays = sum((start + timedelta(days=i)).weekday() < 5 for i in range((end - start).days))
    assert elapsed(OFFICE, start, end) == timedelta(hours=10 * weekdays)
    assert due(OFFICE, start, 600 * weekdays) == datetime(2125, 12, 31, 17, tzinfo=UTC)


def test_elapsed_is_negative_backwards():
    assert elapsed(OFFICE, at(MONDAY, 9), at(FRIDAY, 17)) == timedelta(hours=-2)


@pytest.mark.parametrize("ask", [lambda c, t: due(c, t, 1), opens_next, closes_next])
def test_a_calendar_that_never_opens_says_so(ask):
    with pytest.raises(NeverOpens):
        ask(CLOSED, at(FRIDAY, 12))


def test_a_calendar_that_opens_too_seldom_says_so():
    once = Calendar("Europe/Berlin", (), dates={MONDAY: (Hours(540, 600),)})
    assert due(once, at(FRIDAY, 12), 60) == at(MONDAY, 10)
    with pytest.raises(NeverOpens):
        due(once, at(FRIDAY, 12), 61)
    with pytest.raises(NeverOpens):
        opens_next(once, at(MONDAY, 10))


def test_a_negative_target_is_refused():
    with pytest.raises(ValueError, match="negative"):
        due(OFFICE, at(FRIDAY, 12), -1)


def test_an_instant_without_a_zone_is_refused():
    naive = at(FRIDAY, 12).replace(tzinfo=None)
    for ask in (is_open, opens_next, closes_next, lambda c, t: due(c, t, 5), lambda c, t: elapsed(c, t, t)):
        with pytest.raises(TypeError):
            ask(OFFICE, naive)


def test_years_without_known_zone_rules_are_refused():
    with pytest.raises(OutOfRange):
        due(OFFICE, datetime(1969, 12, 31, tzinfo=UTC), 5)
    with pytest.raises(OutOfRange):
        elapsed(OFFICE, at(FRIDAY, 12), datetime(2200, 1, 2, tzinfo=UTC))
    with pytest.raises(OutOfRange):
        due(OFFICE, at(FRIDAY, 12), 60_000_000)
