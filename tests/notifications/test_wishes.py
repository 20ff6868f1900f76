"""What a person has chosen is done when mail is delivered, and nothing of it when something is stored."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.actions import notify_many
from notifications.events import Event
from notifications.hours import Quiet
from notifications.kinds import kind_of, topics_of
from notifications.models import Delivery, MailHours, Notification, Preference
from notifications.queries import unread_of
from notifications.tasks import deliver_due
from portal.core.errors import Refused
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.conftest import DATA, LONG_AGO

Tell = Callable[..., int]
Want = Callable[..., None]
DeliveryOf = Callable[[Membership], Delivery]
NIGHT = Quiet(time(20), time(7))
ALL_DAY = Quiet(time(0), time(0), frozenset(range(6)))
URGENT = {**DATA, "urgent": True}


def _facts(delivery: Delivery) -> tuple[str, int, str]:
    return delivery.state, delivery.attempts, delivery.error


def _in_zone(person: Membership, zone: str) -> None:
    person.user.time_zone = zone
    person.user.save(update_fields=["time_zone"])


def _unread(person: Membership) -> int:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return unread_of(person).count()


def _make_due(person: Membership) -> None:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        Delivery.objects.filter(notification__recipient=person).update(due_at=LONG_AGO)


def test_who_has_chosen_nothing_is_told_at_once(cast: Cast, tell: Tell, delivery_of: DeliveryOf) -> None:
    tell(cast.acme.agent)
    deliver_due()
    assert (_facts(delivery_of(cast.acme.agent)), _unread(cast.acme.agent)) == (("sent", 1, ""), 1)


def test_what_is_off_by_mail_stands_in_the_portal_only(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf
) -> None:
    want(cast.acme.agent, "off")
    tell(cast.acme.agent, cast.acme.lead)
    deliver_due()
    assert [letter.to for letter in mail.outbox] == [[f"The Lead <{cast.acme.lead.user.email}>"]]
    assert _facts(delivery_of(cast.acme.agent)) == ("dropped", 1, "turned_off")
    assert _unread(cast.acme.agent) == 1


def test_what_is_off_stays_off_though_it_is_urgent(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf
) -> None:
    want(cast.acme.agent, "off")
    tell(cast.acme.agent, data=URGENT)
    deliver_due()
    assert (mail.outbox, delivery_of(cast.acme.agent).state) == ([], "dropped")


def test_what_is_turned_off_between_storing_and_sending_does_not_leave(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf
) -> None:
    tell(cast.acme.agent)
    want(cast.acme.agent, "off")
    deliver_due()
    assert (mail.outbox, _facts(delivery_of(cast.acme.agent))) == ([], ("dropped", 1, "turned_off"))


def test_what_is_off_in_the_portal_is_read_in_the_list_and_mailed_all_the_same(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf
) -> None:
    want(cast.acme.agent, portal="off")
    tell(cast.acme.agent, cast.acme.lead)
    deliver_due()
    assert delivery_of(cast.acme.agent).state == "sent"
    assert (_unread(cast.acme.agent), _unread(cast.acme.lead)) == (0, 1)
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert Notification.objects.filter(recipient=cast.acme.agent).count() == 1


def test_wishes_are_kept_for_each_place_of_a_person(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf
) -> None:
    """One person in two portals wants mail in one of them."""
    there = cast.rival.agent
    there.user = cast.acme.agent.user
    with acting(tenant_id=there.tenant_id, account_id=EVERY_ACCOUNT):
        there.save(update_fields=["user"])
    want(cast.acme.agent, "off")
    tell(cast.acme.agent)
    tell(there)
    deliver_due()
    assert (delivery_of(cast.acme.agent).state, delivery_of(there).state) == ("dropped", "sent")


@pytest.mark.parametrize(
    ("zone", "now", "waits"),
    [
        ("Europe/Berlin", "2027-01-15T23:30:00+00:00", timedelta(hours=6, minutes=30)),
        ("Europe/Berlin", "2027-03-27T23:30:00+00:00", timedelta(hours=5, minutes=30)),  # one hour less
        ("Europe/Berlin", "2027-10-30T22:30:00+00:00", timedelta(hours=7, minutes=30)),  # one hour more
        ("Asia/Seoul", "2027-01-15T13:00:00+00:00", timedelta(hours=9)),
    ],
)
def test_mail_waits_for_the_end_of_quiet_hours_in_the_persons_zone(
    cast: Cast,
    tell: Tell,
    want: Want,
    delivery_of: DeliveryOf,
    time_machine: Any,
    zone: str,
    now: str,
    waits: timedelta,
) -> None:
    agent = cast.acme.agent
    _in_zone(agent, zone)
    want(agent, quiet=NIGHT)
    tell(agent)
    before = datetime.now(timezone.get_current_timezone())
    time_machine.move_to(datetime.fromisoformat(now), tick=False)
    deliver_due()
    waiting = delivery_of(agent)
    assert (mail.outbox, _facts(waiting)) == ([], ("queued", 0, "quiet"))
    # The wait is counted from the database's clock, which time machines don't move.
    assert abs(waiting.due_at - before - waits) < timedelta(minutes=1)
    assert _unread(agent) == 1


def test_when_quiet_hours_are_over_it_leaves_once(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf, time_machine: Any
) -> None:
    agent = cast.acme.agent
    want(agent, quiet=NIGHT)
    tell(agent)
    time_machine.move_to(datetime.fromisoformat("2027-01-15T23:30:00+00:00"))
    deliver_due()
    time_machine.move_to(datetime.fromisoformat("2027-01-16T07:00:00+00:00"))
    _make_due(agent)
    deliver_due()
    deliver_due()
    assert (len(mail.outbox), _facts(delivery_of(agent))) == (1, ("sent", 1, ""))


def test_what_is_urgent_passes_quiet_hours_and_the_digest(cast: Cast, tell: Tell, want: Want) -> None:
    want(cast.acme.agent, quiet=_always_but_one_day())
    want(cast.acme.lead, "daily")
    tell(cast.acme.agent, cast.acme.lead, data=URGENT)
    deliver_due()
    assert len(mail.outbox) == 2


def _always_but_one_day() -> Quiet:
    """Quiet today, whichever day it is."""
    tomorrow = (timezone.now().weekday() + 1) % 7
    return Quiet(time(0), time(0), frozenset(range(7)) - {tomorrow})


def test_who_ends_their_quiet_hours_gets_at_once_what_waits(
    cast: Cast, tell: Tell, want: Want, delivery_of: DeliveryOf, acting_as: Callable[[Membership], Any]
) -> None:
    agent = cast.acme.agent
    want(agent, quiet=_always_but_one_day())
    tell(agent)
    deliver_due()
    assert delivery_of(agent).error == "quiet"
    want(agent, digest_at=time(9))
    deliver_due()
    assert (len(mail.outbox), delivery_of(agent).state) == (1, "sent")


@pytest.mark.parametrize(
    ("quiet", "field"),
    [
        (Quiet(time(20), time(7), frozenset()), "quiet_days"),
        (Quiet(time(0), time(0), frozenset(range(7))), "quiet_until"),
    ],
)
def test_quiet_hours_without_a_day_or_an_end_are_refused(
    cast: Cast, want: Want, quiet: Quiet, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        want(cast.acme.agent, quiet=quiet)
    assert refused.value.field == field
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert list(MailHours.objects.all()) == []


def test_what_may_never_be_off_is_refused_to_be(cast: Cast, want: Want) -> None:
    for how in ({"mail": "off"}, {"portal": "off"}):
        with pytest.raises(Refused):
            want(cast.acme.lead, topic="breaches", **how)
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert list(Preference.objects.all()) == []


def test_a_topic_of_staff_is_none_of_a_contacts(cast: Cast, want: Want) -> None:
    with pytest.raises(Refused):
        want(cast.acme.big.contact, "off", topic="team")
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert list(Preference.objects.all()) == []


def test_each_role_chooses_among_what_it_is_ever_told(cast: Cast) -> None:
    def codes(person: Membership) -> list[str]:
        return [topic.code for topic in topics_of(person) if topic.code != "greetings"]

    staff = ["followed", "assigned", "team", "at_risk", "breaches", "solutions"]
    assert codes(cast.acme.agent) == staff
    assert codes(cast.acme.csm) == [*staff, "contracts"]
    assert codes(cast.acme.admin) == [*staff, "webhooks"]
    assert codes(cast.acme.big.contact) == ["followed", "critical", "promises"]
    assert codes(cast.acme.big.admin) == ["followed", "critical", "promises", "contracts", "webhooks"]


@pytest.mark.parametrize("kind", ["incidents.logged", "incidents.reply", "incidents.breached"])
def test_severity_1_is_urgent_and_nothing_else(kind: str) -> None:
    assert [kind_of(kind).urgent({"severity": severity}) for severity in (1, 2, 3, 4)] == [
        True,
        False,
        False,
        False,
    ]


def test_wishes_cost_storing_nothing_and_a_batch_two_statements(cast: Cast, tell: Tell, want: Want) -> None:
    want(cast.acme.agent, "off", portal="off", quiet=ALL_DAY)
    event = Event(kind="tests.greeted", key="event", recipients=[cast.acme.agent], url="/plan/", data=DATA)
    with (
        acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT),
        CaptureQueriesContext(connection) as stored,
    ):
        assert notify_many(tenant=cast.acme.tenant, events=[event]) == 1
    assert len(stored) == 1
    counts = []
    for people in ([cast.acme.lead], [cast.acme.lead, cast.acme.csm, cast.acme.admin]):
        tell(*people, key=f"for {len(people)}")
        with CaptureQueriesContext(connection) as delivered:
            deliver_due()
        counts.append(
            sum("notifications_preference" in s["sql"] or "mailhours" in s["sql"] for s in delivered)
        )
    assert counts == [2, 2]
