"""What somebody typed is there again after they had to sign in."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from portal.identity.guards import person_required
from portal.identity.kept import LIMIT, keeps_text, kept_fields, kept_text
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@person_required
@keeps_text
def write(request):
    return HttpResponse(f"text={kept_text(request).get('text', '')}|password={kept_text(request)}")


@person_required
@keeps_text(page=lambda request, ref: f"/things/{ref}/")
def answer(request, ref):
    return HttpResponse("answered")


@person_required
def thing(request, ref):
    fields = kept_fields(request)
    return HttpResponse(",".join(fields.getlist("to")) if fields else "nothing")


@person_required
def forgetful(request):
    return HttpResponse(str(request.session.get("kept_text")))


urlpatterns = [
    path("write/", write),
    path("things/<ref>/", thing),
    path("things/<ref>/answer/", answer),
    path("forgetful/", forgetful),
    path("account/", include("allauth.urls")),
    path("", include("portal.identity.urls")),
]


def sign_in(client, person, next_path):
    return client.post(
        f"/account/login/?next={next_path}",
        {"login": person.user.email, "password": PASSWORD, "next": next_path},
    )


def test_it_comes_back_once_after_signing_in(cast, client_of):
    client = client_of(None)
    sent = client.post("/write/", {"text": "Nothing prints\nsince noon.", "my_password": "hush"})
    assert sent["Location"] == "/account/login/?next=%2Fwrite%2F"
    assert sign_in(client, cast.acme.agent, "/write/")["Location"] == "/write/"
    assert client.get("/write/").content.decode().startswith("text=Nothing prints\nsince noon.|")
    assert client.get("/write/").content.decode() == "text=|password={}"


def test_passwords_are_not_kept(cast, client_of):
    client = client_of(None)
    client.post("/write/", {"text": "x", "my_password": "hush", "csrfmiddlewaretoken": "t"})
    assert client.session["kept_text"] == {"/write/": {"text": ["x"]}}


def test_a_form_that_is_sent_elsewhere_comes_back_on_its_page(cast, client_of):
    client = client_of(None)
    sent = client.post("/things/A-1/answer/", {"to": ["one", "two"]})
    assert sent["Location"] == "/account/login/?next=%2Fthings%2FA-1%2F"
    sign_in(client, cast.acme.agent, "/things/A-1/")
    assert client.get("/things/A-1/").content.decode() == "one,two"


def test_an_unmarked_view_keeps_nothing(cast, client_of):
    client = client_of(None)
    assert client.post("/forgetful/", {"text": "x"}).status_code == 302
    assert "kept_text" not in client.session


def test_a_huge_text_is_not_kept(cast, client_of):
    client = client_of(None)
    client.post("/write/", {"text": "x" * (LIMIT + 1)})
    assert "kept_text" not in client.session


def test_a_visitor_cannot_fill_the_session_store(cast, client_of):
    kept = 0
    for _visit in range(25):
        client = client_of(None)
        client.post("/write/", {"text": "x"})
        kept += "kept_text" in client.session
    assert kept == 20


@override_settings(DEBUG=False)
def test_only_the_last_pages_are_kept(cast, client_of):
    client = client_of(None)
    for number in range(5):
        client.post(f"/things/{number}/answer/", {"to": "x"})
    assert list(client.session["kept_text"]) == ["/things/2/", "/things/3/", "/things/4/"]
