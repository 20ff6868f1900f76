import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import kinds, outbox
from notifications.delivery import LEASE, deliver_batch
from notifications.enums import DeliveryState
from notifications.models import Delivery, Notification
from notifications.outbox import Outcome
from notifications.outcomes import MAX_ATTEMPTS, back_off
from notifications.tasks import deliver_due
from notifications.transport import Mail, SmtpTransport
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.conftest import MailServer, Right

DeliveryOf = Callable[[Membership], Delivery]
Tell = Callable[..., int]


def _facts(delivery: Delivery) -> tuple[str, int, str]:
    return delivery.state, delivery.attempts, delivery.error


def _make_due(person: Membership, *, attempts: int | None = None) -> None:
    """As if the wait, or the lease, were over."""
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        due = Delivery.objects.filter(notification__recipient=person)
        due.update(due_at=timezone.now() - timedelta(days=1))
        if attempts is not None:
            due.update(attempts=attempts)


def _wait_of(delivery: Delivery) -> int:
    """In whole minutes from now."""
    return round((delivery.due_at - timezone.now()).total_seconds() / 60)


def test_what_is_due_leaves_and_is_marked(cast: Cast, tell: Tell, delivery_of: DeliveryOf) -> None:
    tell(cast.acme.agent, cast.acme.lead)
    tell(cast.rival.agent)
    deliver_due()
    people = [cast.acme.agent, cast.acme.lead, cast.rival.agent]
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        f"{person.user.name} <{person.user.email}>" for person in people
    )
    for person in people:
        delivery = delivery_of(person)
        assert (*_facts(delivery), delivery.sent_at is not None) == ("sent", 1, "", True)


def test_delivering_twice_sends_once(cast: Cast, tell: Tell) -> None:
    tell(cast.acme.agent)
    deliver_due()
    deliver_due()
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_after_the_claim_holds_nothing_back(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf
) -> None:
    tell(cast.acme.agent)
    first_id = delivery_of(cast.acme.agent).pk
    assert outbox.claim(10, LEASE) == {cast.acme.tenant.pk: [first_id]}
    deliver_due()
    assert (mail.outbox, _facts(delivery_of(cast.acme.agent))) == ([], ("sending", 1, ""))
    _make_due(cast.acme.agent)
    deliver_due()
    assert (len(mail.outbox), _facts(delivery_of(cast.acme.agent))) == (1, ("sent", 2, ""))


def test_who_comes_back_after_the_lease_was_given_away_changes_nothing(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf
) -> None:
    tell(cast.acme.agent)
    outbox.claim(10, LEASE)
    late = delivery_of(cast.acme.agent)
    _make_due(cast.acme.agent)
    outbox.claim(10, LEASE)
    outbox.mark([Outcome(late.tenant_id, late.pk, late.attempts, DeliveryState.FAILED, "refused")])
    assert _facts(delivery_of(cast.acme.agent)) == ("sending", 2, "")


def test_a_person_who_was_removed_gets_no_mail(cast: Cast, tell: Tell, delivery_of: DeliveryOf) -> None:
    person = cast.acme.big.contact
    tell(person)
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        Membership.objects.filter(pk=person.pk).update(removed_at=timezone.now())
    deliver_due()
    assert (mail.outbox, _facts(delivery_of(person))) == ([], ("dropped", 1, "removed"))


def test_a_sign_in_that_was_switched_off_gets_no_mail(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf
) -> None:
    person = cast.acme.big.contact
    tell(person)
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])
    deliver_due()
    assert (mail.outbox, _facts(delivery_of(person))) == ([], ("dropped", 1, "removed"))


def test_who_lost_sight_of_it_meanwhile_gets_no_mail(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, right: Right
) -> None:
    tell(cast.acme.agent)
    right.answer = False
    deliver_due()
    assert (mail.outbox, _facts(delivery_of(cast.acme.agent))) == ([], ("dropped", 1, "out_of_sight"))


