"""The incidents behind a number: what was promised by when, and what became of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, Team
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
REPORT = "/reports/promises/"


def rows(response):
    html = response.content.decode()
    body = html[html.index("<tbody>") : html.index("</tbody>")] if "<tbody>" in html else ""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        found.append([re.sub(r"<.*?>", "", cell).strip() for cell in cells])
    return found


def titles(response):
    return re.findall(r'data-item href="[^"]*">(.*?)</a>', response.content.decode())


@pytest.fixture
def three(house, score):
    """Kept; broken and met an hour late; broken and still open."""
    return [
        score(house.big.contact, title="In time", days_ago=3),
        score(house.big.contact, title="Late", kept=False, late=timedelta(hours=1), days_ago=2),
        score(house.small.contact, title="Open", kept=False, days_ago=1, team_id=None),
    ]


@pytest.mark.parametrize(
    ("outcome", "found"),
    [("broken", ["Open", "Late"]), ("kept", ["In time"]), ("all", ["Open", "Late", "In time"])],
)
def test_it_lists_what_the_number_counts_the_latest_first(house, three, client_of, outcome, found):
    assert titles(client_of(house.agent).get(f"{REPORT}{outcome}/")) == found


def test_it_says_how_late_and_what_is_still_open(house, three, client_of):
    opened, late = rows(client_of(house.agent).get(f"{REPORT}broken/"))
    assert opened[1:4] == [three[2].incident.reference, "Open", "First response"]
    assert opened[5:7] == ["Still open", "24 h 00 min"]
    assert opened[7:] == ["Nobody", "", "Small Company"]
    assert late[6:] == ["1 h 00 min", "Nobody", "First line", "Big Company"]


def test_the_team_is_the_one_it_was_promised_under(house, three, client_of, acting_as):
    with acting_as(house.admin):
        other = Team.objects.create(tenant=house.tenant, name="Second line")
        type(three[1].incident).objects.filter(pk=three[1].incident_id).update(
            team=other, assignee=house.agent
        )
    late = rows(client_of(house.agent).get(f"{REPORT}broken/"))[1]
    assert late[7:9] == [house.agent.user.name, "First line"]


def test_it_keeps_the_filters_of_the_report(house, three, client_of):
    assert titles(client_of(house.agent).get(f"{REPORT}broken/?account=BIG")) == ["Late"]
    assert titles(client_of(house.agent).get(f"{REPORT}all/?team=none")) == ["Open"]
    answer = client_of(house.agent).get(f"{REPORT}kept/?account=SMA&period=7")
    assert "No promise came to an end here" in answer.content.decode()
    assert f'href="{REPORT}?period=7&amp;by=severity&amp;account=SMA"' in answer.content.decode()


def test_it_pages_by_key(house, three, client_of, monkeypatch):
    monkeypatch.setattr("incidents.reports.queries.lines.__kwdefaults__", {"cursor": "", "size": 2})
    client, seen, url = client_of(house.agent), [], f"{REPORT}all/"
    while url:
        answer = client.get(url)
        seen.append(titles(answer))
        found = re.search(r'href="([^"]*)" rel="next"', answer.content.decode())
        url = f"{REPORT}all/{found[1].replace('&amp;', '&')}" if found else ""
    assert seen == [["Open", "Late"], ["In time"]]


def test_a_page_address_that_is_not_ours_is_refused(house, three, client_of):
    assert client_of(house.agent).get(f"{REPORT}all/?after=nonsense").status_code == 400


def test_it_costs_the_same_for_one_row_and_for_three(house, score, client_of):
    client = client_of(house.agent)
    score(house.big.contact)
    client.get(f"{REPORT}all/")
    one = len(statements_of(client, f"{REPORT}all/"))
    score(house.small.contact)
    score(house.big.admin, kept=False)
    assert (one, len(statements_of(client, f"{REPORT}all/"))) == (6, 6)


def test_a_promise_that_ended_unmet_says_so(house, score, client_of):
    broken = score(house.big.contact, kept=False, days_ago=1)
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        type(broken.clock).objects.filter(pk=broken.clock_id).update(
            state="stopped", ended_at=timezone.now() - timedelta(hours=20)
        )
    [row] = rows(client_of(house.agent).get(f"{REPORT}broken/"))
    assert row[5:7] == ["Ended unmet", "4 h 00 min"]


def test_a_contact_reads_neither_team_nor_account(house, three, client_of):
    listed = rows(client_of(house.big.admin).get(f"{REPORT}all/"))
    assert [len(row) for row in listed] == [8, 8]
    assert Membership.objects.count() == 0
