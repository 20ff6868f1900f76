"""A calendar drawn out, the holidays of a region, and what a time and some minutes would mean."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plans.actions import add_calendar
from plans.coverage import Calendar as Coverage
from plans.coverage import explain_due
from plans.hours import CalendarValue
from plans.probing import probe
from plans.week_drawing import Bar, coming_holidays, drawn_week, own_dates

URL = "/settings/editions/2/hours/"
OFFICE = tuple((day, "08:00", "18:00") for day in range(5))
EARLY = CalendarValue(1, "early", "Europe/Berlin", ((6, "01:00", "02:30"),), holidays=False)
NIGHT = CalendarValue(
    2,
    "night",
    "Europe/Amsterdam",
    ((0, "08:00", "12:00"), (0, "13:00", "18:15"), (6, "22:00", "06:00")),
    dates=(("2026-12-24", (("20:00", "02:00"),)), ("2026-12-31", ())),
)


@pytest.fixture
def admin(acme, client_of, draft):
    return client_of(acme.admin)


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_week_shows_what_is_open_between_two_midnights():
    days = list(drawn_week(NIGHT))
    assert [(day.name, day.words, day.eve) for day in (days[0], days[1], days[6])] == [
        ("Monday", "08:00–12:00, 13:00–18:15", "06:00"),
        ("Tuesday", "", ""),
        ("Sunday", "22:00–06:00", ""),
    ]
    assert days[0].bars == (Bar(0, 360), Bar(480, 240), Bar(780, 315))
    assert (days[1].bars, days[6].bars) == ((), (Bar(1320, 120),))


def test_own_dates_are_drawn_like_days():
    assert [(own.day, own.words, own.bars) for own in own_dates(NIGHT)] == [
        (date(2026, 12, 24), "20:00–02:00", (Bar(1200, 240),)),
        (date(2026, 12, 31), "", ()),
    ]


def test_coming_holidays_say_what_they_close():
    value = CalendarValue(1, "office", week=OFFICE, dates=(("2027-01-01", (("09:00", "10:00"),)),))
    found = coming_holidays(value, "DE", "BY", today=date(2026, 12, 25), language="en")
    first = list(found)[:4]
    assert [(one.day.isoformat(), one.closes, one.own) for one in first] == [
        ("2026-12-25", "08:00–18:00", ""),
        ("2026-12-26", "", ""),
        ("2027-01-01", "", "09:00–10:00"),
        ("2027-01-06", "08:00–18:00", ""),
    ]
    assert first[3].name == "Epiphany"


# On the Sundays on which clocks change, to the minute: (calendar, start as its clock reads it, minutes).
CHANGES = [
    ("Europe/Berlin", datetime.fromisoformat("2026-03-29T01:30"), 60),
    ("Europe/Berlin", datetime.fromisoformat("2026-03-29T02:30"), 60),
    ("Europe/Berlin", datetime.fromisoformat("2026-10-25T02:30"), 60),
    ("Europe/Berlin", datetime.fromisoformat("2026-10-25T00:00"), 1500),
    ("America/New_York", datetime.fromisoformat("2026-11-01T00:30"), 120),
    ("Australia/Lord_Howe", datetime.fromisoformat("2026-04-05T01:30"), 60),
    ("Africa/Cairo", datetime.fromisoformat("2026-04-23T23:30"), 60),
]


@pytest.mark.parametrize(("zone", "at", "minutes"), CHANGES)
@pytest.mark.parametrize("own_zone", [True, False])
def test_the_probe_counts_as_clocks_do_when_these_change(zone, at, minutes, own_zone):
    week = tuple((day, "00:00", "24:00") for day in range(7))
    value = CalendarValue(1, "all", zone if own_zone else "", week, holidays=False)
    found = probe(value, at=at, minutes=minutes, time_zone=zone, country="", subdivision="")
    plain = Coverage.from_dict({"zone": zone, "week": [list(opening) for opening in week]})
    assert found.explained == explain_due(plain, at.replace(tzinfo=ZoneInfo(zone)), minutes)
    assert found.explained.end - found.explained.start == timedelta(minutes=minutes)
    assert found.zone == zone


def test_hours_inside_the_change_open_twice():
    at = datetime.fromisoformat("2026-10-25T00:00")
    found = probe(EARLY, at=at, minutes=120, time_zone="Asia/Seoul", country="", subdivision="")
    assert [(one.start, one.end) for one in found.explained.spans] == [
        (datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ]


def test_the_page_shows_due_time_spans_and_what_a_holiday_closed(admin):
    asked = {"at": "2026-12-24T17:00", "minutes": "120", "time_zone": "Europe/Berlin", "country": "DE"}
    words = text(admin.get(f"{URL}business/", asked))
    assert "Due Mon, 28 Dec 2026 09:00 CET" in words
    assert "From Thu, 24 Dec 2026 17:00 CET, on the clock of Europe/Berlin." in words
    assert "Fri, 25 Dec 2026 is closed, as a public holiday." in words
    assert "Thu, 24 Dec 2026 17:00 CET Thu, 24 Dec 2026 18:00 CET 1 h 00 min" in words
    assert "Mon, 28 Dec 2026 08:00 CET Mon, 28 Dec 2026 09:00 CET 1 h 00 min" in words
    assert "Monday" in words
    assert "08:00–18:00" in words


def test_it_works_in_a_published_edition_too(admin):
    asked = {"at": "2026-10-25T02:30", "minutes": "60", "time_zone": "Europe/Berlin"}
    words = text(admin.get("/settings/editions/1/hours/24x7/", asked))
    assert "From Sun, 25 Oct 2026 02:30 CEST" in words
    assert "Due Sun, 25 Oct 2026 02:30 CET" in words


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"minutes": "0"}, "Give at least one minute."),
        ({"minutes": "9999999"}, "less than or equal to"),
        ({"at": "tomorrow"}, "Enter a valid date/time."),
        ({"at": "2300-01-01T00:00"}, "Give a time from 1970 to 2199."),
        ({"at": "0001-01-01T00:00"}, "Give a time from 1970 to 2199."),
        ({"at": "9999-12-31T23:59"}, "Give a time from 1970 to 2199."),
        ({"time_zone": "Europe/Bonn"}, "Select a valid choice."),
        ({"country": "DE", "subdivision": "XX"}, "No public holidays are known for this region"),
    ],
)
def test_what_can_not_be_counted_is_said_in_a_sentence(admin, given, sentence):
    asked = {"at": "2026-10-25T02:30", "minutes": "60", "time_zone": "Europe/Berlin", **given}
    assert sentence in text(admin.get(f"{URL}business/", asked))


def test_hours_with_a_clock_of_their_own_ask_for_no_zone(acme, admin, draft):
    add_calendar(
        edition=draft,
        actor=acme.admin,
        code="tokyo",
        names={"en": "Tokyo desk"},
        time_zone="Asia/Tokyo",
        week=[list(opening) for opening in OFFICE],
        holidays=False,
        dates={},
    )
    page = admin.get(f"{URL}tokyo/", {"at": "2026-11-23T17:00", "minutes": "90"})
    assert 'name="time_zone"' not in page.content.decode()
    assert "Due Tue, 24 Nov 2026 08:30 GMT+9" in text(page) or "Due Tue, 24 Nov 2026 08:30 JST" in text(page)


def test_holidays_of_the_chosen_region_are_listed(admin):
    asked = {"at": "2026-10-25T02:30", "minutes": "60", "time_zone": "Europe/Berlin", "country": "DE"}
    words = text(admin.get(f"{URL}business/", {**asked, "subdivision": "BE"}))
    assert "Women's Day" in words.replace("&#x27;", "'")
    assert "Choose a country beside" not in words
    assert "Choose a country beside to see its public holidays." in text(admin.get(f"{URL}business/"))
