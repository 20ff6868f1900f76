"""Two at once, in real transactions: never one incident for two agents, never two for one click."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from incidents.actions import log_incident, take_next
from incidents.models import Incident
from notifications.models import Notification
from portal.core.history import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What ``act`` returned in each of so many threads that begin together; an error is a result."""
    barrier, results = Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def cast():
    return find_cast() or make_cast()


def test_two_agents_never_take_the_same_incident(cast, log):
    wanted = {log().pk for _ in range(6)}
    agents = [cast.acme.agent, cast.acme.other_agent]

    def take(number):
        agent = agents[number % 2]
        with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT, user_id=agent.user_id):
            taken = take_next(person=agent)
            return taken and taken.pk

    results = at_once(8, take)
    assert sorted(filter(None, results)) == sorted(wanted)
    assert results.count(None) == 2


def test_twenty_clicks_with_one_key_are_one_incident(cast, new):
    contact = cast.acme.big.contact
    incident = new()

    def click(_number):
        with acting(tenant_id=contact.tenant_id, account_id=contact.account_id, user_id=contact.user_id):
            return log_incident(person=contact, incident=incident, key="one form").reference

    assert at_once(20, click) == ["BIG-1"] * 20
    with acting(tenant_id=contact.tenant_id, account_id=EVERY_ACCOUNT):
        assert Incident.objects.count() == 1
        assert HistoryEntry.objects.filter(verb="logged").count() == 1
        assert Notification.objects.filter(kind="incidents.logged").count() == 1


def test_ten_at_once_get_ten_numbers_in_a_row(cast, new):
    contact = cast.acme.big.contact
    incident = new()

    def submit(_number):
        with acting(tenant_id=contact.tenant_id, account_id=contact.account_id, user_id=contact.user_id):
            return log_incident(person=contact, incident=incident).number

    assert sorted(at_once(10, submit)) == list(range(1, 11))
