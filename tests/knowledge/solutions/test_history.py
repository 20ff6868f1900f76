"""The page of a solution shows staff what was done with it, in the words of the audit; nobody else."""

import re
from html import unescape

import pytest

from knowledge.solutions import actions, queries
from knowledge.solutions.models import Solution
from portal.core.history import record
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
PAGE = "/solutions/S-1/"
WHOLE = f"{PAGE}history/"


def changes(response):
    """What the page tells, without its times."""
    found = re.findall(
        r'<div class="timeline-event">(.*?)\s*(?:·\s*<time|</div>)', response.content.decode(), re.DOTALL
    )
    return [unescape(one).strip() for one in found]


@pytest.fixture
def kept(here, house, published):
    """Begun, handed in, published, flagged, resolved, given to others, looked at, retired, restored."""
    solution = published(title="Posting stops")
    flag = actions.raise_flag(person=house.csm, solution=solution, text="Step 2 is wrong")
    actions.resolve_flag(person=house.agent, flag=flag, answer="It is right")
    solution.refresh_from_db()
    actions.change_solution(
        person=house.lead,
        solution=solution,
        audience="customers",
        review_by=None,
        ranges=[],
        revision=solution.revision,
    )
    actions.retire(person=house.lead, solution=solution, reason="Old")
    actions.restore(person=house.admin, solution=solution)
    return solution


def test_what_was_done_stands_there_newest_first_and_the_whole_of_it_a_click_away(kept, house, client_of):
    agent = client_of(house.agent)
    told = [
        "The Admin restored the solution",
        "The Lead retired the solution: Old",
        "The Lead gave the solution other readers: Customers",
        "The Agent resolved a flag: It is right",
        "The Csm said what is wrong: Step 2 is wrong",
        "Other Agent published the English text “Posting stops”",
        "The Agent asked for a review of the English text “Posting stops”",
        "The Agent began the solution “Posting stops” in English",
    ]
    assert changes(agent.get(PAGE)) == told
    assert WHOLE not in agent.get(PAGE).content.decode()
    actions.look_again(person=house.agent, solution=kept)
    assert changes(agent.get(PAGE))[1:] == told[:-1]
    assert f'href="{WHOLE}"' in agent.get(PAGE).content.decode()
    whole = agent.get(WHOLE)
    assert changes(whole)[1:] == told
    assert '<p class="lead" lang="en">Posting stops</p>' in whole.content.decode()


def test_the_day_until_which_it_stands_is_written_as_a_day(kept, house, client_of):
    record(kept, "looked_at", house.agent, internal=True, until="2026-07-12")
    assert changes(client_of(house.agent).get(PAGE))[0] == (
        "The Agent looked at the solution again; it is right until 12 Jul 2026"
    )


def test_older_entries_come_page_by_page(kept, house, client_of, monkeypatch):
    monkeypatch.setattr(queries.changes_of, "__defaults__", ("", 3))
    agent, seen, address = client_of(house.agent), [], WHOLE
    while address:
        page = agent.get(address)
        assert len(changes(page)) <= 3
        seen += changes(page)
        older = re.search(r'href="(\?after=[^"]*)"', page.content.decode())
        address = older and f"{WHOLE}{older[1]}"
    assert len(seen) == 8
    assert (seen[0], seen[-1]) == (
        "The Admin restored the solution",
        "The Agent began the solution “Posting stops” in English",
    )
    assert "Latest" in page.content.decode()
    assert agent.get(f"{WHOLE}?after=nonsense").status_code == 404


def test_who_has_left_is_still_named(kept, house, client_of):
    type(house.csm).objects.filter(pk=house.csm.pk).update(removed_at="2026-01-01T00:00Z")
    assert "The Csm said what is wrong: Step 2 is wrong" in changes(client_of(house.agent).get(PAGE))


def test_another_solutions_history_is_not_in_it(kept, published, house, client_of):
    published(title="Another")
    assert not any("Another" in one for one in changes(client_of(house.agent).get(WHOLE)))
    assert len(changes(client_of(house.agent).get("/solutions/S-2/"))) == 3


def test_customers_and_strangers_never_see_it(kept, house, cast, client_of):
    nothing = client_of(house.big.contact).get("/nothing/is/here/").status_code
    for person in (house.big.contact, house.big.admin, house.small.contact):
        client = client_of(person)
        page = client.get(PAGE)
        assert page.status_code == 200
        assert changes(page) == []
        assert "Step 2 is wrong" not in page.content.decode()
        assert client.get(WHOLE).status_code == nothing
    for stranger in (cast.rival.admin, cast.rival.big.contact):
        assert client_of(stranger).get(WHOLE).status_code == 404
    Solution.objects.update(audience="public")
    nobody = client_of(None)
    assert nobody.get(PAGE).status_code == 200
    assert changes(nobody.get(PAGE)) == []
    assert nobody.get(WHOLE).status_code == 302


def test_it_costs_the_same_however_long_it_is(kept, house, client_of):
    agent = client_of(house.agent)
    costs = []
    for _ in range(2):
        agent.get(PAGE)
        costs.append([len(statements_of(agent, address)) for address in (PAGE, WHOLE)])
        for _again in range(5):
            actions.look_again(person=house.agent, solution=kept)
    assert costs[0] == costs[1]
