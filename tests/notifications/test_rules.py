"""The tables of docs/rules/notifications.md, row by row."""

from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from notifications.enums import Channel, Choice
from notifications.hours import Quiet, next_digest
from notifications.wishes import Gather, Leave, Wait, Wishes, way_of_mail
from tests.notifications.conftest import GREETINGS

BERLIN = ZoneInfo("Europe/Berlin")
PAGE = Path(settings.BASE_DIR) / "docs" / "rules" / "notifications.md"


def _rows(begins: str) -> list[list[str]]:
    """The table whose head begins so."""
    lines = PAGE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {begins}"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def _berlin(text: str) -> datetime:
    return datetime.strptime(text, "%a %d %b %Y %H:%M").replace(tzinfo=BERLIN)


def _leaves_at(choice: Choice, at: datetime) -> datetime:
    chosen = {(GREETINGS.code, Channel.MAIL): choice}
    wishes = Wishes(BERLIN, chosen, time(8), Quiet(time(20), time(7)))
    match way_of_mail(GREETINGS, urgent=False, wishes=wishes, at=at):
        case Leave():
            return at
        case Wait(until=until):
            return until
        case Gather(due_at=due_at):
            return due_at
    raise AssertionError(choice)


@pytest.mark.parametrize("row", _rows("something is told at"), ids=lambda row: row[0])
def test_quiet_hours_and_digest(row: list[str]) -> None:
    told, at_once, daily = map(_berlin, row)
    assert _leaves_at(Choice.NOW, told) == at_once
    assert _leaves_at(Choice.DAILY, told) == daily


@pytest.mark.parametrize("row", _rows("once a day at 02:30"), ids=lambda row: row[0])
def test_when_the_clocks_change(row: list[str]) -> None:
    told = _berlin(row[0])
    leaves = datetime.strptime(row[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert next_digest(told, time(2, 30), BERLIN) == leaves


def test_the_tables_were_found() -> None:
    assert (len(_rows("something is told at")), len(_rows("once a day at 02:30"))) == (5, 2)
