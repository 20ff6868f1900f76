"""One sign-in, several places: in the same portal by a choice, in another by a hand-off."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.identity.actions import add_person
from portal.identity.enums import Role
from portal.identity.models import HandOff
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def traveller(cast, acting_in):
    """The contact of Big Company at Acme, who is also an agent at Rival and a contact of Small Company."""
    user = cast.acme.big.contact.user
    with acting_in(cast.acme.tenant):
        small = add_person(
            tenant=cast.acme.tenant,
            user=user,
            role=Role.CUSTOMER_ADMIN,
            account=cast.acme.small.account,
            actor=cast.acme.admin,
        )
    with acting_in(cast.rival.tenant):
        rival = add_person(tenant=cast.rival.tenant, user=user, role=Role.AGENT, actor=cast.rival.admin)
    return {"big": cast.acme.big.contact, "small": small, "rival": rival}


@pytest.fixture
def signed_in(cast, traveller):
    client = Client(HTTP_HOST="acme.localhost")
    client.post("/account/login/", {"login": traveller["big"].user.email, "password": PASSWORD})
    return client


def leave(client, person):
    page = client.post(f"/portals/{person.pk}/enter/").content.decode()
    return re.search(r'url=http://([^/]+)(/arrive/[^"]+)"', page).groups()


def test_all_places_are_listed_with_their_company(traveller, signed_in):
    page = signed_in.get("/portals/")
    places = [(p.tenant.label, p.membership.role, p.account_name) for p in page.context["places"]]
    assert places == [
        ("acme", Role.CUSTOMER, "Big Company"),
        ("acme", Role.CUSTOMER_ADMIN, "Small Company"),
        ("rival", Role.AGENT, ""),
    ]
    assert page.context["current"] == traveller["big"].pk


def test_another_place_in_the_same_portal_is_a_choice_of_the_session(traveller, signed_in):
    assert signed_in.get("/people/").status_code == 404
    assert signed_in.post(f"/portals/{traveller['small'].pk}/enter/")["Location"] == "/"
    people = signed_in.get("/people/").context["people"]
    assert {one.account_id for one in people} == {traveller["small"].account_id}


def test_a_hand_off_signs_in_under_a_new_key_with_the_same_proof(traveller, signed_in):
    host, path = leave(signed_in, traveller["rival"])
    assert host == "rival.localhost:8000"
    there = Client(HTTP_HOST=host)
    there.get("/account/login/")
    before = there.session.session_key
    assert there.get(path)["Location"] == "/"
    assert there.get("/customers/").status_code == 200
    assert there.session.session_key not in {before, signed_in.session.session_key}
    proof = "account_authentication_methods"
    assert there.session[proof] == signed_in.session[proof]
    assert [method["method"] for method in there.session[proof]] == ["password"]


def test_the_base_host_leads_to_each_portal(cast, traveller):
    client = Client(HTTP_HOST="localhost")
    client.post("/account/login/", {"login": traveller["big"].user.email, "password": PASSWORD})
    assert client.get("/")["Location"] == "/portals/"
    assert len(client.get("/portals/").context["places"]) == 3
    host, path = leave(client, traveller["small"])
    there = Client(HTTP_HOST=host)
    there.get(path)
    assert {one.account_id for one in there.get("/people/").context["people"]} == {
        traveller["small"].account_id
    }


def test_a_hand_off_works_once(traveller, signed_in):
    host, path = leave(signed_in, traveller["rival"])
    Client(HTTP_HOST=host).get(path)
    second = Client(HTTP_HOST=host)
    assert second.get(path)["Location"] == "/account/login/"
    assert second.get("/customers/").status_code == 302


def test_a_hand_off_is_good_for_half_a_minute(traveller, signed_in, time_machine):
    host, path = leave(signed_in, traveller["rival"])
    time_machine.move_to(timezone.now() + timedelta(seconds=31))
    assert Client(HTTP_HOST=host).get(path)["Location"] == "/account/login/"
    assert HandOff.objects.get().used_at is None


def test_a_hand_off_is_good_on_its_own_host_only(traveller, signed_in):
    _host, path = leave(signed_in, traveller["rival"])
    client = Client(HTTP_HOST="acme.localhost")
    assert client.get(path)["Location"] == "/account/login/"
    assert HandOff.objects.get().used_at is None


def test_only_its_hash_is_stored(traveller, signed_in):
    _host, path = leave(signed_in, traveller["rival"])
    assert path.partition("pass=")[2] not in str(vars(HandOff.objects.get()))


def test_nobody_takes_anothers_place(cast, client_of, traveller):
    client = client_of(cast.acme.big.colleague)
    for person in (cast.acme.admin, cast.rival.admin, traveller["rival"]):
        assert client.post(f"/portals/{person.pk}/enter/").status_code == 404
    assert HandOff.objects.count() == 0


def test_a_session_of_one_portal_is_nobody_in_another(cast, client_of):
    client = client_of(cast.acme.admin)
    client.defaults["HTTP_HOST"] = "rival.localhost"
    assert client.get("/staff/").status_code == 404
    assert client.post("/teams/", {"name": "Intruders"}).status_code == 404
    assert "You have no access here" in client.get("/").content.decode()


def test_the_role_is_the_one_of_the_host(cast, client_of, traveller):
    client = client_of(traveller["rival"], tenant=cast.acme.tenant)
    assert client.get("/customers/").status_code == 404
    client.defaults["HTTP_HOST"] = "rival.localhost"
    assert client.get("/customers/").status_code == 200
    assert {account.tenant_id for account in client.get("/customers/").context["page"].rows} == {
        cast.rival.tenant.pk
    }
