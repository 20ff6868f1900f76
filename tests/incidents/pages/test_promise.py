"""The promise before logging: for whom, in whose zone, with which hours, and without JavaScript."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from entitlements.models import AllowanceUse, Contract, Installation
from incidents.models import Attachment, Incident
from plans.models import Feature

pytestmark = pytest.mark.django_db
NEW, PROMISE = "/incidents/new/", "/incidents/new/promise/"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def friday(house, acting_in, time_machine):
    """Half past five on Friday, 7 March 2036, in Berlin; coverage ends at six."""
    with acting_in(house.tenant):
        Contract.objects.update(starts_on=date(2036, 1, 1), ends_on=date(2036, 12, 31))
    time_machine.move_to(datetime(2036, 3, 7, 17, 30, tzinfo=BERLIN), tick=False)


@pytest.fixture
def event(house, acting_in):
    """The big customer has booked Saturday as a special event."""
    with acting_in(house.tenant):
        AllowanceUse.objects.create(
            tenant=house.tenant,
            account=house.big.account,
            contract=house.big.contract,
            feature=Feature.objects.get(tenant=house.tenant, code="special_event_support"),
            used_on=date(2036, 3, 8),
            noted_by=house.csm,
        )


def _in(person, zone):
    person.user.time_zone = zone
    person.user.save()
    return person


def _asked(client, house, **more):
    given = {"product": house.ledger.pk, "severity": 2, **more}
    return client.get(PROMISE, given, headers={"HX-Request": "true"}).content.decode()


def test_the_due_time_is_in_the_contacts_own_zone(client_of, house):
    contact = _in(house.big.contact, "Asia/Seoul")
    answer = _asked(client_of(contact), house)
    assert '<p class="promise-due" title="Mon, 10 Mar 2036 16:30 KST">Mon 16:30</p>' in answer
    assert "in your time zone" in answer


def test_staff_see_the_zone_of_the_contact_they_log_for(client_of, house):
    contact = _in(house.big.contact, "Asia/Seoul")
    client = client_of(house.agent)
    for chosen, due, zone in (
        ({"reported_by": contact.pk}, "Mon 16:30", "Asia/Seoul"),
        ({}, "Mon 08:30", "Europe/Berlin"),
    ):
        answer = _asked(client, house, account="BIG", **chosen)
        assert f">{due}</p>" in answer
        assert f"in the contact’s time zone, {zone}" in answer


def test_coverage_and_the_answer_after_the_first_are_named(client_of, house):
    answer = _asked(client_of(house.big.contact), house)
    assert "within 1 h 00 min of coverage: Business hours (Mon–Fri 08:00–18:00, Europe/Berlin)." in answer
    assert "Whatever you write after that is answered within" in answer


@pytest.mark.parametrize(
    ("hour", "says"),
    [(17, "Phone support is open now, until"), (19, "Phone support is closed now and opens again Mon 08:00")],
)
def test_the_phone_line_says_whether_it_is_open_and_until_or_from_when(
    client_of, house, time_machine, hour, says
):
    time_machine.move_to(datetime(2036, 3, 7, hour, 30, tzinfo=BERLIN), tick=False)
    contact = _in(house.small.contact, "Europe/Berlin")
    assert says in _asked(client_of(contact), house)


@pytest.mark.parametrize(("kind", "due"), [("standard", "Sat 00:30"), ("modified", "Mon 08:30")])
def test_only_standard_installations_have_special_event_hours(client_of, house, event, acting_in, kind, due):
    with acting_in(house.tenant):
        Installation.objects.filter(pk=house.big.installation.pk).update(kind=kind)
    contact = _in(house.big.contact, "Europe/Berlin")
    assert f">{due}</p>" in _asked(client_of(contact), house, installation=house.big.installation.pk)


def test_a_foreign_installation_changes_nothing(client_of, house, event, acting_in):
    theirs = house.small.installation
    with acting_in(house.tenant):
        Installation.objects.filter(pk=theirs.pk).update(kind="modified")
    contact = _in(house.big.contact, "Europe/Berlin")
    assert ">Sat 00:30</p>" in _asked(client_of(contact), house, installation=theirs.pk)


def test_without_javascript_a_button_shows_it_and_keeps_what_was_typed(client_of, house, acting_in):
    client = client_of(_in(house.big.contact, "Europe/Berlin"))
    assert 'name="foretell" value="1"' in client.get(NEW).content.decode()
    given = {"product": house.ledger.pk, "severity": "2", "title": "It stops", "kind": "defect", "key": "k"}
    response = client.post(NEW, {**given, "foretell": "1"})
    html = response.content.decode()
    assert response.status_code == 200
    assert ">Mon 08:30</p>" in html
    assert 'value="It stops"' in html
    assert "field-error" not in html
    with acting_in(house.tenant):
        assert (Incident.objects.count(), Attachment.objects.count()) == (0, 0)


def test_the_page_without_javascript_asks_for_the_installation_too(client_of, house):
    html = client_of(house.big.contact).get(PROMISE, {"product": house.ledger.pk}).content.decode()
    assert 'name="installation"' in html
    assert 'name="severity"' in html
