"""Lists of incidents: whose they show, how they are searched, and that they cost the same."""

import re

import pytest

from incidents import actions
from incidents.listing import Filters, page_of
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


def shown(response):
    return re.findall(r'data-item href="/incidents/([A-Z0-9-]+)/"', response.content.decode())


@pytest.fixture
def many(house, log):
    """Of the contact, of the company's admin, of the other company: in this order."""
    return [
        log(house.big.contact, title="Nightly posting stops"),
        log(house.big.admin, title="Label printer"),
        log(house.small.contact, title="Nightly export"),
    ]


@pytest.mark.parametrize(
    ("who", "rows"), [("contact", [0]), ("admin", [1, 0]), ("colleague", []), ("agent", [2, 1, 0])]
)
def test_everybody_sees_what_is_theirs_to_see(client_of, house, many, who, rows):
    person = house.agent if who == "agent" else getattr(house.big, who)
    assert shown(client_of(person).get("/incidents/")) == [many[row].reference for row in rows]


def test_another_tenant_sees_none(client_of, cast, many):
    assert shown(client_of(cast.rival.admin).get("/incidents/?show=all")) == []


def test_solved_ones_are_shown_on_request(client_of, house, many, acting_as):
    with acting_as(house.agent):
        actions.resolve(person=house.agent, incident=many[0], resolution="Done.")
    client = client_of(house.big.contact)
    assert shown(client.get("/incidents/")) == []
    assert "Nothing is open" in client.get("/incidents/").content.decode()
    assert shown(client.get("/incidents/?show=all")) == [many[0].reference]


def test_mine_among_the_companys(client_of, house, many):
    assert shown(client_of(house.big.admin).get("/incidents/?whose=mine")) == [many[1].reference]


def test_staff_narrow_to_an_account_and_contacts_cannot_widen(client_of, house, many):
    assert shown(client_of(house.agent).get("/incidents/?account=SMA")) == [many[2].reference]
    assert shown(client_of(house.big.contact).get("/incidents/?account=SMA")) == [many[0].reference]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("nightly", [2, 0]),
        ("NIGHT post", [0]),
        ("posting nightly", [0]),
        ("printed", []),
        ("it's -- % _ \\ ' \" & | ! :*", []),
        ("", [2, 1, 0]),
    ],
)
def test_a_search_finds_words_of_titles_by_their_beginning(client_of, house, many, words, rows):
    assert shown(client_of(house.agent).get("/incidents/", {"q": words})) == [
        many[row].reference for row in rows
    ]


def test_a_search_finds_a_number_and_its_beginning(client_of, house, many):
    client = client_of(house.agent)
    assert shown(client.get("/incidents/", {"q": many[0].reference.lower()})) == [many[0].reference]
    assert shown(client.get("/incidents/", {"q": "BIG-"})) == [many[1].reference, many[0].reference]


def test_a_search_stays_behind_the_walls(client_of, house, cast, many):
    """S-01: neither words nor numbers of what is out of sight are found, by rule and by policy."""
    for person in (house.small.contact, house.big.colleague, cast.rival.agent):
        client = client_of(person)
        assert many[0].reference not in shown(client.get("/incidents/", {"q": "posting"}))
        assert shown(client.get("/incidents/", {"q": many[0].reference})) == []


def test_solved_incidents_are_found_as_well(client_of, house, many, acting_as):
    with acting_as(house.agent):
        actions.resolve(person=house.agent, incident=many[0], resolution="Done.")
    assert shown(client_of(house.big.contact).get("/incidents/", {"q": "posting"})) == [many[0].reference]


def test_pages_go_on_where_the_last_ended(house, log, acting_as):
    references = [log().reference for _ in range(5)][::-1]
    with acting_as(house.big.contact):
        seen, cursor = [], ""
        while True:
            page = page_of(house.big.contact, Filters(), cursor, size=2)
            seen.append([row.reference for row in page.rows])
            if not (cursor := page.next):
                break
    assert seen == [references[0:2], references[2:4], references[4:]]


def test_a_cursor_that_is_not_ours_leads_to_the_first_page(client_of, house):
    response = client_of(house.big.contact).get("/incidents/?after=nonsense")
    assert response.headers["Location"] == "/incidents/"


@pytest.mark.parametrize(("who", "statements"), [("contact", 3), ("agent", 3)])
def test_one_row_costs_as_much_as_three(client_of, house, log, who, statements):
    client = client_of(house.agent if who == "agent" else house.big.contact)
    log()
    client.get("/incidents/")
    one = statements_of(client, "/incidents/")
    log(), log()
    assert (len(one), len(statements_of(client, "/incidents/"))) == (statements, statements)


def test_home_shows_what_waits_for_the_contact_first(client_of, house, many, acting_as):
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=many[0], body="Which version?", waiting=True)
    html = client_of(house.big.admin).get("/").content.decode()
    assert html.index("Waiting for you") < html.index(many[0].reference) < html.index("Your open incidents")
    assert html.index("Your open incidents") < html.index(many[1].reference)
