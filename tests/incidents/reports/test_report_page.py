"""The report: what it counts, for whom, and what it costs."""

import re
from copy import copy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.html import strip_tags

from incidents.models import Clock, Score
from plans.enums import TargetKind
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
REPORT = "/reports/promises/"


def cells(html):
    """The rows of the table: name, promises, kept, broken, share."""
    body = html[html.index("<tbody>") : html.index("</tbody>")] if "<tbody>" in html else ""
    rows = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        hidden = re.sub(r'<span class="visually-hidden">.*?</span>', "", row, flags=re.DOTALL)
        found = re.findall(r"<t[hd].*?>(.*?)</t[hd]>", hidden, re.DOTALL)
        rows.append([strip_tags(cell).replace("\xa0", " ").replace("&lt;", "<") for cell in found])
    return rows


@pytest.fixture
def report(client_of):
    def ask(person, query=""):
        response = client_of(person).get(f"{REPORT}{query}")
        assert response.status_code == 200
        return response.content.decode()

    return ask


@pytest.fixture
def several(house, score):
    """Of the big company two of three kept, of the small one none of one."""
    score(house.big.contact, severity=1)
    score(house.big.contact, severity=2, product_id=house.store.pk, kind=TargetKind.RESOLUTION)
    score(house.big.contact, severity=2, kept=False)
    score(house.small.contact, severity=3, kept=False, team_id=None)


@pytest.fixture
def many(house, score, acting_as):
    """One a day for 500 days, as the server knows: of a few, any index is as good as the right one."""
    first = score(house.big.contact, kind=TargetKind.RESOLUTION)
    with acting_as(house.agent):
        clock = Clock.objects.get(pk=first.clock_id)
        clocks = Clock.objects.bulk_create(_copy(clock, round=number) for number in range(2, 500))
        Score.objects.bulk_create(
            _copy(first, clock_id=clock.pk, decided_at=first.decided_at - timedelta(days=number))
            for number, clock in enumerate(clocks, start=1)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_score")


def _copy(row, **changes):
    made = copy(row)
    for name, value in {"pk": None, **changes}.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "severity",
            [
                ["1 · Critical", "1", "1", "0", "100 %"],
                ["2 · Major", "2", "1", "1", "50 %"],
                ["3 · Minor", "1", "0", "1", "0 %"],
            ],
        ),
        ("plan", [["Xtreme", "1", "0", "1", "0 %"], ["Xtreme Elite", "3", "2", "1", "67 %"]]),
        ("product", [["Ledger", "3", "1", "2", "33 %"], ["Store", "1", "1", "0", "100 %"]]),
        ("account", [["Big Company", "3", "2", "1", "67 %"], ["Small Company", "1", "0", "1", "0 %"]]),
        ("team", [["First line", "3", "2", "1", "67 %"], ["No team", "1", "0", "1", "0 %"]]),
    ],
)
def test_promises_are_counted_by_group(house, several, report, by, rows):
    assert cells(report(house.agent, f"?by={by}")) == rows


@pytest.mark.parametrize("role", ["admin", "lead", "agent", "csm"])
def test_all_staff_see_it(house, several, report, role):
    html = report(getattr(house, role))
    assert re.findall(r'<span class="stat-value">(.*?)</span>', html) == ["50\xa0%", "4", "2", "2"]


@pytest.mark.parametrize(
    ("query", "promises"),
    [
        ("?kind=resolution", 1),
        ("?severity=2", 2),
        ("?plan=elite", 3),
        ("?product=ledger", 3),
        ("?account=SMA", 1),
        ("?team=none", 1),
        ("?severity=2&product=ledger", 1),
    ],
)
def test_filters_narrow_it(house, several, report, query, promises):
    assert sum(int(row[1]) for row in cells(report(house.agent, query))) == promises


def test_each_number_leads_to_what_is_behind_it(house, several, report, client_of):
    client = client_of(house.agent)
    for by in ("severity", "plan", "product", "account", "team", "day", "week", "month"):
        html = report(house.agent, f"?by={by}")
        links = re.findall(r'href="(/reports/promises/(?:all|kept|broken)/\?[^"]*)">(\d+)<', html)
        assert links
        for url, number in links:
            listed = client.get(url.replace("&amp;", "&")).content.decode()
            assert len(re.findall("data-item href", listed)) == int(number), url


def test_days_are_those_of_the_tenants_zone(house, score, report):
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        Tenant.objects.filter(pk=house.tenant.pk).update(time_zone="Pacific/Auckland")
    auckland = ZoneInfo("Pacific/Auckland")
    score(house.big.contact, decided_at=datetime(2026, 3, 10, 0, 30, tzinfo=auckland))
    score(house.big.contact, decided_at=datetime(2026, 3, 9, 23, 30, tzinfo=auckland), kept=False)
    html = report(house.agent, "?since=2026-03-09&until=2026-03-10&by=day")
    assert cells(html) == [
        ["Tue, 10 Mar 2026", "1", "1", "0", "100 %"],
        ["Mon, 9 Mar 2026", "1", "0", "1", "0 %"],
    ]
    assert "Pacific/Auckland" in html
    assert cells(report(house.agent, "?since=2026-03-10&until=2026-03-10&by=day"))[0][1] == "1"


