"""Noting a call on the page of an incident: in the person's zone, for staff, and shown as one."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from incidents.models import Clock, Incident, Message
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(incident, acting_in):
    """The incident as if it had been logged three hours ago."""
    with acting_in(incident.tenant):
        before = timezone.now() - timedelta(hours=3)
        Incident.objects.filter(pk=incident.pk).update(created_at=before)
        Clock.objects.filter(incident=incident).update(started_at=before)
    return incident


@pytest.fixture
def said(acting_in):
    def messages(incident):
        with acting_in(incident.tenant):
            return list(Message.objects.filter(incident=incident))

    return messages


def _local(at, zone="UTC"):
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def test_the_form_opens_with_now_in_the_persons_zone(client_of, house, logged):
    house.agent.user.time_zone = "Asia/Seoul"
    house.agent.user.save()
    html = client_of(house.agent).get(page_of(logged) + "call/").content.decode()
    given = re.search(r'name="called_at" value="([^"]+)"', html)[1]
    now = timezone.now()
    assert given in {_local(now, "Asia/Seoul"), _local(now - timedelta(minutes=1), "Asia/Seoul")}
    assert 'type="datetime-local"' in html


def test_a_call_is_noted_at_the_time_that_the_form_says(client_of, house, logged, said):
    house.agent.user.time_zone = "Asia/Seoul"
    house.agent.user.save()
    called = timezone.now() - timedelta(hours=2)
    response = client_of(house.agent).post(
        page_of(logged) + "call/",
        {"body": "He tries 1.1.", "called_at": _local(called, "Asia/Seoul"), "key": "a"},
    )
    assert response.headers["Location"] == page_of(logged)
    [message] = said(logged)
    assert (message.channel, message.by_staff, message.internal) == ("phone", True, False)
    assert timedelta() <= message.created_at - called.replace(second=0, microsecond=0) < timedelta(minutes=1)


def test_both_sides_see_it_as_a_call(client_of, house, logged):
    called = timezone.now() - timedelta(hours=2)
    client_of(house.agent).post(
        page_of(logged) + "call/", {"body": "He tries 1.1.", "called_at": _local(called), "key": "a"}
    )
    for person in (house.agent, house.big.contact):
        html = client_of(person).get(page_of(logged)).content.decode()
        assert re.search(r'<span class="badge"><svg[^>]*>.*?</svg>Call</span>', html)
        assert "He tries 1.1." in html
        assert "The Agent noted a call with the customer on" in html


@pytest.mark.parametrize(
    ("called", "sentence"),
    [
        (timedelta(hours=-4), "has to lie after the incident was logged"),
        (timedelta(hours=1), "lies in the future"),
    ],
)
def test_an_impossible_time_is_refused_at_its_field(client_of, house, logged, said, called, sentence):
    given = {"body": "He tries 1.1.", "called_at": _local(timezone.now() + called), "key": "a"}
    response = client_of(house.agent).post(page_of(logged) + "call/", given)
    html = response.content.decode()
    assert (response.status_code, said(logged)) == (422, [])
    assert sentence in html
    assert "He tries 1.1." in html


def test_sent_twice_it_is_one_call(client_of, house, logged, said):
    given = {"body": "He tries.", "called_at": _local(timezone.now() - timedelta(hours=1)), "key": "a"}
    for _ in range(2):
        client_of(house.agent).post(page_of(logged) + "call/", given)
    assert len(said(logged)) == 1


@pytest.mark.parametrize("who", ["own contact", "other account", "other tenant"])
def test_nobody_else_finds_the_form_or_notes_anything(client_of, house, cast, logged, said, who):
    person = {
        "own contact": house.big.contact,
        "other account": house.small.admin,
        "other tenant": cast.rival.agent,
    }[who]
    client = client_of(person)
    given = {"body": "Hm", "called_at": _local(timezone.now() - timedelta(hours=1)), "key": "a"}
    assert client.get(page_of(logged) + "call/").status_code == 404
    assert client.post(page_of(logged) + "call/", given).status_code == 404
    assert said(logged) == []
