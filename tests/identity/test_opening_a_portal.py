"""A vendor opens a portal by itself: form, mailed link, password, and in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from plans.models import Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity import labels
from portal.identity.actions import open_tenant
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

WANTED = {
    "portal": "Möbel & Meer",
    "label": "",
    "language": "sv",
    "time_zone": "Europe/Stockholm",
    "name": "Ida Strand",
    "email": "Ida@Moebel.example",
}


@pytest.fixture
def base(cast):
    return Client(HTTP_HOST=settings.BASE_HOST)


def ask(client, **changes):
    return client.post("/open/", {**WANTED, **changes})


def link_in(message):
    return re.search(r"/open/\S+", message.body).group()


def way_in(response):
    return re.search(r'url=(http://[^"]+)"', response.content.decode()).group(1)


def follow(url):
    host, _slash, path = url.removeprefix("http://").partition("/")
    client = Client(HTTP_HOST=host)
    return client, client.get(f"/{path}")


def test_from_the_form_to_the_new_portal(base):
    assert ask(base)["Location"] == "/open/mailed/"
    [message] = mail.outbox
    assert message.to == ["ida@moebel.example"]
    assert Tenant.objects.filter(label="mobel-meer").count() == 0

    link = link_in(message)
    assert "mobel-meer.localhost" in base.get(link).content.decode()
    opened = base.post(link, {"password": "en ganska lång mening"})

    tenant = Tenant.objects.get(label="mobel-meer")
    assert (tenant.name, tenant.language, tenant.time_zone) == ("Möbel & Meer", "sv", "Europe/Stockholm")
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        admin = Membership.objects.select_related("user").get()
        assert (admin.role, admin.user.email, admin.user.language) == (Role.ADMIN, "ida@moebel.example", "sv")
        assert [plan.rank for plan in Plan.objects.order_by("rank")] == [1, 2, 3]

    client, arrived = follow(way_in(opened))
    assert arrived["Location"] == "/"
    assert list(client.get("/staff/").context["people"]) == [admin]


def test_the_same_link_does_not_open_a_second_portal(base):
    ask(base)
    link = link_in(mail.outbox[0])
    base.post(link, {"password": "en ganska lång mening"})
    again = base.post(link)
    assert again.status_code == 422
    assert Tenant.objects.filter(name="Möbel & Meer").count() == 1


def test_a_known_and_an_unknown_address_get_the_same_answer(cast, base):
    unknown = ask(base, label="one")
    known = ask(Client(HTTP_HOST=settings.BASE_HOST), label="two", email=cast.acme.agent.user.email)
    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert [m.to for m in mail.outbox] == [["ida@moebel.example"], [cast.acme.agent.user.email]]


def test_an_existing_sign_in_is_never_let_in_by_the_link_alone(cast, base):
    user = cast.acme.agent.user
    ask(base, email=user.email, label="second-one")
    opened = base.post(link_in(mail.outbox[0]))
    url = way_in(opened)
    assert url.endswith("second-one.localhost:8000/account/login/")
    client = Client(HTTP_HOST="second-one.localhost")
    assert client.get("/staff/").status_code == 302
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/staff/").status_code == 200
    assert User.objects.filter(email=user.email).count() == 1


@pytest.mark.parametrize("label", ["www", "api", "mail", "admin", "xn--abc", "acme", "-a", "a", "two words"])
def test_reserved_taken_and_impossible_labels_are_refused(base, label):
    response = ask(base, label=label)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["label"]
    assert mail.outbox == []


def test_the_action_refuses_what_the_form_refuses(cast):
    with pytest.raises(Exception, match="reserved"):
        open_tenant(name="X", label="www", language="en", time_zone="UTC", admin=cast.acme.admin.user)
    with pytest.raises(Exception, match="taken"):
        open_tenant(name="X", label="acme", language="en", time_zone="UTC", admin=cast.acme.admin.user)
    assert Tenant.objects.filter(name="X").count() == 0


def test_a_forged_or_old_link_opens_nothing(base, time_machine):
    ask(base)
    link = link_in(mail.outbox[0])
    assert base.get(link[:-3] + "x/").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(hours=2, minutes=1))
    assert base.post(link, {"password": "en ganska lång mening"}).status_code == 404
    assert Tenant.objects.filter(label="mobel-meer").count() == 0


def test_one_address_is_not_mailed_without_end(base):
    answers = [ask(base, label=f"try-{number}").status_code for number in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_a_mail_server_that_is_down_is_told(base, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    response = ask(base)
    assert response.status_code == 422
    assert "could not be sent" in response.content.decode()


def test_there_is_nothing_to_open_on_a_portals_own_host(cast, client_of):
    client = client_of(None)
    assert client.get("/open/").status_code == 404
    assert ask(client).status_code == 404


def test_a_label_is_suggested_from_the_name(base):
    assert labels.suggest("Société Générale d'Eau") == "societe-generale-d-eau"
    assert labels.suggest("한빛전자") == ""
    fragment = base.get("/open/label/", {"portal": "Nord Wind AB", "label": ""}).content.decode()
    assert 'value="nord-wind-ab"' in fragment
    assert "<html" not in fragment
