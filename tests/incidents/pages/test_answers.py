"""Answers beside the form that logs an incident, and the incident that wasn't needed."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from knowledge.search import kinds
from knowledge.search.actions import Entry, index
from knowledge.search.enums import Audience
from knowledge.search.kinds import Kind
from knowledge.search.models import Prevented

pytestmark = pytest.mark.django_db

ANSWERS, SOLVED = "/incidents/new/answers/", "/incidents/new/solved/"
WRITTEN = {"title": "Invoices print blank", "description": "Only **blank** pages."}


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    common = {"icon": "lightbulb", "group": "Knowledge"}
    kinds.register(
        Kind(code="solution", label="Solution", position=1, suggested=True, **common),
        Kind(code="release", label="Release", position=2, **common),
    )


@pytest.fixture
def put(cast, acting_in):
    def make(title, text="", *, number=1, kind="solution", house=None, **fields):
        given = {"language": "en", "url": f"/solutions/S-{number}/", "audience": Audience.CUSTOMERS}
        given["dated_at"] = datetime(2026, 3, 1, tzinfo=UTC)
        tenant = (house or cast.acme).tenant
        with acting_in(tenant):
            entry = Entry(title=title, text=text, **{**given, **fields})
            index(tenant_id=tenant.pk, kind=kind, object_id=number, entries=[entry])

    return make


@pytest.fixture
def beside(client_of):
    def ask(person, **written):
        response = client_of(person).post(ANSWERS, {**WRITTEN, **written}, headers={"HX-Request": "true"})
        assert response.status_code == 200
        return response.content.decode()

    return ask


def test_the_best_three_are_shown_in_a_new_tab(cast, put, beside):
    for number in range(1, 6):
        put(f"Blank invoices {number}", "print", number=number)
    answers = beside(cast.acme.big.contact)
    assert answers.count("<li>") == answers.count('target="_blank" rel="noopener"') == 3
    assert answers.count('name="solved" value="solution:') == 3
    assert "<mark>Blank</mark> <mark>invoices</mark> 5" in answers


def test_nothing_is_shown_before_there_is_enough_to_go_by(cast, put, beside):
    put("Blank invoices print")
    assert beside(cast.acme.big.contact, title="", description="").strip() == ""
    assert beside(cast.acme.big.contact, title="blank", description="").strip() == ""
    assert "solution:1:en" in beside(cast.acme.big.contact, title="blank invoice", description="")


def test_one_word_in_common_is_not_enough_but_a_code_is(cast, put, beside):
    put("Invoices by mail")
    put("Restore", "It ends with E4711", number=2)
    assert beside(cast.acme.big.contact).strip() == ""
    assert "solution:2:en" in beside(cast.acme.big.contact, title="E4711", description="")


def test_only_kinds_that_can_spare_an_incident_are_shown(cast, put, beside):
    put("Blank invoices print", kind="release")
    assert beside(cast.acme.big.contact).strip() == ""


def test_what_is_for_another_product_is_left_out(cast, put, beside):
    put("Blank invoices print", product_ids=[cast.acme.store.pk])
    assert beside(cast.acme.big.contact, product=cast.acme.ledger.pk).strip() == ""
    assert "solution:1:en" in beside(cast.acme.big.contact, product=cast.acme.store.pk)
    assert "solution:1:en" in beside(cast.acme.big.contact, product="")
    assert "solution:1:en" in beside(cast.acme.big.contact, product=cast.rival.ledger.pk)


def test_nobody_is_shown_what_they_may_not_read(cast, put, beside):
    put("Blank invoices print", audience=Audience.INTERNAL)
    put("Blank invoices print", house=cast.rival)
    assert beside(cast.acme.big.contact).strip() == ""
    assert "solution:1:en" in beside(cast.acme.agent)


def test_answers_cost_one_statement(cast, put, client_of):
    client = client_of(cast.acme.big.contact)
    client.post(ANSWERS, {})

    def cost(written):
        with CaptureQueriesContext(connection) as queries:
            client.post(ANSWERS, written)
        return len(queries.captured_queries)

    for rows in (1, 3):
        put("Blank invoices print", number=rows)
        assert cost(WRITTEN) - cost({}) == 1


def test_nothing_of_a_text_becomes_html(cast, put, beside):
    put("<script>blank</script> invoices", "<img src=x onerror=print()>")
    answers = beside(cast.acme.big.contact)
    assert "&lt;script&gt;<mark>blank</mark>&lt;/script&gt;" in answers
    assert "<img" not in answers


def test_the_form_asks_for_answers_where_there_are_scripts_and_is_whole_without(cast, client_of):
    page = client_of(cast.acme.big.contact).get("/incidents/new/").content.decode()
    assert 'id="answers" aria-live="polite" data-quiet hx-post="/incidents/new/answers/"' in page
    assert page.partition('id="answers"')[2].partition(">")[2].startswith("</section>")


def sent(cast, **more):
    return {
        **WRITTEN,
        "key": "f" * 32,
        "account": "BIG",
        "kind": "defect",
        "severity": "2",
        "product": cast.acme.ledger.pk,
        "solved": "solution:1:en",
        **more,
    }


def test_this_solved_it_logs_no_incident_and_is_counted(cast, put, client_of, acting_in):
    put("Blank invoices print")
    contact = cast.acme.big.contact
    for _ in range(2):
        page = client_of(contact).post(SOLVED, sent(cast)).content.decode()
        assert "No incident was logged: “Blank invoices print” has solved it." in page
    with acting_in(cast.acme.tenant):
        assert not Incident.objects.exists()
        noted = Prevented.objects.get()
        assert (noted.person_id, noted.typed_title, noted.typed_text, noted.product_id) == (
            contact.pk,
            WRITTEN["title"],
            WRITTEN["description"],
            cast.acme.ledger.pk,
        )


def test_whoever_changes_their_mind_has_all_they_wrote(cast, put, client_of, acting_in):
    put("Blank invoices print")
    client = client_of(cast.acme.big.contact)
    page = client.post(SOLVED, sent(cast)).content.decode()
    for name in ("title", "description", "severity", "kind", "product", "key", "account"):
        assert f'<input type="hidden" name="{name}" value="{sent(cast)[name]}">' in page
    assert 'name="solved"' not in page
    back = {**sent(cast), "foretell": "1"}
    form = client.post("/incidents/new/", back).content.decode()
    assert f'value="{WRITTEN["title"]}"' in form
    assert WRITTEN["description"] in form
    with acting_in(cast.acme.tenant):
        assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "solved",
    ["", "solution", "solution:1", "solution:2:en", "solution:1:fr", "release:1:en", "' OR 1=1:1:en"],
)
def test_what_is_no_answer_is_unknown_and_counts_nothing(cast, put, client_of, acting_in, solved):
    put("Blank invoices print")
    response = client_of(cast.acme.big.contact).post(SOLVED, sent(cast, solved=solved))
    assert response.status_code == 404
    with acting_in(cast.acme.tenant):
        assert not Prevented.objects.exists()


def test_what_the_person_may_not_read_solves_nothing(cast, put, client_of, acting_in):
    put("Internal", audience=Audience.INTERNAL)
    assert client_of(cast.acme.big.contact).post(SOLVED, sent(cast)).status_code == 404
    put("Elsewhere", house=cast.rival, number=2)
    assert client_of(cast.acme.agent).post(SOLVED, sent(cast, solved="solution:2:en")).status_code == 404
    with acting_in(cast.acme.tenant):
        assert not Prevented.objects.exists()


def test_whoever_was_signed_out_meanwhile_is_left_alone(cast, put, client_of):
    put("Blank invoices print", audience=Audience.PUBLIC)
    response = client_of(None, tenant=cast.acme.tenant).post(ANSWERS, WRITTEN)
    assert (response.status_code, response.content) == (204, b"")


def test_an_expired_session_loses_nothing(cast, put, client_of):
    put("Blank invoices print")
    client = client_of(None, tenant=cast.acme.tenant)
    response = client.post(SOLVED, sent(cast))
    assert response["Location"] == "/account/login/?next=%2Fincidents%2Fnew%2F"
    client.force_login(cast.acme.big.contact.user)
    assert f'value="{WRITTEN["title"]}"' in client.get("/incidents/new/").content.decode()
