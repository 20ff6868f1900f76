"""On call and duty manager: dated, one at a time, by leads and administrators."""

import pytest
from django.db import IntegrityError, transaction

from incidents.actions import add_duty, remove_duty
from incidents.duty import rota_of
from incidents.models import Duty
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from portal.identity.models import Team
from tests.incidents.clocks.conftest import at

pytestmark = pytest.mark.django_db

EARLY = at("Mon 2 Mar 06:00")
MONDAY, TUESDAY, WEDNESDAY = (at(f"{day} 00:00") for day in ("Mon 2 Mar", "Tue 3 Mar", "Wed 4 Mar"))


@pytest.fixture
def add(cast, here):
    """``add(kind, person, team)``: somebody on duty on Monday, unless told otherwise."""

    def make(kind="on_call", person=None, team=None, actor=None, starts=MONDAY, ends=TUESDAY, now=EARLY):
        house = cast.acme
        return add_duty(
            actor=actor or house.lead,
            kind=kind,
            person=person or house.agent,
            team=team,
            starts_at=starts,
            ends_at=ends,
            at=now,
        )

    return make


def test_the_rota_says_who_is_on_duty_at_a_time(cast, add):
    house = cast.acme
    add(team=house.team)
    add(person=house.other_agent)
    add("duty_manager", house.csm, starts=TUESDAY, ends=WEDNESDAY)
    monday, tuesday = (rota_of(house.tenant.pk, when) for when in (MONDAY, TUESDAY))
    assert monday == ({house.team.pk: house.agent.pk, None: house.other_agent.pk}, None)
    assert tuesday == ({}, house.csm.pk)


@pytest.mark.parametrize("team", [True, False])
def test_two_of_a_kind_and_team_never_overlap(cast, add, team):
    team = cast.acme.team if team else None
    add(team=team)
    with pytest.raises(Refused) as refused:
        add(person=cast.acme.other_agent, team=team, starts=EARLY, ends=WEDNESDAY)
    assert (refused.value.code, refused.value.field) == ("taken", "starts_at")
    assert str(refused.value).startswith("The Agent is on duty from ")
    assert Duty.objects.count() == 1


def test_the_database_itself_refuses_an_overlap_and_an_end_before_the_start(cast, add):
    duty = add()
    for starts, ends in ((EARLY, WEDNESDAY), (WEDNESDAY, TUESDAY)):
        duty.pk, duty.starts_at, duty.ends_at = None, starts, ends
        with pytest.raises(IntegrityError), transaction.atomic():
            duty.save(force_insert=True)


def test_one_duty_may_follow_another_at_once_and_teams_have_their_own(cast, add):
    add(team=cast.acme.team)
    add(team=cast.acme.team, starts=TUESDAY, ends=WEDNESDAY)
    add(team=Team.objects.create(tenant=cast.acme.tenant, name="Second line"))
    add("duty_manager")
    assert Duty.objects.count() == 4


@pytest.mark.parametrize("who", ["agent", "csm"])
def test_only_leads_and_administrators_set_the_rota(cast, add, who):
    duty = add(actor=cast.acme.admin)
    with pytest.raises(NotAllowed):
        add(actor=getattr(cast.acme, who), starts=TUESDAY, ends=WEDNESDAY)
    with pytest.raises(NotAllowed):
        remove_duty(actor=getattr(cast.acme, who), duty=duty, at=EARLY)
    assert Duty.objects.count() == 1


def test_what_cannot_be_is_refused_at_its_field(cast, add):
    house = cast.acme
    for field, fields in {
        "person": {"person": house.small.contact},
        "team": {"kind": "duty_manager", "team": house.team},
        "ends_at": {"ends": MONDAY},
    }.items():
        with pytest.raises(Refused) as refused:
            add(**fields)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        add(now=WEDNESDAY)
    assert refused.value.field == "ends_at"
    with pytest.raises(Refused) as refused:
        add(person=cast.rival.agent)
    assert (refused.value.field, Duty.objects.count()) == ("person", 0)


def test_a_coming_duty_goes_and_one_that_has_begun_ends_now(cast, add):
    begun, coming = add(), add(starts=TUESDAY, ends=WEDNESDAY)
    for duty in (begun, coming):
        remove_duty(actor=cast.acme.lead, duty=duty, at=EARLY)
    [left] = Duty.objects.all()
    assert (left.pk, left.ends_at) == (begun.pk, EARLY)
    with pytest.raises(Refused):
        remove_duty(actor=cast.acme.lead, duty=begun, at=EARLY)
    verbs = HistoryEntry.objects.filter(subject_type="duty").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["added", "added", "removed", "removed"]


def _form(house, **fields):
    return {
        "kind": "on_call",
        "team": house.team.pk,
        "person": house.agent.pk,
        "starts_at": "2126-03-02T08:00",
        "ends_at": "2126-03-09T08:00",
        **fields,
    }


def test_a_lead_puts_somebody_on_duty_on_the_page_and_takes_them_off(cast, client_of, acting_in):
    house = cast.acme
    client = client_of(house.lead)
    assert "Nobody is on duty" in client.get("/duty/").content.decode()
    assert client.post("/duty/", _form(house)).status_code == 302
    page = client.get("/duty/").content.decode()
    assert "On call · First line" in page
    with acting_in(house.tenant):
        duty = Duty.objects.get()
    assert client.post(f"/duty/{duty.pk}/remove/").status_code == 302
    with acting_in(house.tenant):
        assert Duty.objects.count() == 0


def test_a_refusal_keeps_what_was_typed(cast, client_of, acting_in):
    house = cast.acme
    client = client_of(house.lead)
    client.post("/duty/", _form(house))
    answer = client.post("/duty/", _form(house, person=house.other_agent.pk))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The Agent is on duty from " in page
    assert f'<option value="{house.other_agent.pk}" selected>' in page
    assert 'value="2126-03-02T08:00"' in page
    with acting_in(house.tenant):
        assert Duty.objects.count() == 1


def test_contacts_and_strangers_cannot_be_put_on_duty_by_a_forged_form(cast, client_of, acting_in):
    house = cast.acme
    for person in (house.small.contact, cast.rival.agent):
        answer = client_of(house.lead).post("/duty/", _form(house, person=person.pk))
        assert answer.status_code == 422
    with acting_in(house.tenant):
        assert Duty.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("lead", 200), ("admin", 200), ("agent", 404), ("csm", 404)])
def test_who_has_the_page(cast, client_of, who, status):
    assert client_of(getattr(cast.acme, who)).get("/duty/").status_code == status