def test_a_period_of_the_past_leaves_out_what_is_not_in_it(house, score, report):
    for days_ago in (2, 20, 80, 300):
        score(house.big.contact, days_ago=days_ago)
    counts = [cells(report(house.agent, f"?period={days}"))[0][1] for days in (7, 30, 90, 365)]
    assert counts == ["1", "2", "3", "4"]
    assert cells(report(house.agent))[0][1] == "2"


def test_one_broken_in_many_is_never_all_and_one_kept_never_nothing(house, score, report, monkeypatch):
    from incidents.reports import queries
    from incidents.reports.shares import Count

    tally = queries.tally

    def grown(person, question):
        counted = tally(person, question)
        groups = [(1, Count(1000, 999)), (2, Count(1000, 1))]
        return queries.Tally(Count(2000, 1000), counted.parts, groups)

    score(house.big.contact)
    monkeypatch.setattr(queries, "tally", grown)
    assert [row[4] for row in cells(report(house.agent))] == ["99 %+", "<1 %"]


def test_accounts_beyond_the_first_are_one_link_away(house, several, report, monkeypatch):
    monkeypatch.setattr("incidents.reports.views.SHOWN", 1)
    html = report(house.agent, "?by=account&severity=")
    assert [row[0] for row in cells(html)] == ["Big Company"]
    assert "1 row is shown." in html
    [more] = re.findall(r'<a href="([^"]*)">Show 1 more</a>', html)
    whole = report(house.agent, more.replace("&amp;", "&"))
    assert [row[0] for row in cells(whole)] == ["Big Company", "Small Company"]
    assert "shown." not in whole


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("?since=2026-03-10", "Choose both dates."),
        ("?since=2026-03-10&until=2026-03-09", "The period ends before it begins."),
        ("?since=2020-01-01&until=2026-03-09", "Choose at most 1100 days."),
        ("?since=0001-01-01&until=0001-01-02", "so long ago"),
        ("?since=9999-12-31&until=9999-12-31", "so far ahead"),
        ("?since=tomorrow&until=2026-03-09", "From: Enter a valid date."),
        ("?by=person", "Grouped by: Select a valid choice."),
        ("?account=NOBODY", "There is no account with this key."),
        ("?account=%00", "Account: Null characters are not allowed."),
        ("?team=987654321", "Team: Select a valid choice."),
        ("?period=9", "Period: Select a valid choice."),
    ],
)
def test_what_cannot_be_read_is_said_and_shows_no_numbers(house, several, report, client_of, query, problem):
    html = report(house.agent, query)
    assert problem in html
    assert cells(html) == []
    for path in ("table.csv", "broken/", "broken.csv"):
        answer = client_of(house.agent).get(f"{REPORT}{path}{query}")
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, REPORT)


def test_without_any_it_says_what_to_do(house, report):
    assert "No promise came to an end here" in report(house.agent)


def test_the_chart_has_words_and_the_table_has_its_figures(house, several, report):
    html = report(house.agent)
    assert '<title id="time-title">Share of promises kept, by day</title>' in html
    assert "In all 2 of 4 kept, 50\xa0%." in html
    assert "style=" not in html[html.index("<main") : html.index("</main")]


def test_it_costs_the_same_however_much_there_is(house, score, report, client_of):
    client = client_of(house.agent)
    score(house.big.contact)
    client.get(REPORT)
    costs = {}
    for by in ("severity", "account", "month"):
        costs[by] = len(statements_of(client, f"{REPORT}?by={by}"))
    for number in range(3):
        score(house.small.contact, severity=number + 1, days_ago=number)
        score(house.big.contact, severity=number + 1, days_ago=number, kept=False)
    assert {by: len(statements_of(client, f"{REPORT}?by={by}")) for by in costs} == costs
    assert costs == {"severity": 5, "account": 6, "month": 5}


@pytest.mark.parametrize(
    ("who", "by"),
    [("agent", "severity"), ("agent", "account"), ("agent", "team"), ("agent", "day"), ("admin", "plan")],
)
def test_scores_are_counted_in_one_pass_over_the_index_of_time(house, many, client_of, acting_as, who, by):
    """Under the row policies as well, whatever of the table lies outside the period stays unread."""
    person = house.agent if who == "agent" else house.big.admin
    client = client_of(person)
    client.get(REPORT)
    [counting] = [sql for sql in statements_of(client, f"{REPORT}?by={by}") if "incidents_score" in sql]
    with acting_as(person), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan"):  # which so small a table is read by
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {counting}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert re.search(r"Index (Only )?Scan using score_of_time", plan)
    [condition] = re.findall(r"Index Cond: (.*)", plan)
    assert "tenant_id = " in condition
    assert "decided_at >= " in condition
    assert "decided_at < " in condition
