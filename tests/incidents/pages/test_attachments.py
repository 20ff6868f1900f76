"""Files: uploaded for oneself, attached with a message, and downloaded by who sees the incident."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from incidents import actions
from incidents.models import Attachment
from portal.core.downloads import disposition
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 32
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
POLYGLOT = b"GIF89a/*" + b"\x00" * 8 + b"*/=1;<script>alert(1)</script>"


def _send(client, name, content, query=""):
    return client.post(f"/attachments/{query}", {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def attached(house, incident, upload, acting_as):
    """A file that a contact has attached to the incident."""

    def make(name="trace.log", content=b"line\n", internal=False):
        who = house.agent if internal else house.big.contact
        file = upload(who, name, content)
        with acting_as(who):
            write = actions.add_note if internal else actions.reply
            write(person=who, incident=incident, body="See the file.", attachments=[file.pk])
        return file

    return make


def test_an_upload_answers_with_id_name_and_size(client_of, house, acting_in):
    answer = _send(client_of(house.big.contact), "trace.log", b"line")
    assert answer.status_code == 201
    with acting_in(house.tenant):
        stored = Attachment.objects.get()
    assert answer.json() == {"id": str(stored.pk), "name": "trace.log", "size": 4}
    assert (stored.uploaded_by_id, stored.account_id, stored.incident_id) == (
        house.big.contact.pk,
        house.big.account.pk,
        None,
    )


@pytest.mark.parametrize(("name", "content"), [("empty.log", b""), ("large.log", b"x" * 11)])
def test_what_cannot_be_taken_is_said_and_not_stored(client_of, house, settings, acting_in, name, content):
    settings.MAX_ATTACHMENT_BYTES = 10
    answer = _send(client_of(house.big.contact), name, content)
    assert answer.status_code == 422
    assert name in answer.json()["error"]
    with acting_in(house.tenant):
        assert not Attachment.objects.exists()


def test_what_is_too_large_is_stopped_on_its_way(settings):
    """S-64: no more of a file is kept than tells that it is too large."""
    settings.MAX_ATTACHMENT_BYTES = 100_000
    file = SimpleUploadedFile("large.log", b"x" * 3_000_000)
    request = RequestFactory().post("/attachments/", {"file": file})
    assert 100_000 < request.FILES["file"].size < 300_000


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("..\\..\\etc\\passwd", "passwd"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("a\x1b[2Jb.log", "a[2Jb.log"),
        ("\u200b.", "file"),
        ("x" * 300 + ".log", "x" * 251 + ".log"),
    ],
)
def test_a_name_is_only_a_name(house, upload, given, kept_as):
    """S-59"""
    assert upload(house.big.contact, given, b"x").name == kept_as


def test_so_it_is_when_a_browser_sends_it(client_of, house):
    sent = _send(client_of(house.big.contact), "..\\..\\etc\\bill\u202efdp.exe", b"x")
    assert sent.json()["name"] == "billfdp.exe"


def test_a_file_leaves_as_a_download_that_runs_nothing(client_of, house, attached):
    answer = client_of(house.big.contact).get(f"/attachments/{attached('trace.log').pk}/")
    assert b"".join(answer.streaming_content) == b"line\n"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("picture.png", PNG, "image/png"),
        ("notes.txt", b"plain words", "text/plain"),
        ("page.png", HTML, "application/octet-stream"),
        ("image.svg", SVG, "application/octet-stream"),
        ("run.exe", b"MZ\x90\x00" + b"\x00" * 60, "application/octet-stream"),
    ],
)
def test_the_type_is_read_from_the_content_and_only_safe_ones_are_named(
    client_of, house, attached, name, content, content_type
):
    """S-55, S-56, S-60"""
    answer = client_of(house.big.contact).get(f"/attachments/{attached(name, content).pk}/")
    served = answer.headers["Content-Type"]
    assert served == content_type or (content_type == "application/octet-stream" and served == "text/plain")
    assert served not in {"text/html", "image/svg+xml", "application/javascript"}


def test_a_polyglot_is_a_download_whatever_it_is(client_of, house, attached):
    answer = client_of(house.big.contact).get(f"/attachments/{attached('both.gif', POLYGLOT).pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_names_of_every_language_arrive_and_break_no_header():
    assert (
        disposition("Größe.log") == "attachment; filename=\"Gr__e.log\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.log"
    )
    assert disposition("한글.txt").endswith("filename*=UTF-8''%ED%95%9C%EA%B8%80.txt")
    header = disposition('a"; filename=b.exe\r\nSet-Cookie: x=1')
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2


@pytest.mark.parametrize("who", ["colleague", "other account", "other tenant", "nobody"])
def test_only_who_sees_the_incident_gets_its_files(client_of, house, cast, attached, who):
    file = attached()
    people = {
        "colleague": house.big.colleague,
        "other account": house.small.admin,
        "other tenant": cast.rival.admin,
    }
    client = client_of(None, tenant=house.tenant) if who == "nobody" else client_of(people[who])
    assert client.get(f"/attachments/{file.pk}/").status_code == (302 if who == "nobody" else 404)


def test_files_of_internal_notes_are_for_staff(client_of, house, attached):
    file = attached(internal=True)
    assert client_of(house.lead).get(f"/attachments/{file.pk}/").status_code == 200
    assert client_of(house.big.contact).get(f"/attachments/{file.pk}/").status_code == 404


def test_before_it_is_attached_a_file_is_its_uploaders_alone(client_of, house, upload):
    file = upload(house.big.contact)
    assert client_of(house.big.contact).get(f"/attachments/{file.pk}/").status_code == 200
    for person in (house.big.admin, house.big.colleague, house.agent, house.admin):
        assert client_of(person).get(f"/attachments/{file.pk}/").status_code == 404


def test_discarding_removes_row_and_file_of_the_own_unattached_upload(
    client_of, house, upload, acting_in, django_capture_on_commit_callbacks
):
    file = upload(house.big.contact)
    assert client_of(house.big.admin).post(f"/attachments/{file.pk}/discard/").status_code == 404
    assert default_storage.exists(file.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(house.big.contact).post(f"/attachments/{file.pk}/discard/").status_code == 204
    assert not default_storage.exists(file.path)
    with acting_in(house.tenant):
        assert not Attachment.objects.filter(pk=file.pk).exists()


def test_what_is_attached_stays(client_of, house, attached, acting_in):
    file = attached()
    assert client_of(house.big.contact).post(f"/attachments/{file.pk}/discard/").status_code == 404
    with acting_in(house.tenant):
        assert Attachment.objects.filter(pk=file.pk).exists()


def test_staff_upload_for_the_account_of_the_incident(client_of, house, incident, acting_in):
    client = client_of(house.agent)
    answer = _send(client, "fix.patch", b"diff", f"?incident={incident.reference}")
    client.post(
        page_of(incident) + "reply/", {"body": "Try this.", "key": "a", "uploads": [answer.json()["id"]]}
    )
    with acting_in(house.tenant):
        assert Attachment.objects.get().incident == incident


def test_an_upload_for_an_incident_out_of_sight_is_refused(client_of, house, cast, incident, acting_in):
    for who in (house.small.contact, cast.rival.agent):
        assert _send(client_of(who), "x.log", b"x", f"?incident={incident.reference}").status_code == 404
    with acting_in(house.tenant):
        assert not Attachment.objects.exists()


def test_a_request_without_a_file_is_answered(client_of, house):
    assert client_of(house.big.contact).post("/attachments/", {"file": io.StringIO()}).status_code in {
        400,
        422,
    }
