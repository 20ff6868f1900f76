"""docs/rules/clocks.md: each row of its tables is what the actions do."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from incidents.clocks.replay import replay
from incidents.models import Clock
from tests.incidents.clocks.conftest import BERLIN, at

PAGE = Path(settings.BASE_DIR, "docs/rules/clocks.md").read_text(encoding="utf-8")
_ROW = re.compile(
    r"^\| (\w{3} \d+ Mar [\d:]+) \| ([^|]+) \| ([\w -]+?)(?: (\d+))? \| (\w+) \| ([^|]+) \|$", re.M
)


def _table(title):
    section = PAGE.split(f"## Worked through: {title}\n")[1].split("\n## ")[0]
    rows = _ROW.findall(section)
    assert len(rows) == section.count("\n| ") - 2, "a row of the table was not understood"
    return rows


def _act(story, when, words):
    if found := re.fullmatch(r"logged with severity (\d)", words):
        story.log(when, int(found[1]))
    elif found := re.fullmatch(r"the severity becomes (\d)", words):
        story.severity(when, int(found[1]))
    else:
        {
            "an agent answers": story.answer,
            "an agent asks and waits": lambda when: story.answer(when, waiting=True),
            "an agent writes a note": story.note,
            "an agent resolves it": story.resolve,
            "the customer writes": story.write,
            "the customer adds something": story.write,
            "the customer reopens it": story.reopen,
        }[words](when)


def _stands(clock):
    if clock is None:
        return ("none", "none")
    due = clock.due_at.astimezone(BERLIN)
    return clock.state, f"{due:%a} {due.day} {due:%b %H:%M}"


@pytest.mark.parametrize(
    ("title", "targets"),
    [
        ("responses", {}),
        ("a resolution with a pause", {"resolution": {2: 1200, 3: 2400, 4: 180}}),
        ("regular updates", {"update": {2: 300}}),
    ],
)
def test_each_row_of_the_page_is_what_happens(cast, story, promise, title, targets):
    for kind, minutes in targets.items():
        promise(kind, minutes)
    for when, words, kind, number, state, due in _table(title):
        _act(story, when, words)
        clock = story.clock(kind.replace(" ", "_"))
        assert _stands(clock) == (state, due), f"{when}: {words}"
        assert number == ("" if clock is None else str(clock.round)), f"{when}: {words}"
    assert list(replay(cast.acme.tenant, ended=True)) == []
    assert Clock.objects.filter(incident=story.incident).exists()


def test_the_times_of_the_page_are_real_days():
    assert at("Mon 2 Mar 16:00").isoformat() == "2026-03-02T16:00:00+01:00"
