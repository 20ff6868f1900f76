"""A company that runs the portal for itself opens it from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.identity.models import Tenant, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def open_portal(**changes):
    out = StringIO()
    wanted = {
        "name": "Own Support",
        "label": "own",
        "admin": "Olga Own",
        "email": "Olga@own.example",
        **changes,
    }
    call_command("open_portal", stdout=out, **wanted)
    return out.getvalue().strip().removeprefix("http://").partition("/")


def test_the_link_leads_to_a_password_and_in(cast):
    host, _slash, path = open_portal()
    assert host == "own.localhost:8000"
    client = Client(HTTP_HOST=host)
    form = client.get(f"/{path}")["Location"]
    client.post(form, {"password1": "a long new sentence", "password2": "a long new sentence"})
    client.post("/account/login/", {"login": "olga@own.example", "password": "a long new sentence"})
    assert client.get("/settings/").status_code == 200


def test_an_existing_sign_in_keeps_its_password(cast):
    host, _slash, path = open_portal(email=cast.acme.admin.user.email)
    assert path == "account/login/"
    client = Client(HTTP_HOST=host)
    client.post(f"/{path}", {"login": cast.acme.admin.user.email, "password": PASSWORD})
    assert client.get("/settings/").status_code == 200


def test_a_reserved_label_opens_nothing(cast):
    with pytest.raises(CommandError, match="reserved"):
        open_portal(label="www")
    assert not User.objects.filter(email="olga@own.example").exists()
    assert not Tenant.objects.filter(name="Own Support").exists()
