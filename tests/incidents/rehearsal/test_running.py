"""A rehearsal in the background: it counts each promise once, whatever dies, and tells nobody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.actions import cancel_rehearsal, start_rehearsal
from incidents.enums import Fared, RehearsalState
from incidents.models import Rehearsal, RehearsedPromise, Score
from incidents.rehearsal import running
from incidents.rehearsal.counts import Counts
from incidents.tasks import rehearse
from plans.actions import remove_target
from plans.enums import Severity, TargetKind
from plans.models import Plan
from portal.core.errors import Conflict, NotAllowed
from tests.incidents.rehearsal.conftest import promise

pytestmark = pytest.mark.django_db
FIRST = TargetKind.FIRST_RESPONSE


@pytest.fixture
def rehearsed(house, draft, acting_in):
    def run(work=True):
        with acting_in(house.tenant):
            rehearsal = start_rehearsal(edition=draft, actor=house.admin)
        if work:
            rehearse()
        with acting_in(house.tenant):
            rehearsal.refresh_from_db()
            rows = list(RehearsedPromise.objects.filter(rehearsal=rehearsal).order_by("id"))
        return rehearsal, rows

    return run


def total(rehearsal):
    return Counts.from_json(rehearsal.counts).total()


def test_what_was_kept_is_broken_where_the_draft_gives_half_an_hour(house, score, rehearsed):
    kept = score(house.big.contact)
    broken = score(house.big.contact, hours=24 * 21)
    rehearsal, [row] = rehearsed()
    assert (rehearsal.state, rehearsal.total, rehearsal.done) == (RehearsalState.DONE, 2, 2)
    count = total(rehearsal)
    assert (count.promises, count.kept, count.kept_under_draft, count.worse) == (2, 1, 0, 1)
    assert (row.score_id, row.fared, row.due_at) == (kept.pk, Fared.WORSE, kept.due_at)
    assert row.draft_due_at == kept.decided_at - timedelta(minutes=15)
    assert broken.pk != row.score_id


def test_what_was_late_is_kept_where_the_draft_gives_a_month(house, score, rehearsed, draft, acting_in):
    with acting_in(house.tenant):
        promise(house, draft, minutes=60 * 24 * 30)
    late = score(house.big.contact, hours=24 * 21)
    rehearsal, [row] = rehearsed()
    count = total(rehearsal)
    assert (count.kept, count.kept_under_draft, count.better, count.later) == (0, 1, 1, 1)
    assert (row.score_id, row.fared) == (late.pk, Fared.BETTER)


def test_a_plan_that_promises_nothing_any_more_is_told(house, score, rehearsed, draft, acting_in):
    with acting_in(house.tenant):
        for plan in Plan.objects.filter(tenant=house.tenant):
            remove_target(edition=draft, actor=house.admin, kind=FIRST, severity=2, plan=plan)
    score(house.big.contact)
    rehearsal, [row] = rehearsed()
    assert (total(rehearsal).nothing, row.fared, row.draft_due_at) == (1, Fared.NOTHING, None)


def test_it_is_told_by_plan_and_severity(house, score, rehearsed):
    score(house.big.contact)
    score(house.small.contact)
    score(house.small.contact, severity=Severity.MINOR)
    rehearsal, _rows = rehearsed()
    plans = {house.big.contract.plan_id, house.small.contract.plan_id}
    assert {key: count.promises for key, count in Counts.from_json(rehearsal.counts).items()} == {
        (house.big.contract.plan_id, 2): 1,
        (house.small.contract.plan_id, 2): 1,
        (house.small.contract.plan_id, 3): 1,
    }
    assert len(plans) == 2


def test_what_is_older_than_ninety_days_or_of_another_tenant_is_left_out(house, cast, score, rehearsed):
    score(house.big.contact, days_ago=91)
    score(cast.rival.big.contact)
    rehearsal, rows = rehearsed()
    assert (rehearsal.state, rehearsal.total, total(rehearsal).promises, rows) == (
        RehearsalState.DONE,
        0,
        0,
        [],
    )


def test_each_batch_goes_on_where_the_last_ended(house, score, rehearsed, monkeypatch, acting_in):
    monkeypatch.setattr(running, "BATCH", 2)
    for _ in range(5):
        score(house.big.contact)
    rehearsal, rows = rehearsed()
    assert (rehearsal.done, total(rehearsal).worse, len({row.score_id for row in rows})) == (5, 5, 5)


def test_a_worker_that_dies_loses_nothing_and_nothing_is_counted_twice(
    house, score, rehearsed, monkeypatch, acting_in
):
    monkeypatch.setattr(running, "BATCH", 2)
    for days in range(31, 36):
        score(house.big.contact, days_ago=days)
    rehearsal, _rows = rehearsed(work=False)
    batches, end = [], running._count

    def dies(*args):
        end(*args)
        batches.append(1)
        if len(batches) == 2:
            raise InterruptedError

    monkeypatch.setattr(running, "_count", dies)
    with pytest.raises(InterruptedError):
        rehearse()
    with acting_in(house.tenant):
        rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.done) == (RehearsalState.RUNNING, 2)
    rehearse()
    with acting_in(house.tenant):
        rehearsal.refresh_from_db()
        rows = RehearsedPromise.objects.filter(rehearsal=rehearsal).count()
    assert (rehearsal.state, total(rehearsal).promises, rows) == (RehearsalState.DONE, 5, 5)


def test_a_slice_of_time_is_over_soon_and_the_rest_is_woken(house, score, rehearsed, monkeypatch):
    woken = []
    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr(running, "SLICE", -1.0)
    monkeypatch.setattr(running, "waker_of", lambda task: lambda: woken.append(task))
    score(house.big.contact)
    score(house.big.contact)
    rehearsal, _rows = rehearsed()
    assert (rehearsal.state, rehearsal.done) == (RehearsalState.RUNNING, 1)
    assert woken == ["incidents.tasks.rehearse"]


def test_an_edit_of_the_draft_overtakes_it(house, score, rehearsed, draft, acting_in):
    score(house.big.contact)
    rehearsal, _rows = rehearsed(work=False)
    with acting_in(house.tenant):
        promise(house, draft, minutes=20)
    rehearse()
    with acting_in(house.tenant):
        rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.done) == (RehearsalState.OVERTAKEN, 0)


def test_cancelled_is_cancelled(house, score, rehearsed, acting_in):
    score(house.big.contact)
    rehearsal, _rows = rehearsed(work=False)
    with acting_in(house.tenant):
        cancel_rehearsal(rehearsal=rehearsal, actor=house.admin)
        with pytest.raises(Conflict, match="has ended already"):
            cancel_rehearsal(rehearsal=rehearsal, actor=house.admin)
    rehearse()
    with acting_in(house.tenant):
        rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.done) == (RehearsalState.CANCELLED, 0)


def test_one_at_a_time_and_again_afterwards(house, score, rehearsed, draft, acting_in):
    rehearsed(work=False)
    with acting_in(house.tenant), pytest.raises(Conflict, match="being rehearsed already"):
        start_rehearsal(edition=draft, actor=house.admin)
    rehearse()
    second, _rows = rehearsed()
    assert second.state == RehearsalState.DONE


def test_only_administrators_start_and_stop_it(house, draft, acting_in):
    with acting_in(house.tenant):
        for who in (house.lead, house.agent, house.csm):
            with pytest.raises(NotAllowed):
                start_rehearsal(edition=draft, actor=who)
        rehearsal = start_rehearsal(edition=draft, actor=house.admin)
        with pytest.raises(NotAllowed):
            cancel_rehearsal(rehearsal=rehearsal, actor=house.lead)


def test_nothing_that_is_scored_changes(house, score, rehearsed, acting_in):
    kept = score(house.big.contact)
    with acting_in(house.tenant):
        before = Score.objects.filter(pk=kept.pk).values().get()
    rehearsed()
    with acting_in(house.tenant):
        assert Score.objects.filter(pk=kept.pk).values().get() == before


def test_contacts_and_other_tenants_see_none_of_it(house, cast, score, rehearsed, acting_as):
    score(house.big.contact)
    rehearsed()
    for person in (house.big.admin, house.big.contact, cast.rival.admin):
        with acting_as(person):
            assert not Rehearsal.objects.exists()
            assert not RehearsedPromise.objects.exists()


def test_a_batch_takes_the_same_statements_however_large(house, score, rehearsed):
    counts = []
    for more in (1, 3):
        for _ in range(more):
            score(house.big.contact)
        rehearsed(work=False)
        with CaptureQueriesContext(connection) as statements:
            rehearse()
        counts.append(len(statements))
    assert counts[0] == counts[1]
