"""Whom each step of the ladder tells, and what becomes of a promise that is broken."""

import pytest

from incidents import actions
from incidents.alerts.audiences import People
from incidents.models import Clock, Duty, Score
from portal.core.history import history_of
from portal.identity.models import Account, Team
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db


def _about(told, kind):
    return {name for one, name in told() if one == kind}


def test_half_of_the_time_tells_the_team_while_nobody_has_it(story, sweep, told, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    assert sweep("Mon 2 Mar 11:59") == 0
    assert sweep("Mon 2 Mar 12:00") == 1
    assert told() == {("due", "The Agent"), ("due", "Other Agent"), ("due", "The Lead")}
    assert alerts() == [(50, False, False)]


def test_half_of_the_time_tells_the_assignee(cast, story, sweep, told):
    incident = story.log("Mon 2 Mar 10:00", 2)
    actions.assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
    sweep("Mon 2 Mar 12:00")
    assert told() == {("due", "The Agent")}


def test_three_quarters_tell_the_team_lead_as_well(cast, story, sweep, told, alerts):
    incident = story.log("Mon 2 Mar 10:00", 2)
    actions.assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
    sweep("Mon 2 Mar 12:00")
    sweep("Mon 2 Mar 13:00")
    assert told() == {("due", "The Agent"), ("due", "The Lead")}
    assert alerts() == [(50, False, False), (75, False, False)]


@pytest.mark.parametrize(("severity", "percents"), [(1, [50, 75, 90]), (2, [50, 75])])
def test_nine_tenths_are_told_of_severity_1_only(story, sweep, alerts, severity, percents):
    story.log("Mon 2 Mar 10:00", severity)
    clock = story.clock("first_response")
    near = clock.due_at - (clock.due_at - clock.started_at) / 20
    sweep(f"{near.astimezone(at('Mon 2 Mar 10:00').tzinfo):%a %-d %b %H:%M}")
    assert [percent for percent, _folded, _late in alerts()] == percents


def test_whoever_is_on_call_is_told_of_severity_1(cast, story, sweep, told):
    house = cast.acme
    incident = story.log("Mon 2 Mar 10:00", 1)
    actions.assign(person=house.lead, incident=incident, assignee=house.agent)
    _on_duty(house, "on_call", house.other_agent, team=house.team)
    clock = story.clock("first_response")
    near = clock.due_at - (clock.due_at - clock.started_at) / 20
    sweep(f"{near.astimezone(at('Mon 2 Mar 10:00').tzinfo):%a %-d %b %H:%M}")
    assert _about(told, "due") == {"The Agent", "The Lead", "Other Agent"}


@pytest.mark.parametrize(
    ("teams", "reached"),
    [
        (["First line", None], "Other Agent"),
        ([None], "Other Agent"),
        (["Second line", None], "The Csm"),
        (["Second line"], "The Lead"),
    ],
)
def test_on_call_is_the_teams_own_or_else_everybodys_or_else_the_lead(cast, story, here, teams, reached):
    house = cast.acme
    people = [house.other_agent, house.csm]
    for name, person in zip(teams, people, strict=False):
        team = Team.objects.get_or_create(tenant=house.tenant, name=name)[0] if name else None
        _on_duty(house, "on_call", person, team=team)
    incident = story.log("Mon 2 Mar 10:00", 1)
    incident.team = house.team
    found = People(house.tenant.pk, [incident], at("Mon 2 Mar 10:00")).staff_for(incident, ["on_call"])
    assert [person.name for person in found] == [reached]


def test_a_breach_tells_the_lead_and_the_customer_but_no_csm_without_elite(cast, story, sweep, told):
    incident = story.log("Mon 2 Mar 10:00", 2)
    actions.assign(person=cast.acme.lead, incident=incident, assignee=cast.acme.agent)
    Account.objects.filter(pk=incident.account_id).update(csm=cast.acme.csm)
    for when in ("Mon 2 Mar 12:00", "Mon 2 Mar 13:00", "Mon 2 Mar 14:00"):
        sweep(when)
    assert _about(told, "breached") == {"The Lead"}
    assert _about(told, "missed") == {"Sma Contact"}


def test_on_elite_a_breach_tells_the_csm(cast, elite, sweep, told):
    incident = elite.log("Mon 2 Mar 10:00", 2)
    Account.objects.filter(pk=incident.account_id).update(csm=cast.acme.csm)
    due = elite.clock("first_response").due_at.astimezone(at("Mon 2 Mar 10:00").tzinfo)
    sweep(f"{due:%a %-d %b %H:%M}")
    assert "The Csm" in _about(told, "breached")


def test_a_breach_tells_contacts_who_follow_and_nobody_else_of_the_company(cast, story, sweep, told):
    incident = story.log("Mon 2 Mar 10:00", 2)
    company = cast.acme.small
    actions.add_follower(person=company.contact, incident=incident, follower=company.colleague)
    sweep("Mon 2 Mar 14:00")
    assert _about(told, "missed") == {"Sma Contact", "Sma Colleague"}


def test_a_breach_is_scored_and_written_into_the_history_with_a_new_commitment(story, sweep, alerts):
    incident = story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 14:00")
    clock = story.clock("first_response")
    assert (clock.broken, clock.state, clock.alerted) == (True, "running", 100)
    # Half of four hours after 14:00, in the hours of coverage.
    assert clock.commitment_at == at("Mon 2 Mar 16:00")
    assert clock.alert_at == at("Mon 2 Mar 16:00")
    [score] = Score.objects.filter(clock=clock)
    assert (score.kept, score.due_at, score.decided_at) == (False, clock.due_at, clock.due_at)
    line = history_of(incident).last()
    assert (line.verb, line.internal, line.actor_id) == ("breached", False, None)
    assert line.data == {
        "promise": "first_response",
        "due_at": clock.due_at.isoformat(),
        "commitment_at": clock.commitment_at.isoformat(),
    }


def test_the_default_commitment_is_counted_in_the_clocks_own_hours(story, sweep):
    story.log("Mon 2 Mar 13:00", 2)
    sweep("Mon 2 Mar 17:00")
    assert story.clock("first_response").commitment_at == at("Tue 3 Mar 09:00")


def test_half_again_overdue_tells_the_duty_manager_or_else_the_administrators(cast, story, sweep, told):
    story.log("Mon 2 Mar 10:00", 2)
    for when in ("Mon 2 Mar 14:00", "Mon 2 Mar 16:00"):
        sweep(when)
    assert _about(told, "late") == {"The Admin"}
    story.log("Mon 2 Mar 10:00", 2)
    _on_duty(cast.acme, "duty_manager", cast.acme.csm)
    for when in ("Mon 2 Mar 14:00", "Mon 2 Mar 16:00"):
        sweep(when)
    assert _about(told, "late") == {"The Admin", "The Csm"}


def test_each_step_of_a_clock_alerts_once_however_often_the_sweep_runs(story, sweep, told, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    for _ in range(3):
        for when in ("Mon 2 Mar 12:00", "Mon 2 Mar 13:00", "Mon 2 Mar 14:00", "Mon 2 Mar 16:00"):
            sweep(when)
    assert alerts() == [(50, False, False), (75, False, False), (100, False, False), (150, False, False)]
    assert story.clock("first_response").alert_at is None
    assert sweep("Mon 9 Mar 12:00") == 0


def test_each_round_alerts_for_itself(story, sweep, alerts):
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 12:00")
    story.answer("Mon 2 Mar 12:30")
    story.write("Mon 2 Mar 13:00")
    sweep("Mon 2 Mar 17:00")
    story.answer("Mon 2 Mar 17:30")
    story.write("Tue 3 Mar 09:00")
    sweep("Tue 3 Mar 13:00")
    assert alerts() == [(50, False, False)] * 3


@pytest.mark.parametrize("end", ["answer", "resolve", "solve"])
def test_what_is_met_in_time_alerts_no_more(story, sweep, told, end):
    story.log("Mon 2 Mar 10:00", 2)
    getattr(story, end)("Mon 2 Mar 11:00")
    Clock.objects.exclude(kind__in=["first_response"]).delete()
    assert sweep("Mon 9 Mar 10:00") == 0
    assert told() == set()


def test_a_severity_that_makes_it_due_now_gives_one_alert_and_one_breach(story, sweep, told, alerts):
    story.log("Mon 2 Mar 08:00", 3)
    story.severity("Mon 2 Mar 13:00", 2)
    clock = story.clock("first_response")
    assert clock.due_at == clock.alert_at == at("Mon 2 Mar 13:00")
    assert sweep("Mon 2 Mar 13:00") == 1
    assert alerts() == [(50, True, False), (75, True, False), (100, False, False)]
    assert _about(told, "breached") == {"The Agent", "Other Agent", "The Lead"}
    assert (_about(told, "due"), _about(told, "missed")) == (set(), {"Sma Contact"})
    assert sweep("Mon 2 Mar 13:00") == 0


def _on_duty(house, kind, person, team=None):
    Duty.objects.create(
        tenant=house.tenant,
        kind=kind,
        team=team,
        person=person,
        starts_at=at("Mon 2 Mar 00:00"),
        ends_at=at("Mon 9 Mar 00:00"),
    )
