"""Each page answers whom it is for, and is not there for others."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

FOR_STAFF = ["identity:accounts"]
FOR_ADMINS = ["identity:staff", "identity:new_account", "identity:portal_settings", "identity:teams"]
FOR_EVERYBODY = ["identity:home", "identity:profile", "identity:portals", "identity:tokens"]


def titles(response):
    return response.content.decode()


@pytest.mark.parametrize("name", [*FOR_STAFF, *FOR_ADMINS, *FOR_EVERYBODY])
def test_the_admin_opens_each_page(cast, client_of, name):
    response = client_of(cast.acme.admin).get(reverse(name))
    assert response.status_code == 200
    assert "<h1>" in titles(response)


@pytest.mark.parametrize("name", FOR_EVERYBODY)
def test_a_contact_opens_their_own_pages(cast, client_of, name):
    response = client_of(cast.acme.big.contact).get(reverse(name))
    assert response.status_code == 200


@pytest.mark.parametrize("name", [*FOR_STAFF, *FOR_ADMINS])
def test_a_customer_admin_finds_no_page_of_the_staff(cast, client_of, name):
    assert client_of(cast.acme.big.admin).get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", [*FOR_ADMINS])
def test_an_agent_finds_no_page_of_the_administrators(cast, client_of, name):
    assert client_of(cast.acme.agent).get(reverse(name)).status_code == 404
