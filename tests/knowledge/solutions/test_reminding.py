"""On its day, whoever keeps a solution is told that it is to be looked at again: once, and never twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.solutions import actions, reminding
from knowledge.solutions.models import Solution
from knowledge.solutions.reminding import tell_due
from knowledge.solutions.telling import DUE
from notifications.kinds import kind_of
from notifications.letters import Writer
from notifications.models import Delivery, Notification
from portal.identity.models import Membership
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def due(published, acting_in, house):
    """``due(-1)``: a published solution whose day was yesterday."""

    def make(days=0, **given):
        solution = published(**given)
        with acting_in(house.tenant):
            Solution.objects.filter(pk=solution.pk).update(review_by=in_days(days))
        return solution

    return make


@pytest.fixture
def told(acting_in, house):
    def read():
        with acting_in(house.tenant):
            found = Notification.objects.filter(kind=DUE).select_related("recipient__user")
            return sorted((one.data["reference"], one.recipient.name) for one in found)

    return read


@pytest.fixture
def right(acting_in, house):
    """Those whose mail would leave now."""

    def read():
        with acting_in(house.tenant):
            found = list(Notification.objects.filter(kind=DUE).select_related("recipient__user"))
            pks = kind_of(DUE).still_right_many(found)
            return sorted(one.recipient.name for one in found if one.pk in pks)

    return read


@pytest.fixture
def leave(acting_in, house):
    def make(person):
        with acting_in(house.tenant):
            Membership.objects.filter(pk=person.pk).update(removed_at=timezone.now())

    return make


@pytest.mark.parametrize(("days", "count"), [(1, 0), (0, 1), (-1, 1), (-400, 1)])
def test_the_owner_is_told_from_the_day_on_and_once(due, told, days, count):
    due(days)
    assert tell_due() == count
    assert told() == [("S-1", "The Agent")] * count
    assert tell_due() == 0
    assert len(told()) == count


def test_a_new_day_is_told_again_and_the_old_one_leaves_by_no_mail(due, told, right, acting_in, house):
    solution = due(-1)
    tell_due()
    assert right() == ["The Agent"]
    with acting_in(house.tenant):
        actions.look_again(person=house.agent, solution=solution)
    assert right() == []
    assert tell_due() == 0
    with acting_in(house.tenant):
        Solution.objects.filter(pk=solution.pk).update(review_by=in_days(0))
    assert tell_due() == 1
    assert right() == ["The Agent"]
    assert told() == [("S-1", "The Agent")] * 2


def test_what_nobody_reads_is_not_told(draft, due, told, right, acting_in, house):
    drafted, retired = draft(), due()
    tell_due()
    with acting_in(house.tenant):
        Solution.objects.filter(pk=drafted.pk).update(review_by=in_days(-1))
        actions.retire(person=house.lead, solution=retired, reason="")
        Solution.objects.filter(pk=retired.pk).update(review_by=in_days(-2))
    assert tell_due() == 0
    assert right() == []
    assert told() == [("S-2", "The Agent")]


def test_without_an_owner_those_who_decide_are_told(due, told, right, leave, house):
    due()
    leave(house.agent)
    assert tell_due() == 2
    assert told() == [("S-1", "The Admin"), ("S-1", "The Lead")]
    assert right() == ["The Admin", "The Lead"]
    leave(house.lead)
    assert right() == ["The Admin"]


def test_an_owner_who_leaves_after_they_were_told_leaves_it_to_those_who_decide(
    due, told, right, leave, house
):
    due()
    tell_due()
    leave(house.agent)
    assert right() == []
    assert tell_due() == 2
    assert right() == ["The Admin", "The Lead"]


def test_the_next_owner_is_told_and_the_one_before_no_longer(due, told, right, acting_in, house):
    solution = due()
    tell_due()
    with acting_in(house.tenant):
        Solution.objects.filter(pk=solution.pk).update(owner=house.csm)
    assert right() == []
    assert tell_due() == 1
    assert right() == ["The Csm"]


def test_each_tenant_tells_its_own(cast, due, acting_in):
    due()
    theirs = making.draft(cast.rival.agent)
    making.publish(cast.rival.agent, cast.rival.other_agent, theirs)
    with acting_in(cast.rival.tenant):
        Solution.objects.update(review_by=in_days(-1))
    assert tell_due() == 2
    for house in cast.houses:
        with acting_in(house.tenant):
            assert [one.recipient_id for one in Notification.objects.filter(kind=DUE)] == [house.agent.pk]


def test_batches_go_on_where_the_one_before_ended(due, told, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    for _ in range(4):
        due()
    assert tell_due() == 4
    assert [reference for reference, _name in told()] == ["S-1", "S-2", "S-3", "S-4"]
    assert tell_due() == 0


def test_what_was_told_before_a_worker_died_is_told_once(due, told, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 1)
    due(), due()
    real = reminding.notify_many

    def dies(*, tenant, events):
        if any(event.data["reference"] == "S-2" for event in events):
            raise KeyboardInterrupt
        return real(tenant=tenant, events=events)

    monkeypatch.setattr(reminding, "notify_many", dies)
    with pytest.raises(KeyboardInterrupt):
        tell_due()
    assert told() == [("S-1", "The Agent")]
    monkeypatch.setattr(reminding, "notify_many", real)
    assert tell_due() == 1
    assert told() == [("S-1", "The Agent"), ("S-2", "The Agent")]


def test_it_costs_the_same_for_one_solution_and_three_and_for_more_people(due, leave, house, acting_in):
    leave(house.agent)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            due()
        if more == 2:
            with acting_in(house.tenant):
                Membership.objects.filter(pk=house.csm.pk).update(role="lead")
        with CaptureQueriesContext(connection) as statements:
            assert tell_due() == [2, 2 * 2 + 3][more - 1]
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_the_letter_names_the_day_and_what_to_do(due, acting_in, house, leave):
    solution = due()
    with acting_in(house.tenant):
        Solution.objects.filter(pk=solution.pk).update(review_by="2026-01-31")
    tell_due()
    leave(house.agent)
    tell_due()
    with acting_in(house.tenant):
        own, orphan = (
            Writer(house.tenant).write(Notification.objects.get(kind=DUE, recipient=person), house.agent.user)
            for person in (house.agent, house.lead)
        )
        assert Delivery.objects.filter(notification__kind=DUE).count() == 3
    assert own.subject == "S-1 is to be looked at again by 31 Jan 2026: Posting stops at step 4"
    assert "You keep S-1." in own.text
    assert "Whoever kept S-1 no longer works here." in orphan.text