def test_a_kind_at_fault_holds_up_its_own_mail_only(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, right: Right, caplog: pytest.LogCaptureFixture
) -> None:
    tell(cast.acme.agent, data={"words": "the template misses the time"})
    tell(cast.acme.lead)
    deliver_due()
    assert [letter.to[0] for letter in mail.outbox] == [
        f"{cast.acme.lead.name} <{cast.acme.lead.user.email}>"
    ]
    waiting = delivery_of(cast.acme.agent)
    assert (_facts(waiting), _wait_of(waiting)) == (("queued", 1, "unwritten"), 2)
    assert f"Delivery {waiting.pk} could not be written" in caplog.text


def test_a_check_at_fault_holds_up_its_own_kind_only(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, right: Right, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(notifications: Sequence[Notification]) -> set[uuid.UUID]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing")
        return set()

    kinds.register(replace(kinds.kind_of("tests.greeted"), code="tests.faulty", still_right_many=fails))
    tell(cast.acme.agent, kind="tests.faulty")
    tell(cast.acme.lead)
    deliver_due()
    assert _facts(delivery_of(cast.acme.agent)) == ("queued", 1, "unwritten")
    assert _facts(delivery_of(cast.acme.lead)) == ("sent", 1, "")
    assert "The right to 1 notifications of the kind tests.faulty could not be checked" in caplog.text


def test_the_right_of_a_batch_is_asked_once_and_costs_the_same_for_one_and_three(
    cast: Cast, tell: Tell
) -> None:
    asked: list[int] = []

    def count(notifications: Sequence[Notification]) -> set[uuid.UUID]:
        asked.append(len(notifications))
        return {notification.pk for notification in notifications}

    kinds.register(replace(kinds.kind_of("tests.greeted"), still_right_many=count))
    costs = []
    for people in ([cast.acme.agent], [cast.acme.agent, cast.acme.lead, cast.acme.csm]):
        tell(*people, key=f"to {len(people)}")
        with SmtpTransport() as transport, CaptureQueriesContext(connection) as statements:
            deliver_batch(transport)
        costs.append(len(statements))
    assert asked == [1, 3]
    assert costs[0] == costs[1]


def test_a_delivery_that_kills_its_worker_each_time_ends(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf
) -> None:
    tell(cast.acme.agent)
    _make_due(cast.acme.agent, attempts=MAX_ATTEMPTS)
    deliver_due()
    assert (mail.outbox, delivery_of(cast.acme.agent).error) == ([], "given_up")


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 360), (20, 360)]
)
def test_the_wait_doubles_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert back_off(attempts) == timedelta(minutes=minutes)


def test_over_smtp_one_connection_serves_a_batch_of_several_tenants(
    cast: Cast, tell: Tell, mail_server: MailServer
) -> None:
    tell(cast.acme.agent, cast.acme.lead)
    tell(cast.rival.agent)
    with SmtpTransport() as transport:
        assert deliver_batch(transport) == 3
    receivers = sorted(envelope.rcpt_tos for envelope in mail_server.accepted)
    assert receivers == sorted([p.user.email] for p in (cast.acme.agent, cast.acme.lead, cast.rival.agent))
    assert mail_server.connections == 1


def test_while_the_mail_server_is_down_mail_waits_and_no_attempt_is_counted(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, no_mail_server: None
) -> None:
    tell(cast.acme.agent, cast.acme.lead)
    deliver_due()
    for person in (cast.acme.agent, cast.acme.lead):
        waiting = delivery_of(person)
        assert (_facts(waiting), _wait_of(waiting)) == (("queued", 0, "unreachable"), 1)


