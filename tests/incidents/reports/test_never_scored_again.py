"""What has been scored stays: whatever happens later changes no number of a period that is over."""

from datetime import UTC

import pytest
from django.utils import timezone

from incidents.clocks.keeping import score_of
from incidents.models import Score
from incidents.reports.groups import groups_of
from incidents.reports.names import Names
from incidents.reports.period import Period
from incidents.reports.queries import tally
from incidents.reports.questions import Grouping, Question
from plans.actions.editions import publish_draft, start_draft
from plans.models import Plan, Target
from portal.identity.models import Team
from tests.incidents.clocks.conftest import at, here, story  # noqa: F401

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = at("Mon 2 Mar 00:00"), at("Tue 3 Mar 00:00")


@pytest.fixture
def numbers(cast):
    """Every number of the report of the first two days of March, by every grouping."""

    def read():
        person = cast.acme.admin
        period = Period(MONDAY.date(), TUESDAY.date(), "Europe/Berlin")
        found = {}
        for by in Grouping:
            question = Question(period=period, by=by)
            counted = tally(person, question)
            groups = groups_of(Names(person), question, counted)
            found[by] = (counted.total, [(group.code, group.count) for group in groups.rows])
        return found

    return read


@pytest.fixture
def broken(story):  # noqa: F811
    """Severity 3, due on Tuesday at 14:00; the sweep has seen that nobody answered."""
    story.log("Mon 2 Mar 16:00", 3)
    clock = story.clock("first_response")
    clock.broken = True
    clock.save(update_fields=["broken"])
    score_of(story.now(), clock, kept=False, at=clock.due_at).save()
    return story


def later(story, name):  # noqa: F811
    """One thing that happens after the period."""
    if name == "a late answer":
        story.answer("Wed 4 Mar 09:00")
    elif name == "another severity":
        story.severity("Wed 4 Mar 09:00", 1)
    elif name == "a severity without a target":
        story.severity("Wed 4 Mar 09:00", 4)
    elif name == "a pause":
        story.answer("Wed 4 Mar 09:00", waiting=True)
    elif name == "solved and reopened":
        story.resolve("Wed 4 Mar 09:00")
        story.reopen("Wed 4 Mar 10:00")
    elif name == "a new edition":
        draft = start_draft(tenant=story.house.tenant, actor=story.house.admin)
        Target.objects.filter(edition=draft).update(minutes=6000)
        publish_draft(edition=draft, actor=story.house.admin, effective_at=timezone.now(), note="")
    elif name == "another team":
        other = Team.objects.create(tenant=story.house.tenant, name="Second line")
        type(story.incident).objects.update(team=other)
    elif name == "another plan":
        type(story.incident).objects.update(plan=Plan.objects.get(tenant=story.house.tenant, code="elite"))


@pytest.mark.parametrize(
    "name",
    [
        "a late answer",
        "another severity",
        "a severity without a target",
        "a pause",
        "solved and reopened",
        "a new edition",
        "another team",
        "another plan",
    ],
)
def test_a_broken_promise_stays_as_it_was_counted(broken, numbers, name):
    before = numbers()
    assert before[Grouping.SEVERITY] == (before[Grouping.PLAN][0], [("3", before[Grouping.PLAN][0])])
    assert (before[Grouping.SEVERITY][0].promises, before[Grouping.SEVERITY][0].kept) == (1, 0)
    later(broken, name)
    assert numbers() == before


@pytest.mark.parametrize("name", ["another severity", "a pause", "a new edition", "another plan"])
def test_a_kept_promise_stays_as_it_was_counted(story, numbers, name):  # noqa: F811
    story.log("Mon 2 Mar 16:00", 3)
    story.answer("Tue 3 Mar 09:00")
    before = numbers()
    assert [count.kept for _code, count in before[Grouping.SEVERITY][1]] == [1]
    later(story, name)
    assert numbers() == before


def test_a_promise_is_counted_on_the_day_on_which_it_was_decided(broken, numbers):
    assert [(code, count.broken) for code, count in numbers()[Grouping.DAY][1]] == [
        ("2026-03-03", 1),
        ("2026-03-02", 0),
    ]
    [score] = Score.objects.all()
    assert score.decided_at == at("Tue 3 Mar 14:00").astimezone(UTC)
