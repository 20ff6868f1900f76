"""How the API answers what it can't use: always as JSON, and never with a crash."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(program, cast):
    return program(cast.acme.big.contact)


def _raw(caller, data, content_type="application/json"):
    client = Client(HTTP_HOST=f"{caller.tenant.label}.localhost")
    return client.post(
        "/api/v1/incidents/",
        data,
        content_type=content_type,
        headers={"authorization": f"Bearer {caller.secret}"},
    )


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"{", 400, "parse_error"),
        (b"\xff\xfe", 400, "parse_error"),
        (b"[" * 100_000, 400, "parse_error"),
        (b'{"severity": NaN}', 400, "parse_error"),
        (b"[]", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'{"title": "' + b"x" * 2 * 1024 * 1024 + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(contact, data, status, code):
    answer = _raw(contact, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_media_type_is_refused(contact):
    answer = _raw(contact, b"<a/>", "application/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["nothing/", "incidents", "incidents/BIG-1/nothing/", "../", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_answers_as_json(contact, path, method):
    answer = contact.call(method, path)
    assert (answer.status_code, answer.json()) == (
        404,
        {"code": "not_found", "message": "There is nothing here."},
    )


def test_a_method_that_is_not_offered(contact):
    answer = contact.call("DELETE", "incidents/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_answers_are_json_whatever_is_accepted(contact):
    assert contact.get("me/", accept="text/html").headers["Content-Type"] == "application/json"


def test_refusals_speak_the_persons_language(cast, contact, acting_in):
    user = cast.acme.big.contact.user
    type(user).objects.filter(pk=user.pk).update(language="fr")
    answer = contact.get("incidents/BIG-99/")
    assert (answer.status_code, answer.headers["Content-Language"]) == (404, "fr")


def test_answers_are_kept_by_no_cache(contact):
    assert "private" in contact.get("me/").headers["Cache-Control"]
    assert "no-store" in contact.get("me/").headers["Cache-Control"]


def test_too_many_requests_are_told_when_to_come_back(contact, program, cast, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"token": "2/min"})
    minute = timezone.now().replace(second=0, microsecond=0)
    with time_machine.travel(minute + timedelta(seconds=20), tick=False):
        answers = [contact.get("me/") for _ in range(3)]
        other = program(cast.acme.agent).get("me/")
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert answers[-1].headers["Retry-After"] == "41"
    assert other.status_code == 200
    with time_machine.travel(minute + timedelta(seconds=61), tick=False):
        assert contact.get("me/").status_code == 200


def test_the_description_is_open_and_names_every_refusal():
    answer = Client(HTTP_HOST="acme.localhost").get("/api/v1/openapi.json")
    document = json.loads(answer.content)
    assert (answer.status_code, document["openapi"][:2], document["info"]["version"]) == (200, "3.", "1")
    writes = {"400", "401", "403", "404", "409", "413", "415", "422", "429"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            expected = {"400", "401", "403", "404", "429"} if method == "get" else writes
            assert expected <= set(operation["responses"]), (path, method)
            assert operation["security"] == [{"token": []}]
