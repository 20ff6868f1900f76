"""Alerts stay in their tenant, and a batch costs the same for one clock and for three."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from incidents.actions import NewIncident, log_incident
from incidents.alerts import sweep as sweeping
from incidents.alerts.audiences import People
from incidents.alerts.raising import raise_alerts
from incidents.alerts.sweep import alert_due
from incidents.alerts.telling import ALERT, hook_events
from incidents.clocks.keeping import marks_of
from incidents.clocks.ladder import ladder_of
from incidents.enums import Kind
from incidents.models import Alert, AlertStep, Clock, Duty
from notifications.models import Notification
from notifications.webhooks.models import Call, Webhook
from plans.enums import Severity
from portal.core import heartbeats
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


def test_a_foreign_tenant_with_an_id_alerts_nothing(cast, story, monkeypatch, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    pk = story.clock("first_response").pk
    monkeypatch.setattr(sweeping, "_due", lambda: {cast.rival.tenant.pk: [pk]})
    assert alert_due(lambda: at("Mon 2 Mar 14:00")) == 0
    assert alerts() == []


def test_every_tenant_is_alerted_in_its_own_scope(cast, acting_in):
    for house in cast.houses:
        with acting_in(house.tenant):
            log_incident(
                person=house.big.contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=Severity.MAJOR,
                    product=house.ledger,
                    title="Posting stops",
                    description="At step 4.",
                ),
            )
            Clock.objects.update(alert_at=at("Mon 2 Mar 10:00"))
            due = Clock.objects.get(kind="first_response").due_at
    assert alert_due(lambda: due) == 2
    for house in cast.houses:
        with acting_in(house.tenant):
            assert set(Alert.objects.values_list("tenant_id", flat=True)) == {house.tenant.pk}
            told = Notification.objects.filter(kind="incidents.breached")
            assert {one.recipient.tenant_id for one in told} == {house.tenant.pk}


def test_contacts_see_no_alerts_no_rotas_and_write_no_steps(cast, story, sweep, acting_as):
    story.log("Mon 2 Mar 10:00", 2)
    Duty.objects.create(
        tenant=cast.acme.tenant,
        kind="on_call",
        person=cast.acme.agent,
        starts_at=at("Mon 2 Mar 00:00"),
        ends_at=at("Tue 3 Mar 00:00"),
    )
    sweep("Mon 2 Mar 12:00")
    for stranger in (cast.acme.small.contact, cast.acme.big.contact, cast.rival.agent):
        with acting_as(stranger):
            assert (Alert.objects.count(), Duty.objects.count()) == (0, 0)
    with acting_as(cast.acme.small.contact), pytest.raises(ProgrammingError), transaction.atomic():
        AlertStep.objects.filter(percent=50).update(percent=1)


def _statements(story, when):
    with CaptureQueriesContext(connection) as captured:
        alert_due(lambda: at(when))
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("when", ["Mon 2 Mar 12:00", "Mon 2 Mar 14:00"])
def test_a_batch_costs_the_same_for_one_clock_and_for_three(story, when):
    story.log("Mon 2 Mar 10:00", 2)
    alert_due(lambda: at(when))  # the calendar and the ladder are known now
    costs = []
    for count in (1, 3):
        for _ in range(count):
            story.log("Mon 2 Mar 10:00", 2)
        costs.append(len(_statements(story, when)))
    assert costs[0] == costs[1] < 30


def test_an_idle_sweep_is_one_statement_on_an_index(story, django_assert_num_queries):
    heartbeats.note(sweeping.HEARTBEAT)
    with django_assert_num_queries(1):
        assert alert_due() == 0


def test_a_webhook_is_told_plain_values(cast, story):
    incident = story.log("Mon 2 Mar 10:00", 2)
    clock = story.clock("first_response")
    raised = raise_alerts(
        clock, incident, marks_of([clock])[clock.pk], ladder_of(cast.acme.tenant.pk), at("Mon 2 Mar 13:00")
    )
    [event] = hook_events([raised])
    assert (event.event, event.key) == (ALERT.code, f"{incident.pk}:clock:{clock.pk}:75")
    assert event.at == at("Mon 2 Mar 13:00")
    assert event.data == {
        "reference": incident.reference,
        "title": "Posting run stops",
        "severity": 2,
        "clock": clock.pk,
        "promise": "first_response",
        "round": 1,
        "percent": 75,
        "due_at": clock.due_at.isoformat(),
        "commitment_at": None,
        "late": False,
        "url": f"/incidents/{incident.reference}/",
    }


def test_people_cost_six_statements_at_most(cast, story, django_assert_max_num_queries):
    incidents = [story.log("Mon 2 Mar 10:00", 2) for _ in range(3)]
    people = People(cast.acme.tenant.pk, incidents, at("Mon 2 Mar 13:00"))
    with django_assert_max_num_queries(6):
        for incident in incidents:
            people.staff_for(incident, ["assignee", "lead", "on_call", "csm", "duty_manager"])
            people.contacts_of(incident)


def test_a_webhook_that_asks_for_alerts_is_called_once_for_each(cast, story, monkeypatch):
    monkeypatch.setattr("notifications.webhooks.actions.NEWS", timedelta(days=36500))
    for name, event in (("pager", ALERT.code), ("board", "tests.other")):
        Webhook.objects.create(
            tenant=cast.acme.tenant,
            name=name,
            url=f"https://{name}.example/",
            events=[event],
            secret="-",
        )
    incident = story.log("Mon 2 Mar 10:00", 2)
    for when in ("Mon 2 Mar 12:00", "Mon 2 Mar 14:00") * 2:
        alert_due(lambda when=when: at(when))
    calls = Call.objects.order_by("at")
    assert {call.webhook.name for call in calls} == {"pager"}
    assert [(call.data["reference"], call.data["percent"]) for call in calls] == [
        (incident.reference, 50),
        (incident.reference, 100),
    ]
