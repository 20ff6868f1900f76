"""A due time opens into the spans that it was counted from."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plans.coverage import ALWAYS_OPEN, Calendar, Hours, Span, due, explain_due, explain_elapsed, openings

OFFICE = Calendar(
    "Europe/Berlin",
    openings(range(5), "08:00", "18:00"),
    holidays=frozenset({date(2026, 12, 25), date(2026, 12, 26)}),
    dates={date(2026, 12, 24): (Hours(480, 720),)},
)
EVE_OF_EVE = datetime(2026, 12, 23, 16, tzinfo=UTC)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def test_a_due_time_opens_into_the_spans_it_was_counted_from():
    explanation = explain_due(OFFICE, EVE_OF_EVE, 480)
    assert explanation.end == due(OFFICE, EVE_OF_EVE, 480) == utc(28, 10)
    assert explanation.covered == timedelta(minutes=480)
    assert explanation.spans == (
        Span(utc(23, 16), utc(23, 17)),
        Span(utc(24, 7), utc(24, 11)),
        Span(utc(28, 7), utc(28, 10)),
    )


def test_the_spans_add_up_to_the_target():
    for minutes in (0, 1, 59, 600, 100_000):
        explanation = explain_due(OFFICE, EVE_OF_EVE, minutes)
        assert sum((span.length for span in explanation.spans), timedelta(0)) == timedelta(minutes=minutes)


def test_an_explanation_names_the_holidays_that_closed_usual_hours_and_the_dates_with_their_own():
    explanation = explain_due(OFFICE, EVE_OF_EVE, 480)
    assert explanation.holidays == (date(2026, 12, 25),)
    assert explanation.own_dates == (date(2026, 12, 24),)


def test_a_holiday_that_the_count_did_not_touch_is_not_named():
    explanation = explain_due(OFFICE, EVE_OF_EVE, 60)
    assert (explanation.holidays, explanation.own_dates) == ((), ())


def test_a_holiday_with_its_own_hours_is_named_by_these():
    both = Calendar("Europe/Berlin", OFFICE.week, OFFICE.holidays, {date(2026, 12, 25): (Hours(480, 540),)})
    explanation = explain_elapsed(both, utc(25, 0), utc(25, 12))
    assert (explanation.holidays, explanation.own_dates) == ((), (date(2026, 12, 25),))
    assert explanation.covered == timedelta(hours=1)


def test_a_holiday_that_a_shift_from_the_evening_before_ran_into_is_named():
    night = Calendar("UTC", openings([3], "22:00", "06:00"), holidays=frozenset({date(2026, 12, 25)}))
    assert explain_elapsed(night, utc(24, 0), utc(26, 0)).holidays == (date(2026, 12, 25),)


def test_an_explanation_that_ends_at_midnight_does_not_reach_the_next_date():
    assert explain_elapsed(OFFICE, utc(23, 12), utc(23, 23)).own_dates == ()
    assert explain_elapsed(OFFICE, utc(23, 12), utc(23, 23, 1)).own_dates == (date(2026, 12, 24),)


def test_round_the_clock_is_explained_as_one_span_even_through_a_clock_change():
    calendar = Calendar("Europe/Berlin", ALWAYS_OPEN.week)
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert explain_elapsed(calendar, start, end).spans == (Span(start, end),)


def test_elapsed_time_opens_into_its_spans():
    explanation = explain_elapsed(OFFICE, utc(24, 10), utc(28, 8))
    assert explanation.spans == (Span(utc(24, 10), utc(24, 11)), Span(utc(28, 7), utc(28, 8)))
    assert explanation.covered == timedelta(hours=2)


def test_closed_time_is_explained_by_no_span():
    assert explain_elapsed(OFFICE, utc(26, 0), utc(27, 0)).spans == ()


def test_an_explanation_runs_forward():
    with pytest.raises(ValueError, match="forward"):
        explain_elapsed(OFFICE, utc(27, 0), utc(26, 0))
