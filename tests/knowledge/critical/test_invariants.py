"""The invariants of critical solutions hold after what actions do, and see each tampered row."""

import pytest
from django.db import connection

from knowledge.critical import actions as critical
from knowledge.critical.enums import Standing
from knowledge.critical.invariants import INVARIANTS
from tests.knowledge.critical.conftest import loop_of

pytestmark = pytest.mark.django_db

TAMPERED = {
    "recipients of a critical solution without their notification": (
        "DELETE FROM notifications_delivery; DELETE FROM notifications_notification"
    ),
    "notifications of a critical solution to people who are no recipients": (
        "UPDATE notifications_notification SET key = '0' WHERE kind = 'critical.solution'"
    ),
    "accounts whose counts differ from their recipients": (
        "UPDATE critical_loop SET acknowledged = acknowledged - 1 WHERE acknowledged > 0"
    ),
    "critical solutions told to another number of people than there are recipients": (
        "UPDATE critical_notice SET told = told + 1"
    ),
    "accounts that stand otherwise than what they are exposed to": (
        "UPDATE critical_exposure SET standing = 'exposed' WHERE standing = 'fixed'"
    ),
}


def broken(tenant):
    return {name: number for name, count in INVARIANTS.items() if (number := count(tenant))}


@pytest.fixture
def told(house, solution, register, tell, here):
    for person in (house.big.contact, house.big.admin, house.small.contact):
        register(person, house.ledger)
    notice = tell(solution)
    critical.acknowledge(person=house.big.contact, notice=notice)
    critical.say(person=house.big.contact, loop=loop_of(notice, house.big), standing=Standing.FIXED)
    critical.say(person=house.lead, loop=loop_of(notice, house.small), standing=Standing.NOT_AFFECTED)
    critical.mark_read(person=house.small.contact, notice=notice)
    critical.note_download(person=house.big.admin, solution_id=solution.pk)


def test_what_actions_do_breaks_nothing(told, house):
    assert broken(house.tenant) == {}


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_tampered_row_is_seen(told, house, name):
    with connection.cursor() as cursor:
        cursor.execute(TAMPERED[name])
    assert name in broken(house.tenant)
