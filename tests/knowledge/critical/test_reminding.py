"""Whoever has not read it within the time is reminded once; nobody else is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from knowledge.critical import actions as critical
from knowledge.critical.models import Recipient
from knowledge.critical.reminding import remind_due
from notifications.models import Delivery, Notification
from tests.knowledge.critical.conftest import publish_text, write_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(house, solution, register, tell, here):
    for person in (house.big.contact, house.big.admin):
        register(person, house.ledger)
    return tell(solution, remind_after_hours=2)


def later(notice):
    Recipient.objects.filter(notice=notice, remind_at__isnull=False).update(
        remind_at=timezone.now() - timedelta(seconds=1)
    )


def reminded():
    found = Notification.objects.filter(kind="critical.reminder")
    return sorted(one.recipient.name for one in found)


def test_the_reminder_is_planned_and_comes_once(notice):
    [first, *_] = Recipient.objects.filter(notice=notice)
    assert first.remind_at == first.told_at + timedelta(hours=2)
    assert remind_due() == 0
    later(notice)
    assert remind_due() == 2
    assert reminded() == ["Big Admin", "Big Contact"]
    assert remind_due() == 0
    assert Delivery.objects.filter(notification__kind="critical.reminder").count() == 2
    assert {one.remind_at for one in Recipient.objects.filter(notice=notice)} == {None}


def test_who_has_read_it_is_not_reminded(house, notice):
    critical.mark_read(person=house.big.contact, notice=notice)
    later(notice)
    remind_due()
    assert reminded() == ["Big Admin"]


def test_nobody_is_reminded_of_what_was_corrected(house, solution, tell, notice):
    write_text(house, solution, "en", "Better")
    publish_text(house, solution)
    tell(solution, correction=True)
    later(notice)
    assert remind_due() == 2
    assert reminded() == []
    assert not Recipient.objects.filter(notice=notice, reminded_at__isnull=False).exists()


def test_without_a_time_nobody_is_reminded(house, solution, register, tell, here):
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    assert [one.remind_at for one in Recipient.objects.filter(notice=notice)] == [None]


def test_nobody_who_has_read_it_can_be_due(notice):
    with pytest.raises(IntegrityError, match="reminded_once_unread"):
        Recipient.objects.filter(notice=notice).update(read_at=timezone.now())
