"""docs/rules/alerts.md: each row of its tables is what actions and sweeps do."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from incidents import actions
from incidents.clocks.ladder import DEFAULT
from incidents.models import Alert
from notifications.models import Notification
from tests.incidents.clocks.conftest import BERLIN

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR, "docs/rules/alerts.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (\w{3} \d+ Mar [\d:]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
WHO = {
    "The Agent": "assignee",
    "The Lead": "lead",
    "The Admin": "administrators",
    "Sma Contact": "customer",
}


def _table(title):
    section = PAGE.split(f"## Worked through: {title}\n")[1].split("\n## ")[0]
    rows = _ROW.findall(section)
    assert len(rows) == section.count("\n| ") - 2, "a row of the table was not understood"
    return rows


@pytest.fixture
def act(cast, story, sweep):
    def what(when, words):
        if found := re.fullmatch(r"logged with severity (\d)", words):
            incident = story.log(when, int(found[1]))
            actions.assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
        elif found := re.fullmatch(r"the severity becomes (\d)", words):
            story.severity(when, int(found[1]))
        else:
            assert words == "the sweep runs"
            sweep(when)

    return what


def _alerts(ids):
    """``100 (50, 75), late``: what was raised since then."""
    rows = list(Alert.objects.exclude(pk__in=ids).order_by("percent"))
    if not rows:
        return "none"
    *folded, told = rows
    assert [row.folded for row in rows] == [True] * len(folded) + [False]
    brackets = f" ({', '.join(str(row.percent) for row in folded)})" if folded else ""
    return f"{told.percent}{brackets}{', late' if told.late else ''}"


def _told(ids):
    """The notifications about promised times that came since then."""
    kinds = [f"incidents.{kind}" for kind in ("due", "breached", "late", "missed")]
    return Notification.objects.filter(kind__in=kinds).exclude(pk__in=ids).select_related("recipient__user")


@pytest.mark.parametrize("title", ["a first response that nobody gives", "another severity", "an outage"])
def test_each_row_of_the_page_is_what_happens(story, act, title):
    for when, words, alerts, people, soonest in _table(title):
        raised, heard = (list(kept.values_list("pk", flat=True)) for kept in (Alert.objects, _told([])))
        act(when, words)
        assert _alerts(raised) == alerts, f"{when}: {words}"
        now_told = {WHO[one.recipient.name] for one in _told(heard)}
        assert now_told == (set() if people == "nobody" else set(people.split(", "))), f"{when}: {words}"
        at = story.clock("first_response").alert_at
        shown = f"{at.astimezone(BERLIN):%a %-d %b %H:%M}" if at else "none"
        assert shown == soonest, f"{when}: {words}"


def test_the_page_has_the_ladder_that_a_portal_starts_with():
    section = PAGE.split("## The ladder\n")[1].split("\n- ")[0]
    rows = re.findall(r"^\| (\d+)[^|]*\| ([^|]+) \|", section, re.M)
    assert rows == [
        (str(step.percent), "all" if len(step.severities) == 4 else ", ".join(map(str, step.severities)))
        for step in DEFAULT
    ]
