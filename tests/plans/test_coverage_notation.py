"""A calendar as plain data: what is written, what is read, and what is refused with which code."""

import json
from datetime import date

import pytest

from plans.coverage import ALWAYS_OPEN, Calendar, CalendarFault, Hours, InvalidCalendar, Opening, openings

PLAIN = {
    "zone": "Europe/Stockholm",
    "week": [[0, "08:00", "12:00"], [0, "13:00", "24:00"], [6, "22:00", "06:00"]],
    "holidays": ["2026-06-20", "2026-12-25"],
    "dates": {"2026-12-24": [["08:00", "12:00"]], "2026-12-31": []},
}


def test_plain_data_becomes_a_calendar():
    assert Calendar.from_dict(PLAIN) == Calendar(
        zone="Europe/Stockholm",
        week=(Opening(0, 480, 720), Opening(0, 780, 1440), Opening(6, 1320, 1800)),
        holidays=frozenset({date(2026, 6, 20), date(2026, 12, 25)}),
        dates={date(2026, 12, 24): (Hours(480, 720),), date(2026, 12, 31): ()},
    )


def test_a_calendar_is_written_as_json_can_hold_it():
    assert json.loads(json.dumps(Calendar.from_dict(PLAIN).to_dict())) == PLAIN


def test_the_written_form_does_not_depend_on_the_order_of_entry():
    shuffled = PLAIN | {
        "week": PLAIN["week"][::-1],
        "holidays": PLAIN["holidays"][::-1],
        "dates": dict(reversed(PLAIN["dates"].items())),
    }
    assert json.dumps(Calendar.from_dict(shuffled).to_dict()) == json.dumps(PLAIN)


def test_holidays_and_dates_may_be_left_out():
    assert Calendar.from_dict({"zone": "UTC", "week": []}).to_dict() == {
        "zone": "UTC",
        "week": [],
        "holidays": [],
        "dates": {},
    }


def test_midnight_as_a_closing_time_is_the_end_of_the_day():
    assert openings([2], "20:00", "00:00") == openings([2], "20:00", "24:00") == (Opening(2, 1200, 1440),)


def test_always_open_is_an_ordinary_calendar():
    assert Calendar.from_dict(ALWAYS_OPEN.to_dict()) == ALWAYS_OPEN


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"zone": "Europe/Atlantis"}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"zone": "Europe"}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"zone": "../../etc/passwd"}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"zone": ""}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"zone": None}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"zone": ["UTC"]}, CalendarFault.UNKNOWN_ZONE, "zone"),
        ({"week": {}}, CalendarFault.BAD_SHAPE, "week"),
        ({"week": [[0, "08:00"]]}, CalendarFault.BAD_SHAPE, "week[0]"),
        ({"week": ["08:00"]}, CalendarFault.BAD_SHAPE, "week[0]"),
        ({"week": [[7, "08:00", "09:00"]]}, CalendarFault.BAD_WEEKDAY, "week[0]"),
        ({"week": [["0", "08:00", "09:00"]]}, CalendarFault.BAD_WEEKDAY, "week[0]"),
        ({"week": [[True, "08:00", "09:00"]]}, CalendarFault.BAD_WEEKDAY, "week[0]"),
        ({"week": [[0, "08:00", "09:60"]]}, CalendarFault.BAD_TIME, "week[0]"),
        ({"week": [[0, "8:00", "09:00"]]}, CalendarFault.BAD_TIME, "week[0]"),
        ({"week": [[0, "24:00", "09:00"]]}, CalendarFault.BAD_TIME, "week[0]"),
        ({"week": [[0, "08:00", "24:01"]]}, CalendarFault.BAD_TIME, "week[0]"),
        ({"week": [[0, 480, 540]]}, CalendarFault.BAD_TIME, "week[0]"),
        ({"week": [[0, "08:00", "08:00"]]}, CalendarFault.EMPTY_INTERVAL, "week[0]"),
        ({"week": [[0, "08:00", "12:00"], [0, "11:59", "13:00"]]}, CalendarFault.OVERLAP, "week"),
        ({"week": [[0, "22:00", "06:00"], [1, "05:00", "08:00"]]}, CalendarFault.OVERLAP, "week"),
        ({"week": [[6, "22:00", "06:00"], [0, "05:00", "08:00"]]}, CalendarFault.OVERLAP, "week"),
        ({"holidays": "2026-12-25"}, CalendarFault.BAD_SHAPE, "holidays"),
        ({"holidays": ["2026-02-29"]}, CalendarFault.BAD_DATE, "holidays[0]"),
        ({"holidays": ["2026-12-25", "20261226"]}, CalendarFault.BAD_DATE, "holidays[1]"),
        ({"holidays": ["9999-12-31"]}, CalendarFault.BAD_DATE, "holidays.9999-12-31"),
        ({"dates": []}, CalendarFault.BAD_SHAPE, "dates"),
        ({"dates": {"24.12.2026": []}}, CalendarFault.BAD_DATE, "dates.24.12.2026"),
        ({"dates": {"0001-01-01": []}}, CalendarFault.BAD_DATE, "dates.0001-01-01"),
        ({"dates": {"2026-12-24": [["08:00"]]}}, CalendarFault.BAD_SHAPE, "dates.2026-12-24[0]"),
        ({"dates": {"2026-12-24": [["08:00", "x"]]}}, CalendarFault.BAD_TIME, "dates.2026-12-24[0]"),
        (
            {"dates": {"2026-12-24": [["08:00", "12:00"], ["09:00", "10:00"]]}},
            CalendarFault.OVERLAP,
            "dates.2026-12-24",
        ),
        ({"holiday": []}, CalendarFault.UNKNOWN_KEY, "holiday"),
    ],
)
def test_bad_data_is_refused_with_a_code_and_a_place(change, code, where):
    with pytest.raises(InvalidCalendar) as refusal:
        Calendar.from_dict(PLAIN | change)
    assert (refusal.value.code, refusal.value.where) == (code, where)


@pytest.mark.parametrize("data", [None, [], "UTC", {}, {"zone": "UTC"}, {"week": []}])
def test_what_is_no_calendar_at_all_is_refused(data):
    with pytest.raises(InvalidCalendar) as refusal:
        Calendar.from_dict(data)
    assert refusal.value.code == CalendarFault.BAD_SHAPE


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (Opening(0, -1, 60), CalendarFault.BAD_TIME),
        (Opening(0, 1440, 1500), CalendarFault.BAD_TIME),
        (Opening(0, 60, 60), CalendarFault.EMPTY_INTERVAL),
        (Opening(0, 60, 30), CalendarFault.EMPTY_INTERVAL),
        (Opening(0, 480, 480 + 1440), CalendarFault.TOO_LONG),
        (Opening(-1, 60, 90), CalendarFault.BAD_WEEKDAY),
    ],
)
def test_a_calendar_made_in_code_is_checked_like_one_that_is_read(opening, code):
    with pytest.raises(InvalidCalendar) as refusal:
        Calendar("UTC", (opening,))
    assert refusal.value.code == code
