"""Lists cost the same however long they are, and show what the reader may see."""

import pytest

from portal.identity.actions import add_account, add_person, add_team, invite
from portal.identity.enums import Role
from portal.identity.models import User
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


def names(response):
    return [account.name for account in response.context["page"].rows]


@pytest.fixture
def add_accounts(cast, acting_as):
    def add(*accounts):
        with acting_as(cast.acme.admin) as actor:
            for key, name in accounts:
                add_account(
                    actor=actor, name=name, key=key, language="en", time_zone="UTC", csm=cast.acme.csm
                )

    return add


def test_customers_take_two_statements(cast, client_of, add_accounts):
    client = client_of(cast.acme.agent)
    assert names(client.get("/customers/")) == ["Big Company", "Small Company"]
    assert len(statements_of(client, "/customers/")) == 2
    add_accounts(("ONE", "One"), ("TWO", "Two"), ("TRE", "Three"))
    assert len(names(client.get("/customers/"))) == 5
    assert len(statements_of(client, "/customers/")) == 2


def test_a_contacts_page_loads_the_account_once(cast, client_of):
    client = client_of(cast.acme.big.admin)
    client.get("/people/")
    assert len(statements_of(client, "/people/")) == 4


def test_people_take_four_statements(cast, client_of, acting_as):
    client = client_of(cast.acme.admin)
    assert len(client.get("/staff/").context["people"]) == 5
    assert len(statements_of(client, "/staff/")) == 4
    with acting_as(cast.acme.admin) as actor:
        team = add_team(actor=actor, name="Second line")
        for number in range(3):
            user = User.objects.create_user(email=f"more{number}@acme.example", name=f"More {number}")
            add_person(tenant=cast.acme.tenant, user=user, role=Role.AGENT, team=team, actor=actor)
            invite(actor=actor, email=f"soon{number}@acme.example", role=Role.AGENT, language="en")
    response = client.get("/staff/")
    assert len(response.context["people"]) == 8
    assert len(response.context["invitations"]) == 3
    assert len(statements_of(client, "/staff/")) == 4


def test_customers_are_found_by_key_and_by_how_their_name_begins(cast, client_of, add_accounts):
    add_accounts(("NRD", "Nordlicht"), ("NOR", "Norrsken"), ("ZZZ", "Not Nordic"))
    client = client_of(cast.acme.agent)
    assert names(client.get("/customers/", {"q": "nor"})) == ["Nordlicht", "Norrsken"]
    assert names(client.get("/customers/", {"q": "zzz"})) == ["Not Nordic"]
    assert names(client.get("/customers/", {"q": "%"})) == []


def test_pages_follow_each_other_without_gap(cast, client_of, add_accounts):
    add_accounts(*((f"K{number:03d}", f"Customer {number:03d}") for number in range(55)))
    client = client_of(cast.acme.agent)
    first = client.get("/customers/")
    second = client.get("/customers/", {"after": first.context["page"].next})
    assert (len(names(first)), len(names(second))) == (50, 7)
    assert names(first) + names(second) == sorted(names(first) + names(second))
    assert client.get("/customers/", {"after": "nonsense"})["Location"] == "/customers/"


def test_the_portals_are_apart(cast, client_of):
    response = client_of(cast.rival.agent).get("/customers/")
    assert {account.tenant_id for account in response.context["page"].rows} == {cast.rival.tenant.pk}


def test_another_portals_customer_is_not_there(cast, client_of, add_accounts):
    add_accounts(("ONE", "One"))
    assert client_of(cast.rival.admin).get("/customers/ONE/").status_code == 404
    assert client_of(cast.rival.admin).post("/customers/ONE/edit/", {"name": "Mine"}).status_code == 404
    assert client_of(cast.acme.agent).get("/customers/ONE/").context["account"].name == "One"
