from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.actions import notify, notify_many
from notifications.events import NEWS, Event
from notifications.models import Delivery, Notification
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership, User
from tests.cast import Cast


def _stored(cast: Cast) -> tuple[list[Any], list[Any]]:
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        told = list(Notification.objects.values_list("recipient_id", "key").order_by("recipient_id"))
        ways = list(
            Delivery.objects.values_list("notification__recipient_id", "state").order_by(
                "notification__recipient_id"
            )
        )
    return told, ways


def test_each_person_gets_one_notification_and_one_delivery(cast: Cast, tell: Callable[..., int]) -> None:
    people = sorted([cast.acme.agent, cast.acme.big.contact], key=lambda person: person.pk)
    assert tell(*people) == 2
    assert _stored(cast) == (
        [(person.pk, "event") for person in people],
        [(person.pk, "queued") for person in people],
    )


def test_the_same_event_again_changes_nothing(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent)
    before = _stored(cast)
    assert tell(cast.acme.agent, cast.acme.agent) == 0
    assert _stored(cast) == before


def test_who_comes_to_an_event_later_is_told_alone(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent)
    assert tell(cast.acme.agent, cast.acme.lead) == 1


def test_another_event_is_told_again(cast: Cast, tell: Callable[..., int]) -> None:
    assert [tell(cast.acme.agent, key=key) for key in ("first", "second")] == [1, 1]


def test_who_acted_is_not_told_in_any_role(cast: Cast, tell: Callable[..., int]) -> None:
    agent = cast.acme.agent
    assert tell(agent, actor=agent) == 0
    assert _stored(cast) == ([], [])


def test_removed_people_are_not_told(cast: Cast, tell: Callable[..., int]) -> None:
    person = cast.acme.big.contact
    person.removed_at = person.joined_at
    assert tell(person) == 0


def test_without_mail_there_is_only_the_notification(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent, mail=False)
    assert _stored(cast) == ([(cast.acme.agent.pk, "event")], [])


def test_a_contact_can_tell_staff_whose_rows_stay_hidden(
    cast: Cast, tell: Callable[..., int], acting_as: Callable[[Membership], Any]
) -> None:
    contact, agent = cast.acme.big.contact, cast.acme.agent
    with acting_as(contact):
        for told in (1, 0):
            assert told == notify(
                tenant=cast.acme.tenant,
                kind="tests.greeted",
                key="from outside",
                recipients=[agent],
                url="/plan/",
                data={"words": "hello"},
                actor=contact,
            )
        assert list(Notification.objects.all()) == []
    assert _stored(cast)[0] == [(agent.pk, "from outside")]


def test_an_unknown_kind_is_refused_and_nothing_is_stored(cast: Cast, tell: Callable[..., int]) -> None:
    with pytest.raises(LookupError):
        tell(cast.acme.agent, kind="tests.unheard_of")
    assert _stored(cast) == ([], [])


@pytest.fixture
def crowd(cast: Cast) -> list[Membership]:
    users = User.objects.bulk_create(
        User(email=f"crowd{number}@acme.example", name=f"Crowd {number}") for number in range(300)
    )
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        return Membership.objects.bulk_create(
            Membership(tenant=cast.acme.tenant, user=user, account=cast.acme.big.account, role="customer")
            for user in users
        )


def test_telling_costs_one_round_trip_for_one_person_and_for_300(
    cast: Cast, crowd: list[Membership], tell: Callable[..., int]
) -> None:
    for people in (crowd[:1], crowd):
        with (
            acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT),
            CaptureQueriesContext(connection) as statements,
        ):
            notify(
                tenant=cast.acme.tenant,
                kind="tests.greeted",
                key=f"crowd of {len(people)}",
                recipients=people,
                url="/plan/",
                data={},
            )
        assert len(statements) == 1


def _event(*people: Membership, key: str, **how: Any) -> Event:
    return Event(
        **{"kind": "tests.greeted", "key": key, "recipients": people, "url": "/plan/", "data": {}, **how}
    )


def _tell_many(cast: Cast, *events: Event) -> int:
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        return notify_many(tenant=cast.acme.tenant, events=events)


def test_telling_costs_one_round_trip_for_one_event_and_for_three(
    cast: Cast, crowd: list[Membership]
) -> None:
    for keys in (["first"], ["second", "third", "fourth"]):
        events = [_event(*crowd[:20], key=key) for key in keys]
        with (
            acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT),
            CaptureQueriesContext(connection) as statements,
        ):
            assert notify_many(tenant=cast.acme.tenant, events=events) == 20 * len(keys)
        assert len(statements) == 1


def test_each_person_is_told_of_their_events_with_what_belongs_to_each(cast: Cast) -> None:
    agent, lead = cast.acme.agent, cast.acme.lead
    told = _tell_many(
        cast,
        _event(agent, lead, key="one", data={"words": "first"}, url="/one/"),
        _event(lead, key="two", data={"words": "second"}, url="/two/"),
    )
    assert told == 3
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        rows = set(Notification.objects.values_list("recipient_id", "key", "data__words", "url"))
    assert rows == {
        (agent.pk, "one", "first", "/one/"),
        (lead.pk, "one", "first", "/one/"),
        (lead.pk, "two", "second", "/two/"),
    }


def test_an_event_is_told_once_alone_or_among_others(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent, key="event")
    before = _stored(cast)
    same = _event(cast.acme.agent, key="event")
    assert _tell_many(cast, same, same) == 0
    assert _stored(cast) == before
    assert _tell_many(cast, same, _event(cast.acme.agent, key="another")) == 1


def test_of_many_events_only_news_is_mailed_and_history_is_read(cast: Cast) -> None:
    old = timezone.now() - NEWS
    _tell_many(cast, _event(cast.acme.agent, key="old", at=old), _event(cast.acme.agent, key="new"))
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert dict(Notification.objects.values_list("key", "read_at")) == {"old": old, "new": None}
        assert list(Delivery.objects.values_list("notification__key", flat=True)) == ["new"]


def test_one_unknown_kind_among_many_stores_nothing(cast: Cast) -> None:
    agent = cast.acme.agent
    with pytest.raises(LookupError):
        _tell_many(cast, _event(agent, key="good"), _event(agent, key="bad", kind="tests.unheard_of"))
    assert _stored(cast) == ([], [])


def test_nothing_to_tell_costs_nothing(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert notify_many(tenant=cast.acme.tenant, events=[_event(key="nobody")]) == 0