def test_when_the_mail_server_is_back_the_mail_leaves(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, mail_server: MailServer, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    tell(cast.acme.agent)
    deliver_due()
    settings.EMAIL_PORT = port
    deliver_due()
    assert mail_server.accepted == []  # its wait is not over
    _make_due(cast.acme.agent)
    deliver_due()
    assert len(mail_server.accepted) == 1
    assert _facts(delivery_of(cast.acme.agent)) == ("sent", 1, "")


def test_an_address_that_the_server_refuses_fails_at_once_and_alone(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, mail_server: MailServer
) -> None:
    mail_server.answers[cast.acme.agent.user.email] = "550 no such mailbox: secret-host-name"
    tell(cast.acme.agent, cast.acme.lead)
    deliver_due()
    assert _facts(delivery_of(cast.acme.agent)) == ("failed", 1, "refused")
    assert _facts(delivery_of(cast.acme.lead)) == ("sent", 1, "")


def test_a_busy_mailbox_is_tried_again_later_and_at_last_given_up(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, mail_server: MailServer
) -> None:
    mail_server.answers[cast.acme.agent.user.email] = "451 try later"
    tell(cast.acme.agent)
    for attempt in range(1, MAX_ATTEMPTS):
        deliver_due()
        waiting = delivery_of(cast.acme.agent)
        assert (_facts(waiting), _wait_of(waiting)) == (("queued", attempt, "not_now"), 2**attempt)
        _make_due(cast.acme.agent)
    deliver_due()
    assert _facts(delivery_of(cast.acme.agent)) == ("failed", MAX_ATTEMPTS, "not_now")


def test_a_server_that_hangs_up_is_called_again_for_the_next_mail(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf, mail_server: MailServer
) -> None:
    mail_server.answers[cast.acme.agent.user.email] = "421 closing"
    tell(cast.acme.agent, key="first")
    tell(cast.acme.lead, key="second")
    deliver_due()
    assert _facts(delivery_of(cast.acme.agent)) == ("queued", 1, "not_now")
    assert _facts(delivery_of(cast.acme.lead)) == ("sent", 1, "")


def test_a_slow_server_gets_no_more_mail_than_the_lease_has_time_for(
    cast: Cast, tell: Tell, delivery_of: DeliveryOf
) -> None:
    class Slow:
        def send(self, mail: Mail) -> None:
            raise AssertionError("the lease was over")

    tell(cast.acme.agent)
    deliver_batch(Slow(), lease=timedelta(0))
    assert _facts(delivery_of(cast.acme.agent)) == ("queued", 0, "")


class Kept:
    """Keeps whom it mailed; the first time, somebody is told something else meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.mailed: list[str] = []
        self._meanwhile = meanwhile

    def send(self, mail: Mail) -> None:
        if not self.mailed:
            self._meanwhile()
        self.mailed.append(mail.address)


def test_mails_in_bulk_leave_after_all_others(cast: Cast, tell: Tell, delivery_of: DeliveryOf) -> None:
    tell(cast.acme.agent, kind="tests.greeted_all")
    tell(cast.rival.agent)
    kept = Kept(lambda: None)
    claimed = [deliver_batch(kept, batch=10) for _ in range(3)]
    assert claimed == [1, 1, 0]
    assert kept.mailed == [cast.rival.agent.user.email, cast.acme.agent.user.email]
    assert delivery_of(cast.acme.agent).in_bulk
    assert not delivery_of(cast.rival.agent).in_bulk


@pytest.mark.parametrize(("patience", "place"), [(0.0, 1), (60.0, 3)])
def test_a_mail_that_comes_while_others_leave_in_bulk_goes_between_them(
    cast: Cast, tell: Tell, monkeypatch: pytest.MonkeyPatch, patience: float, place: int
) -> None:
    monkeypatch.setattr("notifications.delivery._MARK_EVERY", patience)
    tell(cast.acme.agent, cast.acme.lead, cast.acme.csm, kind="tests.greeted_all")
    kept = Kept(lambda: tell(cast.rival.agent))
    while deliver_batch(kept):
        pass
    assert kept.mailed.index(cast.rival.agent.user.email) == place
    assert len(kept.mailed) == len(set(kept.mailed)) == 4


def test_the_door_of_the_sweep_is_open_to_the_portal_alone(cast: Cast, as_owner: Callable[[], Any]) -> None:
    with as_owner() as cursor:
        cursor.execute(
            "SELECT grantee FROM information_schema.routine_privileges"
            " WHERE routine_name = 'notifications_claim' AND grantee <> 'portal_owner'"
        )
        assert cursor.fetchall() == [("portal_app",)]


def test_the_sweep_tells_ids_and_the_rows_stay_behind_their_wall(cast: Cast, tell: Tell) -> None:
    tell(cast.acme.agent)
    claimed = outbox.claim(10, LEASE)
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert outbox.load(cast.acme.tenant, claimed[cast.acme.tenant.pk]) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notifications_delivery")
        assert cursor.fetchone() == (0,)
