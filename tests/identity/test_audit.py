"""The audit: who sees it, what it says, and that each filter reads an index of its own."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.db import ProgrammingError, connection, transaction

from bench.explained import greediest
from portal.core import sheets
from portal.core.history import entry, record
from portal.core.models import HistoryEntry
from portal.core.tenancy import APP_ROLE
from portal.identity import audit
from portal.identity.actions import add_team, edit_account
from portal.identity.models import User
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
AUDIT = "/settings/audit/"
SHEET = f"{AUDIT}audit.csv"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def house(cast, acting_as):
    """Acme, with nothing in its history yet but what a test writes."""
    with acting_as(cast.acme.admin):
        assert HistoryEntry.objects.filter(at__gte=NOON, at__lt=NOON + timedelta(days=1)).count() == 0
    return cast.acme


@pytest.fixture
def write(acting_as):
    """So many entries, each a minute older than the one before."""

    def many(actor, subject, verb, count=1, *, at=NOON, **data):
        with acting_as(actor):
            HistoryEntry.objects.bulk_create(
                entry(subject, verb, actor, at=at - timedelta(minutes=number), **data)
                for number in range(count)
            )

    return many


@pytest.fixture
def get(client_of):
    def ask(reader, /, **asked):
        response = client_of(reader).get(AUDIT, {"since": "2026-03-01", "until": "2026-03-10", **asked})
        assert response.status_code == 200
        return response

    return ask


def sentences(response):
    return [line.sentence for line in response.context["lines"]]


def table(response):
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_an_entry_says_who_did_what_to_which_thing_of_whom(house, client_of, acting_as):
    account = house.big.account
    with acting_as(house.admin):
        values = {"name": "Bigger Company", "key": account.key, "language": account.language}
        edit_account(
            account=account, actor=house.admin, time_zone=account.time_zone, country="SE", csm=None, **values
        )
    line = client_of(house.admin).get(AUDIT).context["lines"][0]
    assert line.sentence == (
        "The Admin edited the customer: country “DE” → “SE”, name “Big Company” → “Bigger Company”"
    )
    assert (line.kind, line.who, line.email) == ("Customer", "The Admin", house.admin.user.email)
    assert line.thing == ("Bigger Company", f"/customers/{account.key}/")
    assert line.account == ("Bigger Company", account.key)


def test_times_are_in_the_readers_zone(house, write, get):
    User.objects.filter(pk=house.admin.user_id).update(time_zone="Asia/Seoul")
    house.admin.user.refresh_from_db()
    write(house.admin, house.team, "renamed", was="Old", now="New")
    assert get(house.admin).context["lines"][0].at == "Tue, 10 Mar 2026 21:00 KST"


def test_only_administrators_find_it(cast, client_of):
    nobody = [cast.acme.lead, cast.acme.agent, cast.acme.csm, cast.acme.big.admin, cast.acme.big.contact]
    for person in nobody:
        for url in (AUDIT, SHEET):
            assert client_of(person).get(url).status_code == 404, (person, url)
        assert audit.page_of(person, audit.Asked(), "").entries == []


def test_another_portal_has_its_own(cast, write, get):
    write(cast.acme.admin, cast.acme.team, "renamed", was="Old", now="Ours")
    write(cast.rival.admin, cast.rival.team, "renamed", was="Old", now="Theirs")
    told = "The Admin renamed the team from “Old” to “{}”"
    assert sentences(get(cast.acme.admin)) == [told.format("Ours")]
    assert sentences(get(cast.rival.admin)) == [told.format("Theirs")]


def test_people_and_accounts_of_another_portal_are_unknown(cast, write, get):
    write(cast.acme.admin, cast.acme.team, "renamed", was="Old", now="Ours")
    response = get(cast.rival.admin, person=cast.acme.admin.user.email)
    assert response.context["form"].errors["person"] == ["Nobody with this address has been in this portal."]
    assert "lines" not in response.context
    assert get(cast.acme.admin, account="NONE").context["form"].errors["account"] == [
        "There is no customer with this key."
    ]


def test_it_is_asked_by_person_account_kind_verb_and_days(house, write, get):
    write(house.admin, house.team, "renamed", was="A", now="B")
    write(house.lead, house.team, "added", name="C", at=NOON - timedelta(days=1))
    write(house.admin, house.big.contract, "cancelled", number="C-1", at=NOON - timedelta(days=2))
    renamed = "The Admin renamed the team from “A” to “B”"
    added, cancelled = "The Lead added the team C", "The Admin cancelled the contract C-1"
    assert sentences(get(house.admin)) == [renamed, added, cancelled]
    assert sentences(get(house.admin, person=house.lead.user.email.upper())) == [added]
    assert sentences(get(house.admin, account=house.big.account.key.lower())) == [cancelled]
    assert sentences(get(house.admin, what="team")) == [renamed, added]
    assert sentences(get(house.admin, what="team.added")) == [added]
    assert sentences(get(house.admin, until="2026-03-09")) == [added, cancelled]
    assert sentences(get(house.admin, since="2026-03-09", until="2026-03-09")) == [added]
    assert sentences(get(house.admin, person=house.admin.user.email, what="contract")) == [cancelled]
    assert sentences(get(house.admin, person=house.lead.user.email, what="contract")) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "2026-03-09", "until": "2026-03-08"}, "until"),
        ({"since": "9999-12-31"}, "since"),
        ({"until": "0001-01-01"}, "until"),
        ({"what": "team.unheard_of"}, "what"),
        ({"person": "nobody"}, "person"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(house, client_of, asked, field):
    response = client_of(house.admin).get(AUDIT, asked)
    assert list(response.context["form"].errors) == [field]
    assert "lines" not in response.context
    assert client_of(house.admin).get(SHEET, asked)["Location"].startswith(f"{AUDIT}?")


def test_pages_show_each_entry_once(house, write, get):
    write(house.admin, house.team, "added", 60, name="Same time")
    for _number in range(60):
        write(house.admin, house.team, "added", name="At once", at=NOON - timedelta(days=1))
    seen, after = [], ""
    for _page in range(3):
        response = get(house.admin, **({"after": after} if after else {}))
        seen.append(sentences(response))
        older = response.context["older_url"]
        after = older.partition("after=")[2]
    assert [len(page) for page in seen] == [50, 50, 20]
    assert after == ""
    same_time, at_once = "The Admin added the team Same time", "The Admin added the team At once"
    assert list(chain.from_iterable(seen)) == [same_time] * 60 + [at_once] * 60


def test_a_page_address_that_is_not_ours_leads_to_the_first(house, client_of):
    response = client_of(house.admin).get(AUDIT, {"what": "team", "after": "nonsense"})
    assert response["Location"] == f"{AUDIT}?what=team"


def test_a_page_looks_at_so_many_entries_and_says_where_to_go_on(house, write, get, monkeypatch):
    monkeypatch.setattr(audit, "LOOKED_AT", 10)
    write(house.admin, house.team, "renamed", 25, was="A", now="B")
    write(house.admin, house.team, "added", name="Deep", at=NOON - timedelta(days=1))
    asked = {"person": house.admin.user.email, "what": "team.added"}
    found = []
    for _page in range(3):
        response = get(house.admin, **asked)
        found.append((sentences(response), response.context["looked_on"]))
        asked["after"] = response.context["older_url"].partition("after=")[2]
    assert found == [([], True), ([], True), (["The Admin added the team Deep"], False)]


def test_a_list_of_one_and_of_three_take_six_statements(house, client_of, write):
    client = client_of(house.admin)
    url = f"{AUDIT}?since=2026-03-10&until=2026-03-10"
    write(house.admin, house.big.contract, "cancelled", number="C-1")
    client.get(url)
    assert len(statements_of(client, url)) == 6
    write(house.admin, house.small.contract, "cancelled", 2, number="C-2", at=NOON - timedelta(hours=1))
    assert len(client.get(url).context["lines"]) == 3
    assert len(statements_of(client, url)) == 6


def test_a_name_is_no_formula_and_no_markup(house, write, get, client_of):
    write(house.admin, house.team, "added", name='<script>alert("1")</script>')
    write(house.admin, house.team, "added", name="x", at=NOON - timedelta(hours=1))
    assert "<script>alert(" not in get(house.admin).content.decode()
    with transaction.atomic():
        User.objects.filter(pk=house.lead.user_id).update(name="=cmd|calc")
    house.lead.user.refresh_from_db()
    write(house.lead, house.team, "added", name="y", at=NOON - timedelta(days=1))
    rows = table(client_of(house.admin).get(SHEET, {"until": "2026-03-09"}))
    assert rows[1][1] == "'=cmd|calc"
    assert rows[1][6].startswith("'=cmd|calc added the team y")


def test_the_sheet_is_what_the_filters_show(house, write, client_of):
    write(house.admin, house.big.contract, "cancelled", number="C-1")
    write(house.admin, house.team, "added", name="C")
    response = client_of(house.admin).get(
        SHEET, {"what": "contract", "since": "2026-03-10", "until": "2026-03-10"}
    )
    assert 'filename="audit-contract-2026-03-10-2026-03-10.csv"' in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert table(response) == [
        ["Time", "Person", "Customer", "Kind", "Number", "Event", "What happened", "Recorded data"],
        [
            *("2026-03-10T12:00:00+00:00", "The Admin", house.big.account.key, "Contract"),
            *(str(house.big.contract.pk), "cancelled", "The Admin cancelled the contract C-1"),
            json.dumps({"number": "C-1"}),
        ],
    ]


def test_a_sheet_that_is_cut_says_so(house, write, client_of, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST", 2)
    write(house.admin, house.team, "added", 3, name="C")
    days = {"since": "2026-03-10", "until": "2026-03-10"}
    rows = table(client_of(house.admin).get(SHEET, days))
    assert [len(row) for row in rows] == [8, 8, 8, 1]
    assert rows[-1] == ["The newest 2 entries were looked at. Choose a shorter period for older ones."]
    monkeypatch.setattr(sheets, "LARGEST", 3)
    assert len(table(client_of(house.admin).get(SHEET, days))) == 4


def test_the_database_refuses_to_change_or_delete_an_entry(house, acting_as):
    with acting_as(house.admin), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP_ROLE,)
        written = record(house.team, "renamed", house.admin, was="A", now="B")
        for attempt in (
            f"UPDATE core_historyentry SET verb = 'other' WHERE id = {written.pk}",
            f"DELETE FROM core_historyentry WHERE id = {written.pk}",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(attempt)
        assert HistoryEntry.objects.get(pk=written.pk).verb == "renamed"


ASKED = {
    "history_of_tenant": lambda house: {},
    "history_of_account": lambda house: {"account_id": house.big.account.pk},
    "history_of_actor": lambda house: {"actor_ids": (house.lead.pk,)},
    "history_of_kind": lambda house: {"kind": "contract"},
}


@pytest.mark.parametrize("index", ASKED)
@pytest.mark.parametrize("days", [None, 3])
def test_each_filter_reads_no_more_than_it_looks_at(house, write, index, days, monkeypatch, acting_as):
    monkeypatch.setattr(audit, "LOOKED_AT", 50)
    write(house.admin, house.team, "renamed", 4000, was="A", now="B", at=NOON - timedelta(days=1))
    write(house.admin, house.big.contract, "cancelled", 600, number="C-1", at=NOON - timedelta(days=4))
    write(house.lead, house.team, "added", 600, name="C", at=NOON - timedelta(days=4))
    asked = audit.Asked(**ASKED[index](house), until=NOON - timedelta(days=days) if days else None)
    with acting_as(house.admin), connection.cursor() as cursor:
        cursor.execute("ANALYZE core_historyentry")
        [rows] = audit._led(house.admin, asked)
        [row] = json.loads(
            audit.NEWEST_FIRST.after(rows, "")
            .values_list(*audit.Looked._fields)[:50]
            .explain(format="json", analyze=True)
        )
    read, where = greediest([{"plan": row["Plan"], "sql": index}])
    assert read <= 50, where
    assert index in json.dumps(row["Plan"])


def test_a_new_team_stands_first(house, client_of, acting_as):
    with acting_as(house.admin):
        add_team(actor=house.admin, name="Night shift")
    assert sentences(client_of(house.admin).get(AUDIT))[0] == "The Admin added the team Night shift"
