"""The report of promises by the API: the same numbers as the page, for the same parameters."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.incidents.reports.conftest import house, score  # noqa: F401

pytestmark = pytest.mark.django_db
PATH = "reports/promises/"


@pytest.fixture
def several(house, score):  # noqa: F811
    score(house.big.contact, severity=1)
    score(house.big.contact, kept=False)
    score(house.big.contact, team_id=None, kind="resolution")
    score(house.small.contact, kept=False, days_ago=50)


def test_it_counts_by_group(cast, program, several):
    answer = program(cast.acme.agent).get(PATH).json()
    today = timezone.localdate()
    assert answer == {
        "since": str(today - timedelta(days=29)),
        "until": str(today),
        "time_zone": "UTC",
        "total": {"promises": 3, "kept": 2, "broken": 1, "share": 2 / 3},
        "groups": [
            {
                "code": "1",
                "name": "1 · Critical",
                "since": None,
                "until": None,
                "promises": 1,
                "kept": 1,
                "broken": 0,
                "share": 1.0,
            },
            {
                "code": "2",
                "name": "2 · Major",
                "since": None,
                "until": None,
                "promises": 2,
                "kept": 1,
                "broken": 1,
                "share": 0.5,
            },
        ],
        "left_out": 0,
    }


@pytest.mark.parametrize(
    ("query", "promises"),
    [
        ("period=90", 4),
        ("kind=resolution", 1),
        ("severity=1", 1),
        ("plan=elite", 3),
        ("plan=none", 0),
        ("product=ledger", 3),
        ("product=store", 0),
        ("period=90&account=SMA", 1),
        ("team=none", 1),
    ],
)
def test_it_is_narrowed_as_the_page_is(cast, program, several, query, promises):
    assert program(cast.acme.agent).get(f"{PATH}?{query}").json()["total"]["promises"] == promises


def test_the_code_of_a_group_narrows_to_it(cast, program, several):
    caller = program(cast.acme.agent)
    for by in ("severity", "plan", "product", "account", "team"):
        groups = caller.get(f"{PATH}?by={by}").json()["groups"]
        assert groups
        for group in groups:
            narrowed = caller.get(f"{PATH}?{by}={group['code']}").json()["total"]
            assert narrowed == {name: group[name] for name in narrowed}


def test_groups_of_time_say_their_days(cast, program, several):
    groups = (
        program(cast.acme.agent).get(f"{PATH}?since=2026-03-02&until=2026-03-10&by=week").json()["groups"]
    )
    assert [(group["since"], group["until"], group["share"]) for group in groups] == [
        ("2026-03-09", "2026-03-10", None),
        ("2026-03-02", "2026-03-08", None),
    ]


def test_many_groups_come_when_they_are_asked_for(cast, program, several):
    query = f"{PATH}?since=2026-01-01&until=2026-03-01&by=day"
    caller = program(cast.acme.agent)
    for more, shown, left_out in (("", 50, 10), ("&all=true", 60, 0)):
        answer = caller.get(query + more).json()
        assert (len(answer["groups"]), answer["left_out"]) == (shown, left_out)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-03-01", "until"),
        ("until=2026-03-01", "since"),
        ("since=2026-03-02&until=2026-03-01", "until"),
        ("since=2020-03-02&until=2026-03-01", "until"),
        ("since=9999-12-31&until=9999-12-31", "until"),
        ("period=30&since=2026-03-01&until=2026-03-02", "period"),
        ("period=31", "period"),
        ("by=person", "by"),
        ("kind=phone", "kind"),
        ("severity=5", "severity"),
        ("plan=golden", "plan"),
        ("product=none", "product"),
        ("account=NOBODY", "account"),
        ("team=987654321", "team"),
        ("after=x", "after"),
    ],
)
def test_what_cannot_be_used_is_refused(cast, program, query, field):
    answer = program(cast.acme.agent).get(f"{PATH}?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
