"""One mail a day with all that was gathered: each notification once, whoever dies."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import kinds, outbox
from notifications.delivery import LEASE, deliver_batch
from notifications.enums import DeliveryState
from notifications.hours import Quiet
from notifications.models import Delivery, Digest
from notifications.outbox import Outcome
from notifications.tasks import deliver_due
from notifications.transport import Mail, SmtpTransport
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.conftest import DATA, GREETINGS, LONG_AGO, MailServer, Right

Tell = Callable[..., int]
Want = Callable[..., None]


def _digests(person: Membership) -> list[Digest]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return list(Digest.objects.filter(person=person).order_by("planned_at"))


def _states(person: Membership) -> list[tuple[str, str, str]]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        rows = Delivery.objects.filter(notification__recipient=person).order_by("notification__key")
        return list(rows.values_list("notification__key", "state", "error"))


def _make_due(person: Membership) -> None:
    """As if the hour of the digest, or the end of its lease, had come."""
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        Digest.objects.filter(person=person).update(due_at=LONG_AGO)


def _tell_daily(tell: Tell, want: Want, person: Membership, *keys: str) -> None:
    """Gathered, and not yet due."""
    want(person, "daily")
    for key in keys:
        tell(person, key=key, data={**DATA, "words": key})
    deliver_due()
    assert mail.outbox == []


def test_what_is_wanted_daily_is_gathered_until_the_persons_hour(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    agent = cast.acme.agent
    agent.user.time_zone = "Europe/Berlin"
    agent.user.save(update_fields=["time_zone"])
    want(agent, "daily", digest_at=time(18))
    # Summer time begins in the night between.
    time_machine.move_to(datetime.fromisoformat("2027-03-27T17:30:00+00:00"))
    tell(agent, key="one")
    tell(agent, key="two")
    deliver_due()
    [digest] = _digests(agent)
    assert (digest.state, digest.attempts) == ("queued", 0)
    assert digest.planned_at == digest.due_at == datetime.fromisoformat("2027-03-28T16:00:00+00:00")
    assert _states(agent) == [("one", "gathered", ""), ("two", "gathered", "")]
    assert mail.outbox == []


def test_a_digest_waits_for_the_end_of_quiet_hours(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    want(cast.acme.agent, "daily", quiet=Quiet(time(20), time(9, 30)))
    time_machine.move_to(datetime.fromisoformat("2027-01-15T12:00:00+00:00"))
    tell(cast.acme.agent)
    deliver_due()
    [digest] = _digests(cast.acme.agent)
    assert digest.planned_at == datetime.fromisoformat("2027-01-16T08:00:00+00:00")
    assert digest.due_at == datetime.fromisoformat("2027-01-16T09:30:00+00:00")


def test_a_digest_is_one_mail_with_each_notification_once(cast: Cast, tell: Tell, want: Want) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one", "two")
    tell(cast.acme.lead)
    _make_due(agent)
    deliver_due()
    deliver_due()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert len(mail.outbox) == len(letters) == 2
    digest = letters[f"The Agent <{agent.user.email}>"]
    assert digest.subject == "Your digest: 2 notifications"
    assert re.findall(r"\* (Yes: \w+)", digest.body) == ["Yes: one", "Yes: two"]
    [(html, _)] = digest.alternatives
    assert [html.count(words) for words in ("Yes: one", "Yes: two")] == [1, 1]
    assert _states(agent) == [("one", "sent", ""), ("two", "sent", "")]
    [row] = _digests(agent)
    assert (row.state, row.attempts, row.sent_at is not None) == ("sent", 1, True)


def test_nothing_gathered_is_no_mail(cast: Cast, want: Want) -> None:
    want(cast.acme.agent, "daily")
    deliver_due()
    assert (mail.outbox, _digests(cast.acme.agent)) == ([], [])


def test_it_is_grouped_by_topic_in_the_readers_language_and_zone(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    agent = cast.acme.agent
    agent.user.language, agent.user.time_zone = "sv", "Asia/Seoul"
    agent.user.save(update_fields=["language", "time_zone"])
    other = replace(GREETINGS, code="others", position=1)
    kinds.register(replace(kinds.kind_of("tests.greeted"), code="tests.other", topic=other))
    for topic in ("greetings", "others"):
        want(agent, "daily", topic=topic)
    time_machine.move_to(datetime.fromisoformat("2027-01-31T23:30:00+00:00"))
    tell(agent, key="a", data={**DATA, "words": "first"})
    tell(agent, key="b", data={**DATA, "words": "other"}, kind="tests.other")
    deliver_due()
    _make_due(agent)
    deliver_due()
    [letter] = mail.outbox
    assert re.findall(r"\* (Ja: \w+) \((.*)\)", letter.body) == [
        ("Ja: other", "mån 1 feb. 2027 08:30 KST"),
        ("Ja: first", "mån 1 feb. 2027 08:30 KST"),
    ]
    assert letter.extra_headers["Content-Language"] == "sv"


def test_links_lead_to_each_notification_and_one_stops_what_the_digest_tells(
    cast: Cast, tell: Tell, want: Want
) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one")
    _make_due(agent)
    deliver_due()
    [letter] = mail.outbox
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        told = Delivery.objects.get(notification__recipient=agent).notification_id
    assert f"/notifications/{told}/" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body


def test_a_worker_that_dies_between_claim_and_sending_loses_and_doubles_nothing(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    agent = cast.acme.agent
    time_machine.move_to(datetime.fromisoformat("2027-01-15T07:00:00+00:00"))
    _tell_daily(tell, want, agent, "one", "two")
    time_machine.move_to(datetime.fromisoformat("2027-01-15T08:00:01+00:00"))
    _make_due(agent)
    assert outbox.claim(10, LEASE, lane=outbox.DIGESTS) == {agent.tenant_id: [_digests(agent)[0].pk]}
    deliver_due()
    assert mail.outbox == []
    tell(agent, key="three")
    deliver_due()
    assert len(_digests(agent)) == 2  # what comes now is for tomorrow's
    _make_due_only_the_first(agent)
    deliver_due()
    [letter] = mail.outbox
    assert letter.body.count("* Yes: ") == 2
    assert _states(agent) == [("one", "sent", ""), ("three", "gathered", ""), ("two", "sent", "")]


def _make_due_only_the_first(person: Membership) -> None:
    first = _digests(person)[0]
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        Digest.objects.filter(pk=first.pk).update(due_at=LONG_AGO)


def test_a_second_try_after_the_server_took_it_carries_the_same_message_id(
    cast: Cast, tell: Tell, want: Want
) -> None:
    class Killed(BaseException):
        pass

    class KilledAfterwards:
        def __init__(self) -> None:
            self.sent: list[str] = []

        def send(self, letter: Mail) -> None:
            self.sent.append(letter.message_id)
            raise Killed

    agent, transport = cast.acme.agent, KilledAfterwards()
    _tell_daily(tell, want, agent, "one")
    for _ in range(2):
        _make_due(agent)
        with pytest.raises(Killed):
            deliver_batch(transport)
    assert len(transport.sent) == 2
    assert len(set(transport.sent)) == 1


def test_a_digest_that_is_being_sent_takes_nothing_in(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    """Both at the stroke of the hour: whoever gathers comes too late, and tries the next."""
    agent = cast.acme.agent
    now = datetime.fromisoformat("2027-01-15T07:59:59+00:00")
    time_machine.move_to(now, tick=False)
    _tell_daily(tell, want, agent, "one")
    _make_due(agent)
    outbox.claim(10, LEASE, lane=outbox.DIGESTS)
    tell(agent, key="two")
    deliver_due()
    assert _states(agent) == [("one", "gathered", ""), ("two", "queued", "")]
    assert len(_digests(agent)) == 1
    time_machine.move_to(now + timedelta(minutes=1))
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        Delivery.objects.filter(notification__key="two").update(due_at=LONG_AGO)
    deliver_due()
    assert [digest.planned_at.day for digest in _digests(agent)] == [15, 16]
    assert _states(agent) == [("one", "gathered", ""), ("two", "gathered", "")]


def test_who_comes_back_after_the_lease_was_given_away_changes_nothing(
    cast: Cast, tell: Tell, want: Want
) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one")
    for _ in range(2):
        _make_due(agent)
        outbox.claim(10, LEASE, lane=outbox.DIGESTS)
    [digest] = _digests(agent)
    outbox.mark([Outcome(agent.tenant_id, digest.pk, 1, DeliveryState.FAILED, "refused")], of=Digest)
    assert _digests(agent)[0].state == "sending"
    assert _states(agent) == [("one", "gathered", "")]


def test_sight_is_checked_when_the_digest_leaves(cast: Cast, tell: Tell, want: Want, right: Right) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one", "two")
    kinds.register(
        replace(
            kinds.kind_of("tests.greeted"),
            still_right_many=lambda told: {one.pk for one in told if one.key == "two"},
        )
    )
    _make_due(agent)
    deliver_due()
    [letter] = mail.outbox
    assert (letter.subject, "Yes: one" in letter.body) == ("Your digest: 1 notification", False)
    assert _states(agent) == [("one", "dropped", "out_of_sight"), ("two", "sent", "")]


def test_a_digest_of_which_nothing_is_left_is_no_mail(
    cast: Cast, tell: Tell, want: Want, right: Right
) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one")
    right.answer = False
    _make_due(agent)
    deliver_due()
    assert (mail.outbox, _states(agent)) == ([], [("one", "dropped", "out_of_sight")])
    assert _digests(agent)[0].state == "dropped"


def test_a_person_who_was_removed_gets_no_digest(cast: Cast, tell: Tell, want: Want) -> None:
    person = cast.acme.big.contact
    _tell_daily(tell, want, person, "one")
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        Membership.objects.filter(pk=person.pk).update(removed_at=timezone.now())
    _make_due(person)
    deliver_due()
    assert (mail.outbox, _states(person)) == ([], [("one", "dropped", "removed")])


@pytest.mark.parametrize(
    ("choice", "mails", "state"), [("off", 0, ("dropped", "turned_off")), ("now", 1, ("sent", ""))]
)
def test_who_changes_their_mind_is_told_as_they_want_now(
    cast: Cast, tell: Tell, want: Want, choice: str, mails: int, state: tuple[str, str]
) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, "one")
    want(agent, choice)
    deliver_due()
    assert (len(mail.outbox), _states(agent), _digests(agent)) == (mails, [("one", *state)], [])


def test_another_hour_takes_what_waits_along(cast: Cast, tell: Tell, want: Want, time_machine: Any) -> None:
    agent = cast.acme.agent
    time_machine.move_to(datetime.fromisoformat("2027-01-15T12:00:00+00:00"))
    _tell_daily(tell, want, agent, "one")
    want(agent, digest_at=time(17))
    time_machine.move_to(datetime.fromisoformat("2027-01-15T12:00:01+00:00"))
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        Delivery.objects.update(due_at=LONG_AGO)
    deliver_due()
    assert [digest.planned_at.hour for digest in _digests(agent)] == [17]
    assert _states(agent) == [("one", "gathered", "")]


def test_a_kind_at_fault_is_left_out_and_looked_at_again(
    cast: Cast, tell: Tell, want: Want, right: Right, caplog: pytest.LogCaptureFixture
) -> None:
    agent = cast.acme.agent
    kinds.register(replace(kinds.kind_of("tests.greeted"), code="tests.faulty", title=lambda data: 1 / 0))
    want(agent, "daily")
    tell(agent, key="faulty", kind="tests.faulty")
    _tell_daily(tell, want, agent, "good")
    _make_due(agent)
    deliver_due()
    [letter] = mail.outbox
    assert letter.subject == "Your digest: 1 notification"
    assert _states(agent) == [("faulty", "queued", "unwritten"), ("good", "sent", "")]


def test_a_refused_digest_fails_with_all_it_tells(
    cast: Cast, tell: Tell, want: Want, mail_server: MailServer
) -> None:
    agent = cast.acme.agent
    mail_server.answers[agent.user.email] = "550 no such mailbox"
    _tell_daily(tell, want, agent, "one", "two")
    _make_due(agent)
    deliver_due()
    assert _states(agent) == [("one", "failed", "refused"), ("two", "failed", "refused")]


def test_a_long_digest_names_thirty_of_a_topic_and_counts_the_others(
    cast: Cast, tell: Tell, want: Want
) -> None:
    agent = cast.acme.agent
    _tell_daily(tell, want, agent, *[f"n{number:02d}" for number in range(33)])
    _make_due(agent)
    deliver_due()
    [letter] = mail.outbox
    assert letter.body.count("* Yes: ") == 30
    assert "3 more are in the portal." in letter.body
    assert {state for _key, state, _error in _states(agent)} == {"sent"}


def test_gathering_and_writing_cost_the_same_for_one_and_three(
    cast: Cast, tell: Tell, want: Want, time_machine: Any
) -> None:
    people = [cast.acme.agent, cast.acme.lead, cast.acme.csm]
    for person in people:
        want(person, "daily")
    costs = []
    for number in (1, 3):
        time_machine.move_to(datetime(2027, 1, number, 12, tzinfo=UTC))
        tell(*people[:number], key=f"to {number}")
        with SmtpTransport() as transport, CaptureQueriesContext(connection) as gathered:
            deliver_batch(transport)
        for person in people[:number]:
            _make_due(person)
        with SmtpTransport() as transport, CaptureQueriesContext(connection) as written:
            deliver_batch(transport)
        costs.append((len(gathered), len(written)))
    assert len(mail.outbox) == 4
    assert costs[0] == costs[1]


def test_the_rows_of_a_digest_stay_behind_their_wall(cast: Cast, tell: Tell, want: Want) -> None:
    _tell_daily(tell, want, cast.acme.agent, "one")
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert list(Digest.objects.all()) == []
    assert isinstance(_digests(cast.acme.agent)[0].pk, uuid.UUID)
