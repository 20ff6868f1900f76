"""Who reaches an incident's pages, and that the others learn nothing and change nothing."""

import pytest

from incidents.models import Follower, Message
from portal.core.models import HistoryEntry
from portal.identity.hosts import forget_tenants
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db

GETS = ["", "history/", "why/", "?write=note", "followers/", "solved/", "resolve/", "take/"]
POSTS = ["reply/", "note/", "follow/", "unfollow/", "take/", "resolve/", "solved/", "contest/", "followers/"]


@pytest.fixture
def strangers(house, cast):
    return {
        "colleague without the right": house.big.colleague,
        "contact of another account": house.small.contact,
        "customer admin of another account": house.small.admin,
        "agent of another tenant": cast.rival.agent,
        "admin of another tenant": cast.rival.admin,
        "contact of another tenant": cast.rival.big.contact,
    }


@pytest.mark.parametrize(
    "who",
    [
        "colleague without the right",
        "contact of another account",
        "customer admin of another account",
        "agent of another tenant",
        "admin of another tenant",
        "contact of another tenant",
    ],
)
def test_a_stranger_finds_nothing_and_changes_nothing(client_of, strangers, incident, reload, acting_in, who):
    client = client_of(strangers[who])
    nowhere = "/incidents/NONE-999/"
    for path in GETS:
        found, missing = client.get(page_of(incident) + path), client.get(nowhere + path)
        assert (found.status_code, missing.status_code) == (404, 404)
        assert found.content.decode().replace(incident.reference, "NONE-999").count("<h1") == (
            missing.content.decode().count("<h1")
        )
        assert incident.title not in found.content.decode()
    said = {"body": "x", "reason": "x", "resolution": "x", "follower": strangers[who].pk, "key": "k"}
    for path in POSTS:
        assert client.post(page_of(incident) + path, said).status_code == 404
    with acting_in(incident.tenant):
        assert not Message.objects.filter(incident=incident).exists()
        assert not Follower.objects.filter(incident=incident).exists()
        assert HistoryEntry.objects.filter(subject_id=incident.pk, subject_type="incident").count() == 1
    assert reload(incident).revision == 0


def test_the_company_sees_it_where_role_or_tenant_allow(client_of, house, incident, acting_in):
    assert client_of(house.big.admin).get(page_of(incident)).status_code == 200
    assert client_of(house.big.colleague).get(page_of(incident)).status_code == 404
    with acting_in(house.tenant):
        house.tenant.customers_see_company = True
        house.tenant.save(update_fields=["customers_see_company"])
    forget_tenants()
    assert client_of(house.big.colleague).get(page_of(incident)).status_code == 200


def test_nobody_is_asked_to_sign_in_and_comes_back(client_of, house, incident):
    client = client_of(None, tenant=house.tenant)
    for path in (*GETS, "reply/"):
        response = client.get(page_of(incident) + path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/?next=%2Fincidents%2F")
    assert client.post(page_of(incident) + "take/").headers["Location"].startswith("/account/login/")


def test_pages_of_signed_in_people_are_stored_by_no_cache(client_of, house, incident):
    answer = client_of(house.big.contact).get(page_of(incident))
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
