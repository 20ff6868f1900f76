"""Time left: the same words for agents and customers, in the queue, in lists, at home and on the page."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from entitlements.models import Contract
from incidents import actions
from plans.actions.editions import publish_draft, start_draft
from plans.models import Plan, Target
from tests.incidents.pages.conftest import page_of
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def now(time_machine):
    """``now(10, 16)``: in March 2036, whose 10th is a Monday, at 16:00 in Berlin."""
    return lambda day, hour, minute=0: time_machine.move_to(
        datetime(2036, 3, day, hour, minute, tzinfo=BERLIN), tick=False
    )


@pytest.fixture
def logged(house, log, acting_in, now):
    """By the small customer, on Friday at 16:00: four hours, of which two are on Monday."""
    for person in (house.agent, house.small.contact):
        person.user.time_zone = "Europe/Berlin"
        person.user.save()
    with acting_in(house.tenant):
        Contract.objects.update(starts_on=date(2036, 1, 1), ends_on=date(2036, 12, 31))
    now(7, 16)
    return log(house.small.contact)


def _clock_in(html):
    """The first clock of a page with what stands beside it, as one line of words."""
    found = re.search(
        r'<span class="clock" data-clock="([\w-]+)".*?(?=</td>|</li>|<a |<span class="state")', html, re.S
    )
    text = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))).strip()
    return found[1], text


def _everywhere(client_of, house, logged):
    agent, contact = client_of(house.agent), client_of(house.small.contact)
    queue = [agent.get("/queue/")]
    lists = [client.get("/incidents/") for client in (agent, contact)] + [contact.get("/")]
    return {_clock_in(response.content.decode()) for response in queue + lists}


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ((7, 17), ("ok", "3 h 00 min left Mon 10:00")),
        ((7, 20), ("ok", "2 h 00 min left Mon 10:00 counts again Mon 08:00")),
        ((10, 9), ("at-risk", "1 h 00 min left 10:00")),
        ((10, 10, 1), ("overdue", "1 min overdue 10:00")),
    ],
)
def test_agents_and_customers_see_the_same_everywhere(client_of, house, logged, now, when, shown):
    now(*when)
    assert _everywhere(client_of, house, logged) == {shown}


def test_the_page_says_when_time_counts_again(client_of, house, logged, now):
    now(7, 20)
    for person in (house.agent, house.small.contact):
        html = client_of(person).get(page_of(logged)).content.decode()
        assert html.count('<span class="clock-note" data-clock-note>counts again Mon 08:00</span>') == 2


def test_a_pause_says_why(client_of, house, logged, now, acting_as):
    with acting_as(house.admin):
        draft = start_draft(tenant=house.tenant, actor=house.admin)
        xtreme = Plan.objects.get(tenant=house.tenant, code="xtreme")
        Target.objects.create(
            tenant=house.tenant, edition=draft, kind="resolution", severity=2, plan=xtreme, minutes=1200
        )
        publish_draft(edition=draft, actor=house.admin, effective_at=datetime.now(BERLIN), note="")
    now(10, 9)
    with acting_as(house.small.contact):
        said = {
            "kind": "defect",
            "severity": 2,
            "product": house.ledger,
            "title": "Stops",
            "description": ".",
        }
        incident = actions.log_incident(person=house.small.contact, incident=actions.NewIncident(**said))
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=incident, body="Which version?", waiting=True)
    waits = "paused, 20 h 00 min left Wed 09:00 waiting for the customer"
    agent = client_of(house.agent)
    assert _clock_in(agent.get("/queue/?view=waiting").content.decode()) == ("paused", waits)
    for person in (house.agent, house.small.contact):
        client = client_of(person)
        assert _clock_in(client.get(f"/incidents/?q={incident.reference}").content.decode())[1] == waits
        assert "waiting for the customer" in client.get(page_of(incident)).content.decode()


def test_a_running_clock_says_what_it_counts_on_with(client_of, house, logged, now):
    """Seconds from now: the counted time, the due time, the target, and until coverage closes."""
    now(7, 17)
    html = client_of(house.small.contact).get("/incidents/").content.decode()
    assert (
        f'data-left="{3 * 3600}" data-due-in="{65 * 3600}" data-target="{4 * 3600}"'
        f' data-counts="1" data-turns-in="3600"'
    ) in html
    assert 'data-ok="%(span)s left"' in html


def test_the_words_to_count_on_with_are_in_the_readers_language(client_of, house, logged):
    house.small.contact.user.language = "fr"
    house.small.contact.user.save()
    html = client_of(house.small.contact).get("/incidents/").content.decode()
    assert "data-clock-words" in html
    assert 'data-ok="%(span)s left"' not in html


def test_the_list_costs_the_same_for_one_clock_and_for_three(client_of, house, logged, log):
    client = client_of(house.small.contact)
    client.get("/incidents/")
    one = len(statements_of(client, "/incidents/"))
    log(house.small.contact)
    log(house.small.contact)
    assert len(statements_of(client, "/incidents/")) == one
