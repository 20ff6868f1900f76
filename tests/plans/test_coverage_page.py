"""docs/rules/coverage.md: every calendar and every number on the page is what the code computes."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plans.coverage import Calendar, due, elapsed, explain_due
from tests.plans.coverage_oracle import minutes_open

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "coverage.md").read_text()
CALENDARS = {
    name: Calendar.from_dict(json.loads(plain))
    for name, plain in re.findall(r"Calendar \*\*(.+?)\*\*:\n\n```json\n(.+?)```", PAGE, re.DOTALL)
}
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def _tables() -> list[dict[str, str]]:
    rows = []
    for table in re.findall(r"(?:^\|.+\n)+", PAGE, re.MULTILINE):
        header, _, *lines = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()
        ]
        rows += [dict(zip(header, line, strict=True)) for line in lines]
    return rows


ROWS = _tables()


def _rows(*columns: str) -> list[dict[str, str]]:
    return [row for row in ROWS if set(row) - {"because"} == {"calendar", *columns}]


def _at(written: str) -> datetime:
    weekday, day, time, offset = written.split()
    at = datetime.fromisoformat(f"{day}T{time}{offset}")
    assert WEEKDAYS[at.weekday()] == weekday
    return at


def _written(at: datetime, calendar: Calendar) -> str:
    local = at.astimezone(ZoneInfo(calendar.zone))
    offset = f"{local:%z}"
    return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"


def _id(row: dict[str, str]) -> str:
    return " ".join([row["calendar"], row.get("start") or row["from"]])


def test_every_table_of_the_page_is_read():
    kinds = [
        _rows("start", "minutes", "due"),
        _rows("from", "to", "minutes"),
        _rows("start", "minutes", "spans"),
        _rows("start", "minutes", "paused", "resumed", "due"),
    ]
    assert all(kinds)
    assert sum(len(rows) for rows in kinds) == len(ROWS)
    assert {row["calendar"] for row in ROWS} == set(CALENDARS)


@pytest.mark.parametrize("row", _rows("start", "minutes", "due"), ids=_id)
def test_due_times_of_the_page(row):
    calendar = CALENDARS[row["calendar"]]
    assert _written(due(calendar, _at(row["start"]), int(row["minutes"])), calendar) == row["due"]


@pytest.mark.parametrize("row", _rows("from", "to", "minutes"), ids=_id)
def test_elapsed_coverage_of_the_page(row):
    calendar, start, end = CALENDARS[row["calendar"]], _at(row["from"]), _at(row["to"])
    assert elapsed(calendar, start, end) == timedelta(minutes=int(row["minutes"]))
    assert len(minutes_open(calendar, start, end)) == int(row["minutes"])


@pytest.mark.parametrize("row", _rows("start", "minutes", "spans"), ids=_id)
def test_spans_of_the_page(row):
    calendar = CALENDARS[row["calendar"]]
    spans = explain_due(calendar, _at(row["start"]), int(row["minutes"])).spans
    written = "; ".join(f"{_written(s.start, calendar)} to {_written(s.end, calendar)}" for s in spans)
    assert written == row["spans"]


@pytest.mark.parametrize("row", _rows("start", "minutes", "paused", "resumed", "due"), ids=_id)
def test_pauses_of_the_page(row):
    calendar, start = CALENDARS[row["calendar"]], _at(row["start"])
    rest = timedelta(minutes=int(row["minutes"])) - elapsed(calendar, start, _at(row["paused"]))
    assert _written(due(calendar, _at(row["resumed"]), rest), calendar) == row["due"]


def test_dates_that_the_page_says_an_explanation_names():
    row = next(row for row in _rows("start", "minutes", "spans") if row["calendar"] == "office")
    explanation = explain_due(CALENDARS["office"], _at(row["start"]), int(row["minutes"]))
    assert [f"{day:%A %-d %B}" for day in explanation.holidays] == ["Friday 25 December"]
    assert [f"{day:%A %-d %B}" for day in explanation.own_dates] == ["Thursday 24 December"]
    assert "names Friday 25 December as the holiday" in " ".join(PAGE.split())
    assert "and Thursday 24 December as a date with its own" in " ".join(PAGE.split())
