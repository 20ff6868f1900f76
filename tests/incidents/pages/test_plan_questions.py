"""A question about plans is an incident of its own kind: the sales contact gets it, no clock runs."""

import pytest

from incidents.enums import Kind, State
from incidents.models import Clock, Incident
from notifications.models import Notification
from portal.identity.actions import remove_person, set_sales_contact
from tests.incidents.pages.conftest import key_in

pytestmark = pytest.mark.django_db
ASK = "/plan/question/"


@pytest.fixture
def said(house):
    return {
        "key": "q1",
        "plan": "elite",
        "product": house.ledger.pk,
        "question": "What would **24x7** be?",
    }


@pytest.fixture
def asked(client_of, house, said, acting_in):
    def ask(**changed):
        answer = client_of(house.small.contact).post(ASK, {**said, **changed})
        with acting_in(house.tenant):
            rows = list(Incident.objects.filter(kind=Kind.PLAN).select_related("assignee", "team"))
        return answer, rows

    return ask


def test_it_becomes_an_incident_of_the_sales_contact_without_a_clock(asked, house, acting_as, acting_in):
    with acting_as(house.admin) as admin:
        set_sales_contact(actor=admin, person=house.csm)
    answer, [question] = asked()
    assert answer.headers["Location"] == f"/incidents/{question.reference}/"
    assert (question.title, question.description) == (
        "Question about Xtreme Elite",
        "What would **24x7** be?",
    )
    assert (question.assignee, question.state, question.coverage_check) == (house.csm, State.NEW, False)
    assert (question.due_at, question.contract_line_id) == (None, None)
    with acting_in(house.tenant):
        assert not Clock.objects.filter(incident=question).exists()
        told = Notification.objects.filter(kind="incidents.plan").values_list("recipient", flat=True)
        assert list(told) == [house.csm.pk]


def test_without_a_sales_contact_the_first_administrator_gets_it(asked, house):
    _answer, [question] = asked(plan="")
    assert (question.title, question.assignee) == ("Question about support plans", house.admin)


def test_a_sales_contact_who_was_removed_gets_nothing_more(asked, house, acting_as):
    with acting_as(house.admin) as admin:
        set_sales_contact(actor=admin, person=house.csm)
        remove_person(person=house.csm, actor=admin)
    _answer, [question] = asked()
    assert question.assignee == house.admin


def test_sent_twice_it_is_one_question(asked):
    first, _rows = asked()
    second, rows = asked()
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"question": " "}, "Write what you want to know."),
        ({"question": ""}, "This field is required."),
        ({"plan": "gold"}, "gold is not one of the available choices."),
        ({"product": "0"}, "0 is not one of the available choices."),
    ],
)
def test_a_refusal_is_a_sentence_and_loses_nothing_typed(asked, said, changed, sentence):
    answer, rows = asked(**changed)
    page = answer.content.decode()
    assert (answer.status_code, rows, sentence in page) == (422, [], True)
    assert key_in(page) == said["key"]
    if "question" not in changed:
        assert said["question"] in page


def test_another_product_of_another_tenant_is_no_choice(asked, cast):
    answer, rows = asked(product=cast.rival.ledger.pk)
    assert (answer.status_code, rows) == (422, [])


def test_staff_have_no_such_form_and_nobody_logs_that_kind_in_the_usual_one(client_of, house):
    assert client_of(house.agent).get(ASK).status_code == 404
    page = client_of(house.small.contact).get("/incidents/new/").content.decode()
    assert 'value="other"' in page
    assert 'value="plan"' not in page


def test_who_sees_it_is_who_sees_any_incident(client_of, house, cast, asked):
    _answer, [question] = asked()
    path = f"/incidents/{question.reference}/"
    seen = (house.small.contact, house.small.admin, house.csm, house.agent)
    hidden = (house.small.colleague, house.big.admin, cast.rival.admin)
    assert [client_of(person).get(path).status_code for person in seen] == [200] * 4
    assert [client_of(person, tenant=house.tenant).get(path).status_code for person in hidden[:2]] == [
        404
    ] * 2
    assert client_of(hidden[2]).get(path).status_code == 404


def test_an_answer_starts_no_clock_and_severity_can_change(client_of, house, asked, acting_in):
    _answer, [question] = asked()
    agent, contact = client_of(house.admin), client_of(house.small.contact)
    path = f"/incidents/{question.reference}/"
    assert agent.post(f"{path}reply/", {"body": "It is this and that.", "key": "r1"}).status_code == 302
    assert contact.post(f"{path}reply/", {"body": "And for two?", "key": "r2"}).status_code == 302
    with acting_in(house.tenant):
        assert not Clock.objects.filter(incident=question).exists()


def test_my_plan_and_the_comparison_lead_there(client_of, house):
    client = client_of(house.small.contact)
    for path in ("/plan/", "/plan/compare/"):
        assert f'href="{ASK}"' in client.get(path).content.decode()
