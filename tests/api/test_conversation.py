"""Programs reply, note and attach; contacts never read what is internal."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from incidents.actions import add_note, reply
from incidents.models import Attachment, Message
from portal.core.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(program, cast):
    return program(cast.acme.big.contact)


@pytest.fixture
def agent(program, cast):
    return program(cast.acme.agent)


@pytest.fixture
def path(incident):
    return f"incidents/{incident.reference}/messages/"


@pytest.fixture
def stored(incident, acting_in):
    """How many messages there are."""

    def count():
        with acting_in(incident.tenant):
            return Message.objects.count()

    return count


def _bodies(answer):
    return [message["body"] for message in answer.json()["results"]]


def _file(content=b"log of the run", name="run.txt"):
    return SimpleUploadedFile(name, content)


def test_the_conversation_comes_in_pages_oldest_first(cast, contact, path, incident, acting_in):
    with acting_in(cast.acme.tenant):
        for number in range(5):
            reply(person=cast.acme.big.contact, incident=incident, body=f"{number}")
    first = contact.get(f"{path}?size=3")
    rest = contact.get(f"{path}?size=3&after={first.json()['next']}")
    assert (_bodies(first), _bodies(rest), rest.json()["next"]) == (["0", "1", "2"], ["3", "4"], None)


def test_a_note_is_for_staff(cast, agent, contact, path):
    note = {"body": "He is new.", "internal": True, "mentions": [cast.acme.lead.pk]}
    written = agent.post(path, note).json()
    assert (written["internal"], written["channel"]) == (True, "api")
    agent.post(path, {"body": "Which step?"})
    assert (_bodies(agent.get(path)), _bodies(contact.get(path))) == (
        ["He is new.", "Which step?"],
        ["Which step?"],
    )


def test_what_only_staff_see_stays_out_of_history_and_downloads(cast, agent, contact, path, incident):
    file = agent.upload(file=_file(), incident=incident.reference).json()["id"]
    agent.post(path, {"body": "Look.", "internal": True, "attachments": [file]})
    agent.post(f"incidents/{incident.reference}/followers/", {"person": cast.acme.lead.pk})
    history = f"incidents/{incident.reference}/history/"
    assert [row["verb"] for row in agent.get(history).json()["results"]] == ["logged", "follower"]
    assert [row["verb"] for row in contact.get(history).json()["results"]] == ["logged"]
    path = f"attachments/{file}/"
    assert (agent.get(path).status_code, contact.get(path).status_code) == (200, 404)


@pytest.mark.parametrize("field", ["internal", "waiting", "mentions", "channel", "called_at"])
def test_a_contact_has_no_staff_fields(contact, path, stored, field):
    answer = contact.post(path, {"body": "Any news?", field: True})
    assert (answer.status_code, list(answer.json()["fields"]), stored()) == (400, [field], 0)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"mentions": [1]}, "mentions"),
        ({"internal": True, "waiting": True}, "waiting"),
        ({"internal": True, "mentions": [2**62]}, "mentions"),
        ({"channel": "phone"}, "called_at"),
        ({"called_at": "2026-03-02T10:00:00Z"}, "called_at"),
        ({"channel": "phone", "called_at": "2026-03-02T10:00:00Z", "internal": True}, "internal"),
        ({"channel": "web"}, "channel"),
    ],
)
def test_what_makes_no_sense_together_is_refused(agent, path, stored, fields, wrong):
    answer = agent.post(path, {"body": "Hm.", **fields})
    assert (answer.status_code, list(answer.json()["fields"]), stored()) == (400, [wrong], 0)


def test_a_call_is_noted_with_its_time(agent, contact, path):
    called_at = timezone.now()
    written = agent.post(path, {"body": "We spoke.", "channel": "phone", "called_at": called_at.isoformat()})
    assert written.status_code == 201
    [message] = contact.get(path).json()["results"]
    assert (message["channel"], message["by_staff"]) == ("phone", True)
    assert datetime.fromisoformat(message["created_at"]) == called_at


def test_a_call_before_the_incident_is_refused(agent, path, stored):
    answer = agent.post(path, {"body": "Hm.", "channel": "phone", "called_at": "2026-03-02T10:00:00Z"})
    assert (answer.status_code, answer.json()["code"], stored()) == (422, "call_before_incident", 0)


def test_only_staff_of_the_tenant_are_mentioned(cast, agent, path, stored):
    for person in (cast.rival.agent, cast.acme.big.contact):
        answer = agent.post(path, {"body": "Hm.", "internal": True, "mentions": [person.pk]})
        assert (answer.status_code, stored()) == (400, 0)


@pytest.mark.parametrize("internal", [False, True])
def test_the_same_key_writes_once(agent, path, stored, internal):
    body = {"body": "Which step?", "internal": internal}
    answers = [agent.post(path, body, **{"idempotency-key": "m-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[0].json()["id"], stored()) == (answers[1].json()["id"], 1)
    other = agent.post(path, {**body, "body": "Which?"}, **{"idempotency-key": "m-1"})
    assert (other.status_code, other.json()["code"], stored()) == (409, "key_reused", 1)


def test_a_note_with_other_mentions_is_another_note(cast, incident, acting_in):
    with acting_in(cast.acme.tenant):
        given = {"person": cast.acme.agent, "incident": incident, "body": "Look.", "key": "n"}
        first = add_note(**given, mentions=[cast.acme.lead])
        assert add_note(**given, mentions=[cast.acme.lead]).pk == first.pk
        with pytest.raises(Conflict):
            add_note(**given, mentions=[])


def test_a_closed_incident_takes_no_reply(cast, agent, contact, path, incident, stored):
    agent.post(f"incidents/{incident.reference}/resolve/", {"resolution": "Restarted."})
    agent.post(f"incidents/{incident.reference}/close/")
    answer = contact.post(path, {"body": "Again."})
    assert (answer.status_code, answer.json()["code"], stored()) == (422, "closed", 0)


def test_a_file_is_uploaded_attached_and_downloaded(contact, agent, path):
    file = contact.upload(file=_file(name="../../run ü.txt")).json()
    assert (file["name"], file["size"], file["content_type"]) == ("run ü.txt", 14, "text/plain")
    assert agent.get(f"attachments/{file['id']}/").status_code == 404
    written = contact.post(path, {"body": "See.", "attachments": [file["id"]]}).json()
    assert written["attachments"] == [file]
    answer = agent.get(f"attachments/{file['id']}/")
    assert b"".join(answer.streaming_content) == b"log of the run"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"run _.txt\"; filename*=UTF-8''run%20%C3%BC.txt"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_files_of_others_cannot_be_attached(cast, program, contact, path, stored):
    theirs = program(cast.acme.big.colleague).upload(file=_file()).json()["id"]
    answer = contact.post(path, {"body": "See.", "attachments": [theirs]})
    assert (answer.status_code, answer.json()["code"], stored()) == (422, "attachment_gone", 0)


def test_an_upload_is_taken_back_until_it_is_attached(contact, path, cast, acting_in):
    ids = [contact.upload(file=_file()).json()["id"] for _ in range(2)]
    contact.post(path, {"body": "See.", "attachments": ids[1:]})
    answers = [contact.call("DELETE", f"attachments/{one}/").status_code for one in ids]
    with acting_in(cast.acme.tenant):
        left = [str(one.pk) for one in Attachment.objects.all()]
    assert (answers, left) == ([204, 404], ids[1:])


def test_staff_say_for_whom_a_file_is(cast, agent, contact):
    assert list(agent.upload(file=_file()).json()["fields"]) == ["account"]
    assert agent.upload(file=_file(), account="SMA").status_code == 201
    assert agent.upload(file=_file(), account="NOBODY").status_code == 404
    assert list(contact.upload(file=_file(), account="SMA").json()["fields"]) == ["account"]


def test_a_file_that_is_empty_or_too_large_is_refused(contact, settings, cast, acting_in):
    settings.MAX_ATTACHMENT_BYTES = 10
    empty, large = contact.upload(file=_file(b"")), contact.upload(file=_file())
    huge = contact.upload(file=_file(b"x" * 70_000))
    assert [(one.status_code, one.json()["code"]) for one in (empty, large, huge)] == [
        (422, "empty_file"),
        (422, "file_too_large"),
        (413, "too_large"),
    ]
    with acting_in(cast.acme.tenant):
        assert not Attachment.objects.exists()
