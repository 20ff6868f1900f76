"""Times, durations and sizes as a reader sees them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.core.ui.formatting import Formats, formats_for

NOW = datetime(2025, 11, 12, 13, 30, tzinfo=UTC)  # a Wednesday, 14:30 in Berlin


def english(zone: str = "Europe/Berlin") -> Formats:
    return formats_for("en", zone)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "14:30"),
        (NOW + timedelta(hours=9), "23:30"),
        (NOW + timedelta(hours=10), "Thu 00:30"),
        (NOW - timedelta(days=6), "Thu 14:30"),
        (NOW + timedelta(days=7), "19 Nov 14:30"),
        (NOW + timedelta(days=60), "11 Jan 2026"),
    ],
)
def test_a_moment_is_as_short_as_it_stays_clear(at: datetime, words: str) -> None:
    assert english().moment(at, NOW) == words


def test_today_is_the_day_of_the_reader() -> None:
    late = datetime(2025, 11, 12, 23, 30, tzinfo=UTC)
    assert english("Europe/Berlin").moment(late, NOW) == "Thu 00:30"
    assert english("America/New_York").moment(late, NOW) == "18:30"


@pytest.mark.parametrize(
    ("language", "full"),
    [
        ("en", "Wed, 12 Nov 2025 14:30 CET"),
        ("fr", "mer. 12 nov. 2025 14:30 CET"),
        ("it", "mer 12 nov 2025 14:30 CET"),
        ("nl", "wo 12 nov 2025 14:30 CET"),
        ("sv", "ons 12 nov. 2025 14:30 CET"),
        ("ko", "2025년 11월 12일 (수) 14:30 CET"),
    ],
)
def test_the_full_time_follows_the_language(language: str, full: str) -> None:
    assert formats_for(language, "Europe/Berlin").full(NOW) == full


def test_a_plain_date_is_not_moved_to_another_zone() -> None:
    assert english("Pacific/Auckland").day(date(2025, 11, 12)) == "12 Nov 2025"
    assert english("Pacific/Auckland").day(NOW) == "13 Nov 2025"


def test_the_time_element_carries_the_instant_and_the_full_time() -> None:
    assert english().element(NOW, NOW) == (
        '<time datetime="2025-11-12T13:30:00+00:00" title="Wed, 12 Nov 2025 14:30 CET">14:30</time>'
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=35), "35 min"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(hours=26), "26 h 00 min"),
        (timedelta(minutes=-12), "12 min"),
    ],
)
def test_a_duration_has_hours_and_minutes_but_no_days(span: timedelta, words: str) -> None:
    assert english().duration(span) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=5, seconds=50), "5 min"),
        (timedelta(hours=3, minutes=59), "3 h"),
        (timedelta(days=4, hours=23), "4 d"),
    ],
)
def test_an_age_is_one_unit_rounded_down(span: timedelta, words: str) -> None:
    assert english().age(span) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 kB"),
        (25 * 1024 * 1024, "25 MB"),
        (1_400_000, "1.3 MB"),
        (1024**3, "1.0 GB"),
    ],
)
def test_a_size_has_two_or_three_digits(count: int, words: str) -> None:
    assert english().size(count) == words


def test_a_size_uses_the_decimal_mark_of_the_language() -> None:
    assert formats_for("fr", "Europe/Paris").size(1_400_000) == "1,3 MB"


def test_formats_are_kept_per_language_and_zone() -> None:
    assert formats_for("sv", "Europe/Stockholm") is formats_for("sv", "Europe/Stockholm")
    assert formats_for("sv", "Europe/Stockholm").zone == ZoneInfo("Europe/Stockholm")
