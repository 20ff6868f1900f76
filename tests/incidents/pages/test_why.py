"""“Why this time?” opened: segments, replaced rules, hours in the reader's zone; and nobody else's clock."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from entitlements.models import Contract
from incidents import actions
from incidents.models import Clock
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def _at(day, hour, minute=0):
    """In March 2036, whose 10th is a Monday; Easter is in April."""
    return datetime(2036, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def contracts(house, acting_in):
    with acting_in(house.tenant):
        Contract.objects.update(starts_on=date(2036, 1, 1), ends_on=date(2036, 12, 31))


@pytest.fixture
def logged(house, log, time_machine):
    time_machine.move_to(_at(10, 16), tick=False)
    return log(house.small.contact)


def _text(response):
    html = response.content.decode().split("<main", 1)[-1]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.parametrize("clock", ["0", "x", "9" * 30, "9" * 5000])
def test_a_clock_that_there_is_not_is_not_found(client_of, house, logged, clock):
    assert client_of(house.agent).get(f"{page_of(logged)}why/?clock={clock}").status_code == 404


def test_a_rule_that_replaced_another_says_which(client_of, house, logged, acting_as, time_machine):
    time_machine.move_to(_at(10, 17), tick=False)
    with acting_as(house.agent):
        actions.change_severity(person=house.agent, incident=logged, severity=3, reason="A way around.")
    for person in (house.agent, house.small.contact):
        text = _text(client_of(person).get(page_of(logged) + "why/"))
        assert (
            "The severity was changed · The Agent 8 h · Business hours instead of 4 h · Business hours"
            in text
        )


def test_a_target_that_was_over_when_it_was_set_says_so(client_of, house, logged, acting_as, time_machine):
    sentence = "it was due when the severity was changed"
    client = client_of(house.small.contact)
    assert sentence not in _text(client.get(page_of(logged) + "why/"))
    time_machine.move_to(_at(11, 9), tick=False)
    with acting_as(house.agent):
        actions.change_severity(person=house.agent, incident=logged, severity=1, reason="It is worse.")
    assert sentence in _text(client.get(page_of(logged) + "why/"))


def test_the_hours_are_in_each_readers_own_zone(client_of, house, logged):
    house.agent.user.time_zone = "Asia/Seoul"
    house.agent.user.save()
    house.small.contact.user.time_zone = "Europe/Berlin"
    house.small.contact.user.save()
    mine = _text(client_of(house.small.contact).get(page_of(logged) + "why/"))
    theirs = _text(client_of(house.agent).get(page_of(logged) + "why/"))
    assert "Mon, 10 Mar 2036 16:00–18:00 2 h 00 min Tue, 11 Mar 2036 08:00–10:00 2 h 00 min" in mine
    assert "Tue, 11 Mar 2036 00:00–02:00 2 h 00 min Tue, 11 Mar 2036 16:00–18:00 2 h 00 min" in theirs


def test_the_minutes_of_its_days_add_up_wherever_in_a_minute_it_begins(client_of, house, log, time_machine):
    time_machine.move_to(datetime(2036, 3, 10, 17, 30, 30, tzinfo=BERLIN), tick=False)
    page = client_of(house.small.contact).get(page_of(log(house.small.contact)) + "why/").content.decode()
    lengths = re.findall(r'<td class="num">(?:(\d+) h )?(\d+) min</td>', page)
    minutes = [int(hours or 0) * 60 + int(minutes) for hours, minutes in lengths]
    assert (len(minutes), sum(minutes)) == (2, 240)


def test_many_equal_days_stand_together_and_open(client_of, house, logged, acting_in):
    with acting_in(house.tenant):
        clock = Clock.objects.get(incident=logged)
        clock.segments.model.objects.create(
            **{
                name: getattr(clock, name)
                for name in ("tenant_id", "account_id", "state", "unit", "calendar_id", "time_zone")
            },
            clock=clock,
            minutes=11 * 600,
            reason="severity",
            at=clock.started_at,
        )
        Clock.objects.filter(pk=clock.pk).update(minutes=11 * 600, due_at=_at(25, 16))
    house.small.contact.user.time_zone = "Europe/Berlin"
    house.small.contact.user.save()
    html = client_of(house.small.contact).get(page_of(logged) + "why/").content.decode()
    rows = re.findall(r"<summary>([^<]+)</summary>", html)
    assert rows == ["10 days, Tue, 11 Mar 2036 to Mon, 24 Mar 2036"]
    assert html.count("<li>") >= 10
    assert '<td>08:00–18:00</td><td class="num">100 h 00 min</td>' in re.sub(r">\s+<", "><", html)


def test_a_holiday_in_between_is_named_by_its_date(client_of, house, log, time_machine):
    """Good Friday of 2036 is 11 April, Easter Monday the 14th."""
    time_machine.move_to(datetime(2036, 4, 10, 17, tzinfo=BERLIN), tick=False)
    text = _text(client_of(house.small.contact).get(page_of(log(house.small.contact)) + "why/"))
    assert "Closed for a public holiday: Fri, 11 Apr 2036; Mon, 14 Apr 2036" in text


def test_no_clock_but_the_incidents_own_exists(client_of, house, cast, log, logged):
    """S-02: another incident's clock, another account's, another tenant's, none at all: one answer."""
    others = [log(house.small.contact), log(house.big.contact)]
    client = client_of(house.small.contact)
    wanted = [_clock(one) for one in others] + [987654321, "abc", "-1", "9" * 40]
    answers = [client.get(page_of(logged) + f"why/?clock={pk}") for pk in wanted]
    assert {answer.status_code for answer in answers} == {404}
    assert client.get(page_of(logged) + f"why/?clock={_clock(logged)}").status_code == 200
    assert client.get(page_of(others[1]) + "why/").status_code == 404


def _clock(incident):
    return incident.due_clock_id
