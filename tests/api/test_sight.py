"""Each operation, tried by everybody who has no right to it: refused, and nothing is changed."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from incidents.models import Incident
from incidents.sight import forget_kept
from portal.identity.actions.tokens import revoke_token
from tests.api.operations import documented
from tests.isolation.released import draft_release
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db
OPERATIONS = documented()
BODIES = {
    "log_incident": {
        "kind": "defect",
        "severity": 2,
        "product": "ledger",
        "title": "Posting run stops",
        "description": "At step 4.",
    },
    "write_message": {"body": "Any news?"},
    "add_follower": {"person": 1},
    "assign_incident": {"assignee": None},
    "change_severity": {"severity": 1, "reason": "Worse."},
    "contest_severity": {"reason": "Worse."},
    "resolve_incident": {"resolution": "Restarted."},
    "reopen_incident": {"reason": "Still there."},
}
STAFF_ONLY = {
    "take_incident",
    "assign_incident",
    "change_severity",
    "close_incident",
    "cover_incident",
    "take_next",
}
CONTACTS_ONLY = {"contest_severity"}
_TABLES = (
    *("incidents_incident", "incidents_message", "incidents_attachment", "incidents_follower"),
    *("core_historyentry", "notifications_notification", "notifications_delivery", "identity_submission"),
    *("identity_account", "identity_membership", "entitlements_contract"),
    *("solutions_solution", "incidents_solutionlink"),
    *("releases_release", "releases_releasefile", "releases_download"),
)


@pytest.fixture
def checksum(cast, acting_in):
    """What is stored in either tenant."""

    def read():
        sums = []
        for house in cast.houses:
            with acting_in(house.tenant), connection.cursor() as cursor:
                for table in _TABLES:
                    cursor.execute(
                        f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
                    )
                    sums.append((house.tenant.label, table, *cursor.fetchone()))
        return sums

    return read


@pytest.fixture
def attached(program, incident, cast):
    """The id of a file of the incident."""
    contact = program(cast.acme.big.contact)
    stored = contact.upload(file=SimpleUploadedFile("a.txt", b"text")).json()["id"]
    contact.post(f"incidents/{incident.reference}/messages/", {"body": "See.", "attachments": [stored]})
    return stored


def _call(caller, operation, **ids):
    path = operation.path.format(**ids)
    if operation.id == "upload_attachment":
        return caller.upload(file=SimpleUploadedFile("a.txt", b"text"))
    return caller.call(operation.method, path, BODIES.get(operation.id))


@pytest.fixture
def ids(cast, incident, attached, acting_in):
    """What the colleague and all others don't see: an incident, a file of it, drafts of knowledge."""
    with acting_in(cast.acme.tenant):
        release = draft_release(cast.acme)
        file = release.files.get().pk
        solution = making.draft(cast.acme.agent).reference
    return {
        "reference": incident.reference,
        "id": attached,
        "number": release.number,
        "file": file,
        "solution": solution,
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_without_a_good_token_nothing_is_done(cast, program, ids, checksum, acting_in, operation):
    revoked = program(cast.acme.big.contact)
    with acting_in(cast.acme.tenant):
        revoke_token(token=revoked.token, actor=cast.acme.big.contact)
    elsewhere = program(cast.rival.admin, at=cast.acme.tenant)
    before = checksum()
    for caller in (program(), revoked, elsewhere):
        answer = _call(caller, operation, **ids)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert checksum() == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if not one.reads], ids=str)
def test_a_token_that_may_only_read_changes_nothing(cast, program, ids, checksum, operation):
    person = cast.acme.lead if operation.id in STAFF_ONLY else cast.acme.big.contact
    caller = program(person, scope="read")
    before = checksum()
    answer = _call(caller, operation, **ids)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert checksum() == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.has_object], ids=str)
def test_who_may_not_see_an_object_finds_nothing(cast, program, ids, checksum, operation):
    nothing = {
        "reference": "BIG-999",
        "id": uuid.uuid4(),
        "number": 999,
        "file": uuid.uuid4(),
        "solution": "S-999",
    }
    callers = [
        program(person)
        for person in (
            cast.acme.big.colleague,
            cast.acme.small.admin,
            cast.rival.big.contact,
            cast.rival.admin,
        )
    ]
    before = checksum()
    for caller in callers:
        hidden, absent = _call(caller, operation, **ids), _call(caller, operation, **nothing)
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content == absent.content
    assert checksum() == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.id in STAFF_ONLY], ids=str)
def test_a_contact_does_not_do_what_staff_do(cast, program, ids, checksum, operation):
    caller = program(cast.acme.big.contact)
    before = checksum()
    answer = _call(caller, operation, **ids)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert checksum() == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.id in CONTACTS_ONLY], ids=str)
def test_staff_do_not_do_what_contacts_do(cast, program, ids, checksum, operation):
    caller = program(cast.acme.lead)
    before = checksum()
    answer = _call(caller, operation, **ids)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert checksum() == before


def test_the_queue_is_for_staff(cast, program, incident):
    answer = program(cast.acme.big.admin).get("queue/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_with_all_rows_let_through_the_database_still_hides_others(cast, program, incident, monkeypatch):
    monkeypatch.setattr("incidents.models.IncidentQuerySet.visible_to", lambda rows, person: rows.all())
    forget_kept()
    for person in (cast.acme.small.admin, cast.rival.admin):
        assert program(person).get(f"incidents/{incident.reference}/").status_code == 404
        assert program(person).get("incidents/").json()["results"] == []
    with_right = program(cast.acme.big.colleague).get("incidents/").json()["results"]
    assert [row["reference"] for row in with_right] == [incident.reference]
    assert Incident.objects.count() == 0
