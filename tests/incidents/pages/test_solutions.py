"""Incidents and the solutions that answer them: made in one step, linked, counted, taken away."""

import re

import pytest

from incidents import actions
from incidents.models import SolutionLink
from knowledge.solutions import actions as solutions
from knowledge.solutions.actions import Range
from knowledge.solutions.models import Revision, Solution, SolutionProduct
from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of
from tests.incidents.pages.conftest import page_of
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(house):
    """``publish(audience)``: a solution for Ledger, past a second person."""

    def make(audience="customers", title="Posting stops"):
        ranges = [Range(product=house.ledger.pk)]
        solution = making.draft(house.agent, said=making.words(title=title), audience=audience, ranges=ranges)
        making.publish(house.agent, house.lead, solution)
        return solution

    return make


@pytest.fixture
def agent(client_of, house):
    return client_of(house.agent)


@pytest.fixture
def count(house, acting_as):
    def links(solution):
        with acting_as(house.agent):
            return Solution.objects.get(pk=solution.pk).links, SolutionLink.objects.count()

    return links


def text_of(response):
    return response.content.decode()


def test_one_step_makes_a_draft_of_what_the_incident_tells(agent, house, incident, acting_as):
    with acting_as(house.agent) as person:
        actions.reply(person=person, incident=incident, body="Try again.")
        actions.reply(person=person, incident=incident, body="Release the **lock**.")
        actions.add_note(person=person, incident=incident, body="They never do.")
    answer = agent.post(f"{page_of(incident)}make-solution/", {"key": "k1"})
    assert answer.headers["Location"] == "/solutions/S-1/en/write/"
    with acting_as(house.agent):
        text, solution = Revision.objects.get(), Solution.objects.get()
        assert (text.title, text.symptom) == (incident.title, incident.description)
        assert (text.resolution, text.language) == ("Release the **lock**.", incident.language)
        assert (solution.audience, solution.state, solution.links) == ("internal", "draft", 1)
        assert SolutionProduct.objects.get().product_id == incident.product_id
        assert [entry.verb for entry in history_of(incident)][-1] == "solution_linked"
    assert solution.reference in text_of(agent.get(page_of(incident)))


def test_what_it_was_resolved_with_is_the_resolution(agent, house, incident, acting_as):
    with acting_as(house.agent) as person:
        actions.resolve(person=person, incident=incident, resolution="Corrected the lock.")
    agent.post(f"{page_of(incident)}make-solution/")
    with acting_as(house.agent):
        assert Revision.objects.get().resolution == "Corrected the lock."


def test_a_double_click_makes_one(agent, incident, house, acting_as):
    answers = [agent.post(f"{page_of(incident)}make-solution/", {"key": "k1"}) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {"/solutions/S-1/en/write/"}
    with acting_as(house.agent):
        assert Solution.objects.count() == 1


def test_one_is_linked_by_its_number_or_picked(agent, incident, publish, count):
    by_number, picked = publish(), publish()
    page = text_of(agent.get(f"{page_of(incident)}link/"))
    assert f"{picked.reference} · Posting stops" in page
    agent.post(f"{page_of(incident)}link/", {"reference": by_number.reference.lower()})
    agent.post(f"{page_of(incident)}link/", {"pick": picked.reference})
    assert (count(by_number), count(picked)) == ((1, 2), (1, 2))


@pytest.mark.parametrize("given", [{"reference": "S-987654"}, {"reference": "nonsense"}, {}])
def test_what_there_is_not_is_said(agent, incident, publish, count, given):
    solution = publish()
    answer = agent.post(f"{page_of(incident)}link/", given)
    assert answer.status_code == 422
    assert re.search("There is no solution with this number|Write the number of a solution", text_of(answer))
    assert count(solution) == (0, 0)


def test_twice_the_same_is_refused_and_counted_once(agent, incident, publish, count):
    solution = publish()
    agent.post(f"{page_of(incident)}link/", {"reference": solution.reference})
    answer = agent.post(f"{page_of(incident)}link/", {"reference": solution.reference})
    assert (answer.status_code, count(solution)) == (422, (1, 1))
    assert "is linked already" in text_of(answer)


def test_a_retired_one_is_not_linked(house, incident, publish, acting_as, count):
    solution = publish()
    with acting_as(house.lead) as lead:
        retired = solutions.retire(person=lead, solution=solution, reason="")
        with pytest.raises(Refused):
            actions.link_solution(person=lead, incident=incident, solution=retired)
    assert count(solution) == (0, 0)


def test_a_link_is_taken_away(agent, incident, publish, count, house, acting_as):
    solution = publish()
    agent.post(f"{page_of(incident)}link/", {"reference": solution.reference})
    for _ in range(2):
        agent.post(f"{page_of(incident)}solutions/{solution.reference}/unlink/")
        assert count(solution) == (0, 0)
    with acting_as(house.agent):
        verbs = [entry.verb for entry in history_of(incident)]
    assert verbs[-2:] == ["solution_linked", "solution_unlinked"]


def test_the_customer_sees_what_they_may_read_and_no_more(agent, client_of, house, incident, publish):
    shown, hidden = publish(title="For you"), publish("internal", title="For us")
    contact = client_of(house.big.contact)
    assert "For you" not in text_of(contact.get(page_of(incident)))
    for solution in (shown, hidden):
        agent.post(f"{page_of(incident)}link/", {"reference": solution.reference})
    page = text_of(contact.get(page_of(incident)))
    assert f'href="/solutions/{shown.reference}/"' in page
    assert hidden.reference not in page
    assert "For us" not in page
    assert "unlink" not in page
    assert "linked the solution" not in page


def test_contacts_link_nothing(client_of, house, incident, publish, acting_as, count):
    solution = publish()
    contact = client_of(house.big.contact)
    for address in ("make-solution/", "link/", f"solutions/{solution.reference}/unlink/"):
        assert contact.post(page_of(incident) + address).status_code == 404
    with acting_as(house.big.contact) as person, pytest.raises(NotAllowed):
        actions.link_solution(person=person, incident=incident, solution=solution)
    assert count(solution) == (0, 0)


def test_a_solution_shows_the_incidents_that_it_solved(agent, client_of, house, incident, publish):
    solution = publish()
    agent.post(f"{page_of(incident)}link/", {"reference": solution.reference})
    page = text_of(agent.get(f"/solutions/{solution.reference}/"))
    assert f'href="{page_of(incident)}"' in page
    assert incident.reference not in text_of(
        client_of(house.big.contact).get(f"/solutions/{solution.reference}/")
    )
