"""Signing in gives away nothing, leads nowhere else, and can't be walked around."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from portal.identity.hosts import forget_tenants
from portal.identity.models import Tenant, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/account/login/", {"login": email, "password": password, **more})


def without_tokens(response, email):
    body = re.sub(r'(content|value|data-draft)="[^"]*"', "", response.content.decode())
    return response.status_code, body.replace(email, "")


def test_the_session_gets_a_new_key(cast, client_of):
    client = client_of(None)
    client.post("/find/")
    client.get("/account/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, cast.acme.agent.user.email)
    assert client.session.session_key != session.session_key
    assert client.get("/customers/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(cast, client_of):
    known = sign_in(client_of(None), cast.acme.agent.user.email, "wrong")
    unknown = sign_in(client_of(None), "nobody@acme.example", "wrong")
    assert without_tokens(known, cast.acme.agent.user.email) == without_tokens(unknown, "nobody@acme.example")


def test_a_reset_for_an_unknown_address_looks_the_same(cast, client_of):
    known = client_of(None).post("/account/password/reset/", {"email": cast.acme.agent.user.email})
    unknown = client_of(None).post("/account/password/reset/", {"email": "nobody@acme.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 2


def test_a_reset_link_leads_to_the_portals_own_host_and_works_once(cast, client_of, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = cast.acme.agent.user
    client = client_of(None)
    client.post(
        "/account/password/reset/", {"email": user.email}, headers={"X-Forwarded-Host": "evil.example"}
    )
    link = re.search(r"http://\S+", mail.outbox[0].body).group()
    assert link.startswith("http://acme.localhost:8000/account/password/reset/key/")
    path = link.partition(":8000")[2]
    form = client.get(path)["Location"]
    client.post(form, {"password1": "a new long sentence", "password2": "a new long sentence"})
    user.refresh_from_db()
    assert user.check_password("a new long sentence")
    again = client_of(None).get(path)
    assert again.status_code == 200
    assert "password1" not in again.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http://rival.localhost/",
        "http://localhost/",
        "javascript:alert(1)",
    ],
)
def test_next_leads_to_no_other_host(cast, client_of, target):
    response = sign_in(client_of(None), cast.acme.agent.user.email, next=target)
    assert response["Location"] == "/"


def test_next_leads_back_on_the_own_host(cast, client_of):
    response = sign_in(client_of(None), cast.acme.agent.user.email, next="/customers/?q=BIG")
    assert response["Location"] == "/customers/?q=BIG"


def test_the_language_form_leads_to_no_other_host(cast, client_of):
    client = client_of(None)
    response = client.post("/language/", {"language": "fr", "next": "//evil.example/"})
    assert (response["Location"], response.cookies["language"].value) == ("/", "fr")
    assert client.get("/")["Content-Language"] == "fr"


def test_an_unknown_language_is_not_taken(cast, client_of):
    response = client_of(None).post("/language/", {"language": "xx", "next": "/"})
    assert "language" not in response.cookies


def test_forms_need_their_token(cast):
    client = Client(HTTP_HOST="acme.localhost", enforce_csrf_checks=True)
    client.force_login(cast.acme.admin.user)
    assert client.post("/teams/", {"name": "Forged"}).status_code == 403


def test_nobody_signs_up_by_themselves(cast, client_of):
    wanted = {"email": "new@acme.example", "password1": "a long sentence", "password2": "a long sentence"}
    response = client_of(None).post("/account/signup/", wanted)
    assert response.status_code == 200
    assert not User.objects.filter(email="new@acme.example").exists()


def test_failed_tries_are_limited(cast, client_of):
    for _try in range(10):
        sign_in(client_of(None), cast.acme.agent.user.email, "wrong")
    response = sign_in(client_of(None), cast.acme.agent.user.email)
    assert response.status_code in {200, 429}
    assert "_auth_user_id" not in client_of(None).session


def test_a_changed_address_counts_when_it_is_confirmed(cast, client_of):
    user = cast.acme.agent.user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = client_of(None)
    sign_in(client, user.email)
    change = {"action_add": "", "email": "new.address@acme.example"}
    assert client.post("/account/email/", change)["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/email/", change)
    user.refresh_from_db()
    assert user.email == "the.agent@acme.example"
    [asked] = [message for message in mail.outbox if message.to == ["new.address@acme.example"]]
    link = re.search(r"http://acme\.localhost:8000(\S+)", asked.body).group(1)
    client.post(link)
    user.refresh_from_db()
    assert user.email == "new.address@acme.example"


@pytest.fixture
def strict(cast, acting_in):
    with acting_in(cast.acme.tenant):
        Tenant.objects.filter(pk=cast.acme.tenant.pk).update(require_second_factor=True)
    forget_tenants()


def test_staff_set_up_the_required_second_factor_first(cast, client_of, strict):
    client = client_of(cast.acme.agent)
    for path in ("/", "/customers/", "/tokens/", "/portals/"):
        assert client.get(path)["Location"] == "/account/2fa/"
    assert client.post("/tokens/", {"name": "x", "scope": "write"})["Location"] == "/account/2fa/"


def test_contacts_are_not_asked_for_one(cast, client_of, strict):
    assert client_of(cast.acme.big.contact).get("/tokens/").status_code == 200


def test_a_removed_factor_is_asked_for_again_in_the_same_session(cast, client_of, strict):
    factor = Authenticator.objects.create(
        user=cast.acme.agent.user, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    client = client_of(cast.acme.agent)
    assert client.get("/customers/").status_code == 200
    factor.delete()
    assert client.get("/customers/")["Location"] == "/account/2fa/"


def test_the_password_alone_is_not_enough_with_a_second_factor(cast, client_of):
    Authenticator.objects.create(
        user=cast.acme.agent.user, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    client = client_of(None)
    assert sign_in(client, cast.acme.agent.user.email)["Location"] == "/account/2fa/authenticate/"
    assert client.get("/customers/").status_code == 302
    assert client.get("/customers/")["Location"].startswith("/account/login/")
