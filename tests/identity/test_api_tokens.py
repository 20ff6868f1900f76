"""A token is shown once, kept as a hash, acts as its person and no further."""

import hashlib
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.views import APIView

from portal.core.history import history_of
from portal.core.tenancy import acting, current_scope
from portal.identity.actions import make_token, revoke_token
from portal.identity.api import HasPerson
from portal.identity.enums import Scope
from portal.identity.models import ApiToken
from portal.identity.tokens import identify

pytestmark = pytest.mark.django_db


def ask(tenant, secret, method="get"):
    request = getattr(RequestFactory(), method)("/api/v1/", headers={"Authorization": f"Bearer {secret}"})
    request.tenant, request.person, request.api_token = tenant, None, None
    with acting(tenant_id=tenant.pk):
        identify(request)
        request.scope = current_scope()
    request.auth = request.api_token
    return request


@pytest.fixture
def token(cast, acting_as):
    with acting_as(cast.acme.big.contact) as person:
        return make_token(person=person, name="Script", scope=Scope.READ, expires_at=None)


def test_the_secret_is_in_one_answer_only(cast, client_of, acting_in):
    client = client_of(cast.acme.big.contact)
    made = client.post("/tokens/", {"name": "Script", "scope": "write", "lifetime": "30"})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert made["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert secret not in client.get("/tokens/").content.decode()
    with acting_in(cast.acme.tenant):
        row = ApiToken.objects.get(name="Script")
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert (row.person_id, row.scope) == (cast.acme.big.contact.pk, "write")
    assert timedelta(days=29) < row.expires_at - timezone.now() < timedelta(days=31)
    assert secret not in str(vars(row))


def test_it_acts_as_its_person_in_their_account(cast, token):
    request = ask(cast.acme.tenant, token[1])
    assert request.person == cast.acme.big.contact
    assert request.scope.account_id == cast.acme.big.account.pk


def test_it_is_nobody_in_another_portal(cast, token):
    assert ask(cast.rival.tenant, token[1]).person is None


def test_a_read_token_changes_nothing(cast, token):
    read, write = ask(cast.acme.tenant, token[1]), ask(cast.acme.tenant, token[1], "post")
    assert [HasPerson().has_permission(request, APIView()) for request in (read, write)] == [True, False]


def test_a_revoked_one_is_dead_at_once(cast, client_of, token):
    client = client_of(cast.acme.big.contact)
    assert client.post(f"/tokens/{token[0].pk}/revoke/")["Location"] == "/tokens/"
    assert ask(cast.acme.tenant, token[1]).person is None
    assert client.get("/tokens/").context["tokens"] == []


def test_an_expired_one_is_dead(cast, acting_as, token):
    with acting_as(cast.acme.big.contact):
        ApiToken.objects.update(expires_at=timezone.now())
    assert ask(cast.acme.tenant, token[1]).person is None


def test_nobody_sees_or_revokes_anothers(cast, client_of, acting_in, token):
    for person in (cast.acme.big.admin, cast.acme.big.colleague, cast.acme.admin, cast.rival.admin):
        client = client_of(person)
        assert client.get("/tokens/").context["tokens"] == []
        assert client.post(f"/tokens/{token[0].pk}/revoke/").status_code == 404
    with acting_in(cast.acme.tenant):
        assert ApiToken.objects.get().revoked_at is None


def test_the_form_gives_no_other_scope_or_person(cast, client_of, acting_in):
    client = client_of(cast.acme.big.contact)
    refused = client.post("/tokens/", {"name": "X", "scope": "admin", "lifetime": "30"})
    assert list(refused.context["form"].errors) == ["scope"]
    client.post("/tokens/", {"name": "Y", "scope": "read", "lifetime": "30", "person": cast.acme.admin.pk})
    with acting_in(cast.acme.tenant):
        assert [row.person_id for row in ApiToken.objects.all()] == [cast.acme.big.contact.pk]


def test_revoking_twice_is_written_once(cast, acting_as, token):
    with acting_as(cast.acme.big.contact) as person:
        revoke_token(token=token[0], actor=person)
        revoke_token(token=token[0], actor=person)
        assert [entry.verb for entry in history_of(token[0])] == ["made", "revoked"]
