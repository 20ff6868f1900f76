"""Administrators edit the ladder; clocks that run are planned anew, and nothing alerts again."""

import pytest
from django.db import IntegrityError, transaction

from incidents import tasks
from incidents.actions import add_step, change_step, remove_step
from incidents.alerts import replanning
from incidents.alerts.replanning import replan
from incidents.models import AlertStep, Replanning
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db

URL = "/settings/alerts/"


@pytest.fixture
def step(here):
    return lambda percent: AlertStep.objects.get(percent=percent)


@pytest.fixture
def add(cast, here):
    """``add(60, now="Mon 2 Mar 10:00")``"""

    def make(percent, now="Mon 2 Mar 10:00", severities=(1, 2, 3, 4), audiences=("lead",), actor=None):
        return add_step(
            actor=actor or cast.acme.admin,
            percent=percent,
            severities=severities,
            audiences=audiences,
            at=at(now),
        )

    return make


def test_a_new_step_is_planned_for_what_runs_already(story, sweep, add, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    add(25)
    assert replan() == 1
    assert story.clock("first_response").alert_at == at("Mon 2 Mar 11:00")
    sweep("Mon 2 Mar 11:00")
    assert alerts() == [(25, False, False)]


def test_what_has_passed_a_new_step_is_not_alerted_for_it(story, sweep, add, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:00")
    add(60, now="Mon 2 Mar 12:45")
    replan()
    assert story.clock("first_response").alert_at == at("Mon 2 Mar 13:00")
    sweep("Mon 2 Mar 13:00")
    assert [percent for percent, _folded, _late in alerts()] == [50, 75]


def test_what_was_missed_in_an_outage_is_alerted_though_the_ladder_was_edited(story, sweep, add, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    add(60, now="Mon 2 Mar 13:30")
    replan()
    sweep("Mon 2 Mar 13:31")
    assert alerts() == [(50, True, True), (75, False, True)]


def test_a_step_that_moved_down_does_not_alert_again(cast, story, sweep, step, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:00")
    change_step(
        actor=cast.acme.admin, step=step(50), percent=40, severities=[1, 2, 3, 4], audiences=["lead"],
        at=at("Mon 2 Mar 12:10"),
    )  # fmt: skip
    replan()
    sweep("Mon 2 Mar 12:30")
    assert [percent for percent, _folded, _late in alerts()] == [50]


def test_a_step_that_is_removed_alerts_no_more(cast, story, sweep, step, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    remove_step(actor=cast.acme.admin, step=step(50))
    replan()
    assert story.clock("first_response").alert_at == at("Mon 2 Mar 13:00")
    sweep("Mon 2 Mar 12:00")
    assert alerts() == []


def test_a_step_can_tell_other_people(cast, story, sweep, step, told):
    change_step(
        actor=cast.acme.admin, step=step(50), percent=50, severities=[1, 2, 3, 4], audiences=["duty_manager"]
    )
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:00")
    assert told() == {("due", "The Admin")}


def test_planning_goes_on_where_a_worker_died_and_twice_changes_nothing(story, add, monkeypatch):
    monkeypatch.setattr(replanning, "BATCH", 2)
    for _ in range(5):
        story.log("Mon 2 Mar 10:00", 2)
    add(25)
    [(tenant_id, pk)] = replanning._waiting()
    assert replanning._replan(tenant_id, pk) == 2
    assert Replanning.objects.get().after_clock_id > 0
    assert replan() == 3
    assert (Replanning.objects.count(), replan()) == (0, 0)
    assert story.clock("first_response").alert_at == at("Mon 2 Mar 11:00")


def test_an_edit_in_between_begins_anew(story, add, monkeypatch):
    monkeypatch.setattr(replanning, "BATCH", 1)
    for _ in range(2):
        story.log("Mon 2 Mar 10:00", 2)
    add(25)
    replanning._replan(*replanning._waiting()[0])
    add(20)
    assert Replanning.objects.get().after_clock_id == 0
    tasks.replan_alerts()
    assert story.clock("first_response").alert_at == at("Mon 2 Mar 10:48")


def test_the_breach_can_be_told_to_others_but_neither_moved_nor_removed(cast, step):
    admin = cast.acme.admin
    change_step(actor=admin, step=step(100), percent=100, severities=[1, 2, 3, 4], audiences=["lead"])
    assert (step(100).audiences, step(100).since) == (["lead"], None)
    for percent, severities in ((99, [1, 2, 3, 4]), (100, [1])):
        with pytest.raises(Refused):
            change_step(
                actor=admin, step=step(100), percent=percent, severities=severities, audiences=["lead"]
            )
    with pytest.raises(Refused) as refused:
        remove_step(actor=admin, step=step(100))
    assert refused.value.code == "breach"
    assert step(100).severities == [1, 2, 3, 4]


def test_what_makes_no_ladder_is_refused_at_its_field(add):
    for field, fields in {
        "percent": {"percent": 75},
        "severities": {"percent": 60, "severities": ()},
        "audiences": {"percent": 60, "audiences": ()},
    }.items():
        with pytest.raises(Refused) as refused:
            add(**fields)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        add(60, audiences=["customer"])
    assert refused.value.field == "audiences"
    assert AlertStep.objects.count() == 5


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": 0},
        {"percent": 1001},
        {"percent": 75},
        {"percent": 60, "audiences": ["customer"]},
    ],
)
def test_the_database_itself_refuses_what_makes_no_ladder(cast, here, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertStep.objects.create(tenant=cast.acme.tenant, **{"severities": [1], "audiences": [], **fields})


def test_the_database_itself_keeps_the_breach_for_every_severity(here):
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertStep.objects.filter(percent=100).update(severities=[1])


@pytest.mark.parametrize("who", ["lead", "agent", "csm"])
def test_only_administrators_edit_the_ladder(cast, add, step, who):
    with pytest.raises(NotAllowed):
        add(60, actor=getattr(cast.acme, who))
    with pytest.raises(NotAllowed):
        remove_step(actor=getattr(cast.acme, who), step=step(50))
    assert AlertStep.objects.count() == 5


def test_each_edit_has_its_history(cast, add, step):
    added = add(60)
    change_step(actor=cast.acme.admin, step=added, percent=65, severities=[1], audiences=["lead"])
    remove_step(actor=cast.acme.admin, step=step(65))
    lines = HistoryEntry.objects.filter(subject_type="alertstep").order_by("id")
    assert list(lines.values_list("verb", "internal")) == [
        ("added", True),
        ("edited", True),
        ("removed", True),
    ]


def test_an_administrator_adds_changes_and_removes_a_step_on_the_pages(cast, client_of, acting_in):
    client = client_of(cast.acme.admin)
    page = client.get(URL).content.decode()
    assert "Whoever has it, or else the team · The team lead" in page
    form = {"percent": "60", "severities": ["1", "2"], "audiences": ["lead", "on_call"]}
    assert client.post(URL, form).status_code == 302
    with acting_in(cast.acme.tenant):
        step = AlertStep.objects.get(percent=60)
    assert (step.severities, step.audiences) == ([1, 2], ["lead", "on_call"])
    assert client.post(f"{URL}{step.pk}/", {**form, "percent": "65"}).status_code == 302
    with acting_in(cast.acme.tenant):
        assert AlertStep.objects.get(pk=step.pk).percent == 65
    assert client.post(f"{URL}{step.pk}/remove/").status_code == 302
    with acting_in(cast.acme.tenant):
        assert not AlertStep.objects.filter(pk=step.pk).exists()


def test_the_page_of_the_breach_changes_only_who_is_told(cast, client_of, acting_in):
    client = client_of(cast.acme.admin)
    with acting_in(cast.acme.tenant):
        breach = AlertStep.objects.get(percent=100)
    form = {"percent": "10", "severities": ["1"], "audiences": ["lead", "customer"]}
    assert client.post(f"{URL}{breach.pk}/", form).status_code == 302
    client.post(f"{URL}{breach.pk}/remove/")
    with acting_in(cast.acme.tenant):
        kept = AlertStep.objects.get(pk=breach.pk)
    assert (kept.percent, kept.severities, kept.audiences) == (100, [1, 2, 3, 4], ["lead", "customer"])


def test_a_refused_step_keeps_what_was_typed(cast, client_of):
    form = {"percent": "75", "severities": ["1"], "audiences": ["csm"]}
    answer = client_of(cast.acme.admin).post(URL, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a step at 75 % already." in page
    assert 'name="percent" value="75"' in page


@pytest.mark.parametrize(("who", "status"), [("admin", 200), ("lead", 404), ("agent", 404)])
def test_who_has_the_page(cast, client_of, who, status):
    assert client_of(getattr(cast.acme, who)).get(URL).status_code == status
