"""Staff and a contact speak of the same account at once, in real transactions."""

from time import sleep

import pytest

from knowledge.critical import actions as critical
from knowledge.critical.actions import answering
from knowledge.critical.enums import Standing
from knowledge.critical.invariants import INVARIANTS
from knowledge.critical.models import Exposure
from portal.core.models import HistoryEntry
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once
from tests.knowledge.critical.conftest import loop_of, make_solution

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return find_cast() or make_cast()


def test_both_are_heard_and_one_is_last(house, register, tell, acting_as):
    with acting_as(house.lead):
        solution = make_solution(house)
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    said = [(house.lead, Standing.FIXED), (house.big.contact, Standing.EXPOSED)]

    def speak(number):
        person, standing = said[number]
        with acting_as(person):
            return critical.say(person=person, loop=loop_of(notice, house.big), standing=standing).standing

    assert at_once(2, speak) == [Standing.FIXED, Standing.EXPOSED]
    with acting_as(house.lead):
        entries = HistoryEntry.objects.filter(subject_type="loop").order_by("id")
        assert sorted(one.verb for one in entries) == ["said", "said_for"]
        [one] = Exposure.objects.filter(notice=notice, account=house.big.account)
        last = entries[1]
        assert (one.said_by_id, one.standing) == (last.actor_id, last.data["standing"])
        assert loop_of(notice, house.big).standing == one.standing
        assert {name for name, count in INVARIANTS.items() if count(house.tenant)} == set()


def test_who_reads_and_speaks_at_the_same_instant_waits_for_nobody_in_a_circle(
    house, register, tell, acting_as, monkeypatch
):
    with acting_as(house.lead):
        solution = make_solution(house)
    person = house.big.contact
    register(person, house.ledger)
    notice = tell(solution)
    settle = answering._settle
    monkeypatch.setattr(answering, "_settle", lambda *how: (sleep(0.6), settle(*how)))

    def do(number):
        with acting_as(person):
            if number:
                sleep(0.3)  # by now the other one holds the loop
                return critical.mark_read(person=person, notice=notice)
            critical.say(person=person, loop=loop_of(notice, house.big), standing=Standing.FIXED)

    assert at_once(2, do) == [None, None]
    with acting_as(house.lead):
        loop = loop_of(notice, house.big)
        assert (loop.read, loop.acknowledged, loop.standing) == (1, 1, Standing.FIXED)
