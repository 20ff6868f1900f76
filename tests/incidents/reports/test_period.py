"""Days are the tenant's: where they begin, and how a period is cut into weeks and months."""

from datetime import UTC, date, datetime, timedelta

import pytest

from incidents.reports.period import Period, Step


def firsts(period, step):
    return [str(part.first) for part in period.cut(step)]


def test_the_last_days_end_with_today_as_the_tenant_has_it():
    late_in_the_evening = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert Period.of_last(7, late_in_the_evening, "Europe/Berlin") == Period(
        date(2026, 3, 5), date(2026, 3, 11), "Europe/Berlin"
    )


def test_a_day_is_cut_at_midnight_of_the_zone():
    period = Period(date(2026, 3, 10), date(2026, 3, 10), "America/New_York")
    assert (period.start, period.end) == (
        datetime(2026, 3, 10, 4, tzinfo=UTC),
        datetime(2026, 3, 11, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(("zone", "day", "hours"), [
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("Africa/Cairo", date(2026, 4, 24), 23),
])  # fmt: skip
def test_a_day_on_which_clocks_change_is_whole(zone, day, hours):
    period = Period(day, day, zone)
    assert period.end.astimezone(UTC) - period.start.astimezone(UTC) == timedelta(hours=hours)


def test_weeks_begin_on_monday_and_months_on_the_first():
    period = Period(date(2025, 12, 10), date(2026, 1, 13), "UTC")
    assert firsts(period, Step.WEEK) == [
        *("2025-12-10", "2025-12-15", "2025-12-22", "2025-12-29", "2026-01-05", "2026-01-12"),
    ]
    assert firsts(period, Step.MONTH) == ["2025-12-10", "2026-01-01"]
    assert len(firsts(period, Step.DAY)) == 35


@pytest.mark.parametrize("step", Step)
def test_the_parts_are_the_whole(step):
    period = Period(date(2026, 1, 7), date(2026, 4, 2), "Europe/Berlin")
    parts = period.cut(step)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert [one.end for one in parts[:-1]] == [one.start for one in parts[1:]]


@pytest.mark.parametrize(
    ("days", "step"), [(1, Step.DAY), (31, Step.DAY), (32, Step.WEEK), (217, Step.WEEK), (365, Step.MONTH)]
)
def test_a_chart_has_some_thirty_parts_at_most(days, step):
    period = Period(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=days - 1), "UTC")
    assert period.step is step
    assert len(period.cut(period.step)) <= 33
