"""The queue through the API: its order and reasons, and the next one."""

import pytest

from incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(log, cast):
    """Logged from the least urgent to the most."""
    return [
        log(cast.acme.small.contact, severity=3),
        log(cast.acme.small.contact, severity=2),
        log(cast.acme.big.contact, severity=2),
        log(cast.acme.small.contact, severity=1),
    ]


def _references(answer):
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["results"]]


def test_the_queue_stands_in_its_promised_order_with_its_reasons(cast, program, queue):
    answer = program(cast.acme.agent).get("queue/")
    assert _references(answer) == [one.reference for one in reversed(queue)]
    critical, elite, *_rest = answer.json()["results"]
    assert [step["code"] for step in critical["why"]] == ["severity", "no_plan_priority", "due", "logged"]
    assert elite["why"][1] == {"code": "plan_priority", "value": 3}
    assert (elite["plan"], elite["account"], elite["product"]) == ("Xtreme Elite", "Big Company", "ledger")


def test_the_queue_can_be_narrowed_and_paged(cast, program, queue):
    agent = program(cast.acme.agent)
    assert _references(agent.get("queue/?severity=2&product=ledger")) == [
        queue[2].reference,
        queue[1].reference,
    ]
    assert _references(agent.get("queue/?view=mine")) == []
    first = agent.get("queue/?size=3")
    rest = agent.get(f"queue/?size=3&after={first.json()['next']}")
    assert (len(_references(first)), _references(rest)) == (3, [queue[0].reference])


@pytest.mark.parametrize("cursor", ["WzEsIDAsICJ4IiwgIngiLCAxXQ", "WzEsIDAsIG51bGwsIG51bGwsIDFd"])
def test_a_cursor_that_is_not_ours_is_refused(cast, program, queue, cursor):
    answer = program(cast.acme.agent).get(f"queue/?after={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_next_hands_out_each_incident_once_until_none_is_left(cast, program, queue):
    callers = [program(cast.acme.agent), program(cast.acme.other_agent)] * 2
    taken = [caller.post("queue/next/") for caller in callers]
    assert [answer.json()["reference"] for answer in taken] == [one.reference for one in reversed(queue)]
    assert taken[0].json()["assignee"]["id"] == cast.acme.agent.pk
    empty = callers[0].post("queue/next/")
    assert (empty.status_code, empty.content) == (204, b"")


def test_next_takes_nothing_of_another_tenant(cast, program, queue, acting_in):
    assert program(cast.rival.agent).post("queue/next/").status_code == 204
    with acting_in(cast.acme.tenant):
        assert not Incident.objects.exclude(assignee=None).exists()
