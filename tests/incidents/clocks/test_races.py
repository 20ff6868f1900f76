"""Real transactions: two at once never tear a clock, and a replay sees what was written past the actions."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from incidents.actions import NewIncident, change_severity, log_call, log_incident, reply
from incidents.clocks.replay import replay
from incidents.enums import Kind
from incidents.models import Clock, ClockSegment, Incident, Score
from plans.enums import Severity
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return find_cast() or make_cast()


@pytest.fixture
def incident(cast):
    contact = cast.acme.big.contact
    new = NewIncident(
        kind=Kind.DEFECT,
        severity=Severity.MAJOR,
        product=cast.acme.ledger,
        title="Posting run stops",
        description="At step 4.",
    )
    with acting(tenant_id=contact.tenant_id, account_id=contact.account_id, user_id=contact.user_id):
        return log_incident(person=contact, incident=new)


def _as(person, act):
    account = EVERY_ACCOUNT if person.is_staff_member else person.account_id
    with acting(tenant_id=person.tenant_id, account_id=account, user_id=person.user_id):
        return act()


def _whole(cast):
    """Each clock ended once, in the order of its segments, with one score, and is due as they say."""
    assert list(replay(cast.acme.tenant, ended=True)) == []
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        ends = Counter(ClockSegment.objects.filter(state="met").values_list("clock_id", flat=True))
        scores = Counter(Score.objects.values_list("clock_id", flat=True))
        met = Clock.objects.filter(state="met").values_list("pk", flat=True)
        assert ends == scores == Counter(met)
        for clock in Clock.objects.all():
            times = list(ClockSegment.objects.filter(clock=clock).order_by("id").values_list("at", flat=True))
            assert times == sorted(times)
        return Counter(Clock.objects.values_list("kind", "state"))


def test_two_answers_at_once_are_one_first_response(cast, incident):
    agents = [cast.acme.agent, cast.acme.other_agent]

    def answer(number):
        person = agents[number % 2]
        return _as(person, lambda: reply(person=person, incident=incident, body=f"Answer {number}").pk)

    results = at_once(6, answer)
    assert len(set(results)) == 6, results
    assert _whole(cast)[("first_response", "met")] == 1


def test_answers_questions_calls_and_severities_at_once_keep_every_clock_whole(cast, incident):
    agent, contact, lead = cast.acme.agent, cast.acme.big.contact, cast.acme.lead

    def act(number):
        match number % 4:
            case 0:
                return _as(agent, lambda: reply(person=agent, incident=incident, body="Hm", waiting=True).pk)
            case 1:
                return _as(contact, lambda: reply(person=contact, incident=incident, body="Well").pk)
            case 2:
                severity = 1 + number % 3
                given = {"incident": incident, "severity": severity, "reason": f"So it is {number}"}
                return _as(lead, lambda: change_severity(person=lead, **given).severity)
        called_at = incident.created_at + timedelta(milliseconds=1)
        return _as(
            agent, lambda: log_call(person=agent, incident=incident, body="We", called_at=called_at).pk
        )

    results = at_once(12, act)
    errors = [one for one in results if isinstance(one, Exception)]
    assert all("has this severity already" in str(one) for one in errors), errors
    standing = _whole(cast)
    assert standing[("first_response", "met")] == 1
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        now = Incident.objects.get(pk=incident.pk)
        assert now.due_at == (now.due_clock.due_at if now.due_clock else None)


def test_the_replay_prints_a_due_time_that_somebody_has_changed(cast, incident, as_owner):
    said = StringIO()
    call_command("replay_clocks", stdout=said)
    assert said.getvalue() == "Every clock is as its segments say.\n"
    clock, due = incident.due_clock_id, incident.due_at
    with as_owner() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, false)", [str(cast.acme.tenant.pk)])
        cursor.execute(
            "UPDATE incidents_clock SET due_at = due_at + interval '1 second' WHERE id = %s", [clock]
        )
        assert cursor.rowcount == 1
    said = StringIO()
    with pytest.raises(CommandError, match="1 clocks differ"):
        call_command("replay_clocks", stdout=said)
    kept = (due + timedelta(seconds=1)).isoformat()
    assert said.getvalue() == (f"acme: clock {clock} is kept as {kept}, its segments say {due.isoformat()}\n")
