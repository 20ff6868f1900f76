"""Programs list, log and read incidents by the same rules as people."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from portal.identity.actions.tokens import revoke_token

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "defect",
    "severity": 2,
    "product": "ledger",
    "title": "Posting run stops",
    "description": "At step **4**.",
}


@pytest.fixture
def stored(cast, acting_in):
    """How many incidents there are in a tenant."""

    def count(tenant=None):
        with acting_in(tenant or cast.acme.tenant):
            return Incident.objects.count()

    return count


def _references(answer):
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["results"]]


def test_a_contact_logs_an_incident_and_reads_it(cast, program):
    contact = cast.acme.big.contact
    logged = program(contact).post("incidents/", NEW)
    assert logged.status_code == 201
    body = logged.json()
    read = program(contact).get(f"incidents/{body['reference']}/").json()
    assert read == body
    assert body["account"] == {"key": "BIG", "name": "Big Company"}
    assert (body["state"], body["channel"], body["revision"]) == ("new", "api", 0)
    assert body["reported_by"] == {"id": contact.pk, "name": contact.name}
    assert body["contract"] == {"number": "C-BIG", "plan": "elite"}
    [clock] = body["clocks"]
    assert (clock["kind"], clock["state"], clock["target_minutes"]) == ("first_response", "running", 60)
    assert clock["due_at"] == body["due_at"] > clock["started_at"] == body["created_at"]
    assert body["due_kind"] == "first_response"


def test_staff_log_for_a_contact_and_have_to_say_for_whom(cast, program, stored):
    agent, contact = program(cast.acme.agent), cast.acme.small.contact
    without = agent.post("incidents/", NEW)
    assert (without.status_code, list(without.json()["fields"])) == (400, ["reported_by"])
    assert stored() == 0
    logged = agent.post("incidents/", {**NEW, "reported_by": contact.pk}).json()
    assert logged["reported_by"]["id"] == contact.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reported_by", 1),
        ("account", "SMA"),
        ("state", "closed"),
        ("reference", "BIG-99"),
        ("assignee", 1),
        ("plan_order", -9),
        ("coverage_check", False),
        ("tenant", 1),
        ("revision", 7),
    ],
)
def test_a_field_that_a_contact_may_not_set_is_refused(cast, program, stored, field, value):
    answer = program(cast.acme.big.contact).post("incidents/", {**NEW, field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["fields"]) == [field]
    assert stored() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product": "nothing"}, "product"),
        ({"severity": 5}, "severity"),
        ({"severity": 0}, "severity"),
        ({"kind": "wish"}, "kind"),
        ({"title": "x" * 161}, "title"),
        ({"title": " "}, "title"),
        ({"title": "nul \x00"}, "title"),
        ({"description": ""}, "description"),
        ({"installation": 2**70}, "installation"),
        ({"attachments": ["no-id"]}, "attachments"),
        ({"attachments": [str(uuid.uuid4())] * 21}, "attachments"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_field(cast, program, stored, change, field):
    answer = program(cast.acme.big.contact).post("incidents/", {**NEW, **change})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert stored() == 0


def test_what_belongs_to_others_cannot_be_named(cast, program, stored):
    contact, small, rival = cast.acme.big.contact, cast.acme.small, cast.rival.big
    for installation in (small.installation.pk, rival.installation.pk):
        answer = program(contact).post("incidents/", {**NEW, "installation": installation})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["installation"])
    answer = program(cast.acme.agent).post("incidents/", {**NEW, "reported_by": rival.contact.pk})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["reported_by"])
    assert (stored(), stored(cast.rival.tenant)) == (0, 0)


def test_a_refusal_names_the_rule(cast, program, stored):
    answer = program(cast.acme.big.contact).post("incidents/", {**NEW, "kind": "installation"})
    assert (answer.status_code, answer.json()["code"]) == (422, "consulting")
    assert list(answer.json()["fields"]) == ["kind"]
    assert stored() == 0


def test_the_same_key_has_one_effect(cast, program, stored):
    contact = program(cast.acme.big.contact)
    first, second = (contact.post("incidents/", NEW, **{"idempotency-key": "run-1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json()["reference"], stored()) == (first.json()["reference"], 1)


def test_the_same_key_for_something_else_is_a_conflict(cast, program, stored):
    contact = program(cast.acme.big.contact)
    contact.post("incidents/", NEW, **{"idempotency-key": "run-1"})
    other = contact.post("incidents/", {**NEW, "title": "Other"}, **{"idempotency-key": "run-1"})
    assert (other.status_code, other.json()["code"], stored()) == (409, "key_reused", 1)


def test_the_same_key_for_another_contact_is_a_conflict(cast, program, stored):
    agent, people = program(cast.acme.agent), (cast.acme.big.contact, cast.acme.small.contact)
    answers = [
        agent.post("incidents/", {**NEW, "reported_by": one.pk}, **{"idempotency-key": "run-1"})
        for one in people
    ]
    assert ([answer.status_code for answer in answers], stored()) == ([201, 409], 1)


def test_a_key_that_cannot_be_used_is_refused(cast, program, stored):
    answer = program(cast.acme.big.contact).post("incidents/", NEW, **{"idempotency-key": "x" * 65})
    assert (answer.status_code, stored()) == (400, 0)


def test_the_list_shows_what_its_person_may_see(cast, program, log):
    big, small = cast.acme.big, cast.acme.small
    own, colleagues, others = log(big.contact), log(big.colleague), log(small.contact)
    log(cast.rival.big.contact)
    assert _references(program(big.contact).get("incidents/")) == [own.reference]
    assert _references(program(big.admin).get("incidents/")) == [colleagues.reference, own.reference]
    assert _references(program(cast.acme.agent).get("incidents/")) == [
        others.reference,
        colleagues.reference,
        own.reference,
    ]


def test_the_list_can_be_narrowed(cast, program, log, acting_in):
    first = log(cast.acme.big.contact, severity=1)
    second = log(cast.acme.small.contact, product=cast.acme.store)
    with acting_in(cast.acme.tenant):
        Incident.objects.filter(pk=second.pk).update(state="waiting")
    agent = program(cast.acme.agent)
    for query, expected in {
        "state=new": [first],
        "state=new&state=waiting": [second, first],
        "severity=1": [first],
        "product=store": [second],
        "account=SMA": [second],
        "account=NONE": [],
        "state=open": [],
    }.items():
        assert _references(agent.get(f"incidents/?{query}")) == [one.reference for one in expected], query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ordering=title", "ordering"),
        ("fields=description", "fields"),
        ("reported_by__user__password=x", "reported_by__user__password"),
        ("size=101", "size"),
        ("size=0", "size"),
        ("size=5&size=6", "size"),
        ("state=lost", "state"),
        ("product=nothing", "product"),
        ("account=SMA", "account"),
    ],
)
def test_a_parameter_that_is_not_offered_is_refused(cast, program, query, field):
    answer = program(cast.acme.big.contact).get(f"incidents/?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_pages_by_key_show_each_incident_once(cast, program, log):
    references = [log(cast.acme.big.contact).reference for _ in range(5)][::-1]
    contact, seen, after = program(cast.acme.big.contact), [], ""
    while after is not None:
        page = contact.get(f"incidents/?size=2&after={after}")
        seen.append(_references(page))
        after = page.json()["next"]
    assert seen == [references[:2], references[2:4], references[4:]]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwgMV0", "WzEsMl0", "W251bGwsIG51bGxd", "JTAw"])
def test_a_cursor_that_is_not_ours_is_refused(cast, program, cursor):
    answer = program(cast.acme.big.contact).get(f"incidents/?after={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_a_list_takes_three_statements_however_long(cast, program, log):
    agent = program(cast.acme.agent)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            log(cast.acme.big.contact)
        agent.get("incidents/")  # notes the token's use, and fills the memory of products
        with CaptureQueriesContext(connection) as statements:
            agent.get("incidents/")
        counts.append(len(statements))
    assert counts == [3, 3]


def test_nobody_reads_without_a_token_that_is_good(cast, program, incident, acting_in):
    revoked = program(cast.acme.big.contact)
    with acting_in(cast.acme.tenant):
        revoke_token(token=revoked.token, actor=cast.acme.big.contact)
    foreign = program(cast.rival.agent, at=cast.acme.tenant)
    for caller in (program(), revoked, foreign):
        for path in ("incidents/", f"incidents/{incident.reference}/"):
            answer = caller.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_what_is_out_of_sight_answers_as_what_never_was(cast, program, incident):
    caller = program(cast.acme.big.colleague)
    hidden, absent = (caller.get(f"incidents/{name}/") for name in (incident.reference, "BIG-999"))
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    for person in (cast.acme.small.admin, cast.rival.admin):
        answer = program(person).get(f"incidents/{incident.reference}/")
        assert (answer.status_code, answer.json()) == (404, absent.json())
