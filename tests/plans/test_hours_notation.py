"""Hours as a person types them."""

import pytest

from plans.hours_notation import TwiceTheSame, Unreadable, read_dates, read_spans, write_dates, write_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("8-12", [["08:00", "12:00"]]),
        ("08:00–12:00, 13:30–18:05", [["08:00", "12:00"], ["13:30", "18:05"]]),
        ("8.15 - 12; 13h30 to 18h05", [["08:15", "12:00"], ["13:30", "18:05"]]),
        ("22:00–06:00", [["22:00", "06:00"]]),
    ],
)
def test_spans_are_read_in_more_than_one_way(text, spans):
    assert read_spans(text) == spans
    assert read_spans(write_spans(spans)) == spans


@pytest.mark.parametrize(("text", "part"), [("8", "8"), ("8-12, noon", "noon"), ("8:5-12", "8:5-12")])
def test_what_can_not_be_read_is_named(text, part):
    with pytest.raises(Unreadable) as fault:
        read_spans(text)
    assert fault.value.part == part


def test_dates_stand_on_lines_and_one_alone_is_closed():
    text = "2026-12-31\n\n 2026-12-24: 8-12\n"
    dates = {"2026-12-31": [], "2026-12-24": [["08:00", "12:00"]]}
    assert read_dates(text) == dates
    assert write_dates(dates) == "2026-12-24 08:00–12:00\n2026-12-31"
    with pytest.raises(TwiceTheSame):
        read_dates("2026-12-24\n2026-12-24 8-12")
