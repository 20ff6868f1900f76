"""CSV: what a spreadsheet reads, in whose language, and that no cell becomes a formula."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from portal.core import sheets
from portal.identity.models import Account, User

pytestmark = pytest.mark.django_db
REPORT = "/reports/promises/"


def read(response):
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def get(client_of):
    def ask(person, rest):
        response = client_of(person).get(f"{REPORT}{rest}")
        assert response.status_code == 200
        return response

    return ask


def test_the_table_is_that_of_the_page(house, score, get):
    score(house.big.contact)
    score(house.big.contact)
    score(house.big.contact, kept=False)
    score(house.small.contact, kept=False, severity=1)
    assert read(get(house.agent, "table.csv?by=severity")) == [
        ["Severity", "Promises", "Kept", "Broken", "Share kept, in percent"],
        ["1 · Critical", "1", "0", "1", "0.00"],
        ["2 · Major", "3", "2", "1", "66.67"],
    ]


def test_it_is_a_download_that_no_cache_keeps(house, get):
    response = get(house.agent, "broken.csv?since=2026-03-01&until=2026-03-31")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        'attachment; filename="promises-broken-2026-03-01-2026-03-31.csv"' in response["Content-Disposition"]
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_words_and_marks_are_the_readers(house, score, get):
    score(house.big.contact)
    score(house.big.contact, kept=False)
    User.objects.filter(pk=house.agent.user_id).update(language="fr")
    house.agent.user.refresh_from_db()
    rows = read(get(house.agent, "table.csv?by=plan"))
    assert rows[1] == ["Xtreme Elite", "2", "1", "1", "50,00"]


def test_times_are_iso_with_an_offset(house, score, get):
    score(
        house.big.contact,
        kept=False,
        decided_at=datetime.fromisoformat("2026-03-10T09:00:00+00:00"),
        late=timedelta(minutes=90),
        title="Late",
    )
    head, row = read(get(house.agent, "broken.csv?since=2026-03-01&until=2026-03-31"))
    assert dict(zip(head, row, strict=True)) == {
        "Number": "BIG-1",
        "Title": "Late",
        "Kind of promise": "First response",
        "Severity": "2",
        "Promised by": "2026-03-10T09:00:00+00:00",
        "Kept": "no",
        "Met": "2026-03-10T10:30:00+00:00",
        "Late by, in minutes": "90",
        "Assignee": "",
        "Team": "First line",
        "Account": "Big Company",
    }


def test_a_contacts_sheet_has_neither_team_nor_account(house, score, get):
    score(house.big.contact)
    head, _row = read(get(house.big.admin, "all.csv"))
    assert head[-1] == "Assignee"


@pytest.mark.parametrize("title", ['=HYPERLINK("x")', "+1", "-2+3", "@SUM(A1)", "  =1+1"])
def test_no_cell_becomes_a_formula(house, score, get, title):
    score(house.big.contact, title=title)
    [_head, row] = read(get(house.agent, "all.csv"))
    assert not row[1].lstrip(" ").startswith(("=", "+", "-", "@"))
    assert row[1].lstrip("'").strip() == title.strip()


def test_names_of_groups_are_harmless_too(house, score, get, acting_as):
    score(house.big.contact)
    with acting_as(house.admin):
        Account.objects.filter(pk=house.big.account.pk).update(name="=cmd|calc")
    assert read(get(house.agent, "table.csv?by=account"))[1][0] == "'=cmd|calc"


def test_what_is_too_long_is_cut_and_says_so(house, score, get, monkeypatch):
    for _number in range(3):
        score(house.big.contact)
    monkeypatch.setattr(sheets, "LARGEST", 2)
    rows = read(get(house.agent, "all.csv"))
    assert len(rows) == 4
    assert rows[-1] == ["Cut after 2 rows: choose a shorter period or narrow the report."]
    monkeypatch.setattr(sheets, "LARGEST", 3)
    assert len(read(get(house.agent, "all.csv"))) == 4
    assert "Cut" not in get(house.agent, "all.csv").content.decode()
