"""What administrators set: the portal, its customers, its teams."""

import re

import pytest
from django.db import IntegrityError, transaction

from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of
from portal.identity.actions import add_account, add_team, edit_staff, edit_tenant, set_sales_contact
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Team, Tenant

pytestmark = pytest.mark.django_db

CUSTOMER = {"name": "New Ltd", "key": "new", "language": "en", "time_zone": "Europe/London", "country": "GB"}


def test_a_customer_is_added_with_its_key_in_capitals(cast, client_of, acting_in):
    response = client_of(cast.acme.admin).post("/customers/new/", {**CUSTOMER, "csm": cast.acme.csm.pk})
    assert response["Location"] == "/customers/NEW/"
    with acting_in(cast.acme.tenant):
        account = Account.objects.get(key="NEW")
        assert (account.name, account.csm, account.country) == ("New Ltd", cast.acme.csm, "GB")
        assert [entry.verb for entry in history_of(account)] == ["added"]


def test_a_key_is_taken_once_in_a_portal_and_free_in_another(cast, client_of):
    client = client_of(cast.acme.admin)
    assert client.post("/customers/new/", {**CUSTOMER, "key": "BIG"}).context["form"].errors.keys() == {"key"}
    assert client_of(cast.rival.admin).post("/customers/new/", CUSTOMER).status_code == 302


def test_the_key_of_a_customer_stays(cast, client_of, acting_in):
    client_of(cast.acme.admin).post("/customers/BIG/edit/", {**CUSTOMER, "key": "OTH", "name": "Bigger"})
    with acting_in(cast.acme.tenant):
        account = Account.objects.get(pk=cast.acme.big.account.pk)
    assert (account.key, account.name) == ("BIG", "Bigger")


def test_a_success_manager_is_one_of_the_own_portal(cast, acting_as):
    with acting_as(cast.acme.admin) as actor:
        for wrong in (cast.acme.agent, cast.rival.csm):
            with pytest.raises(Refused, match="success managers"):
                add_account(actor=actor, name="X", key="XX", language="en", time_zone="UTC", csm=wrong)


@pytest.mark.parametrize("who", ["agent", "lead", "csm"])
def test_only_administrators_run_the_portal(cast, acting_as, who):
    with acting_as(getattr(cast.acme, who)) as actor:
        for attempt in (
            lambda: add_account(actor=actor, name="X", key="XX", language="en", time_zone="UTC"),
            lambda: add_team(actor=actor, name="X"),
            lambda: edit_tenant(tenant=cast.acme.tenant, actor=actor, name="X"),
            lambda: edit_staff(
                person=cast.acme.other_agent, role=Role.ADMIN, team=None, languages=[], actor=actor
            ),
        ):
            with pytest.raises(NotAllowed):
                attempt()
        assert Tenant.objects.get(pk=cast.acme.tenant.pk).name == "Acme Systems"


def test_settings_change_what_they_say_and_nothing_else(cast, client_of, acting_in):
    wanted = {
        "name": "Acme",
        "accent": "teal",
        "language": "fr",
        "time_zone": "Europe/Paris",
        "grace_days": 30,
        "close_after_days": 5,
        "require_second_factor": "on",
        "label": "stolen",
    }
    assert client_of(cast.acme.admin).post("/settings/", wanted)["Location"] == "/settings/"
    tenant = Tenant.objects.get(pk=cast.acme.tenant.pk)
    assert (tenant.name, tenant.accent, tenant.grace_days, tenant.require_second_factor, tenant.label) == (
        "Acme",
        "teal",
        30,
        True,
        "acme",
    )
    with acting_in(cast.acme.tenant):
        changed = history_of(tenant).last()
    assert changed.data["was"]["name"] == "Acme Systems"
    assert changed.data["now"]["time_zone"] == "Europe/Paris"


def test_a_team_has_a_name_of_its_own(cast, client_of, acting_in):
    client = client_of(cast.acme.admin)
    assert client.post("/teams/", {"name": "First line"}).context["form"].errors.keys() == {"name"}
    client.post(f"/teams/{cast.acme.team.pk}/", {"name": "Front desk"})
    with acting_in(cast.acme.tenant):
        assert [team.name for team in Team.objects.all()] == ["Front desk"]
    assert client.get(f"/teams/{cast.rival.team.pk}/").status_code == 404


def test_staff_serve_a_team_and_languages(cast, client_of, acting_in):
    client = client_of(cast.acme.admin)
    wanted = {"role": "lead", "team": cast.acme.team.pk, "languages": ["sv", "fr"]}
    client.post(f"/people/{cast.acme.csm.pk}/", wanted)
    with acting_in(cast.acme.tenant):
        person = type(cast.acme.csm).objects.get(pk=cast.acme.csm.pk)
    assert (person.role, person.team_id, person.languages) == ("lead", cast.acme.team.pk, ["fr", "sv"])


def test_another_portals_team_cannot_be_chosen(cast, client_of):
    client = client_of(cast.acme.admin)
    response = client.post(f"/people/{cast.acme.agent.pk}/", {"role": "agent", "team": cast.rival.team.pk})
    assert response.context["form"].errors.keys() == {"team"}


def test_one_of_the_staff_is_the_sales_contact(client_of, cast, acting_in):
    client = client_of(cast.acme.admin)
    page = client.get("/settings/").content.decode()
    names = re.findall(
        r"<option[^>]*>([^<]+)", page[page.index('name="sales_contact"') :].partition("</select>")[0]
    )
    assert (names[0], len(names)) == ("The first administrator", 6)
    form = client.get("/settings/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    for person in (cast.acme.csm, cast.acme.agent, None):
        sent = client.post("/settings/", {**typed, "sales_contact": person.pk if person else ""})
        assert sent.headers["Location"] == "/settings/"
        with acting_in(cast.acme.tenant):
            chosen = Membership.objects.filter(tenant=cast.acme.tenant, sales_contact=True)
            assert list(chosen) == ([person] if person else [])


@pytest.mark.parametrize("who", ["contact", "stranger"])
def test_nobody_else_can_be_the_sales_contact(client_of, cast, who):
    person = cast.acme.big.contact if who == "contact" else cast.rival.agent
    client = client_of(cast.acme.admin)
    form = client.get("/settings/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = client.post("/settings/", {**typed, "sales_contact": person.pk})
    assert "is not one of the available choices" in answer.content.decode()


def test_the_action_refuses_contacts_and_other_roles(cast, acting_in):
    with acting_in(cast.acme.tenant):
        with pytest.raises(Refused, match="Choose somebody of your staff"):
            set_sales_contact(actor=cast.acme.admin, person=cast.acme.big.contact)
        with pytest.raises(NotAllowed):
            set_sales_contact(actor=cast.acme.lead, person=cast.acme.lead)


def test_the_database_holds_one_sales_contact_who_is_staff(cast, acting_in):
    rows = Membership.objects.filter(tenant=cast.acme.tenant)
    with acting_in(cast.acme.tenant):
        for people, constraint in (
            (rows.filter(account=None), "one_sales_contact_per_tenant"),
            (rows.filter(pk=cast.acme.big.contact.pk), "sales_contact_is_staff"),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                people.update(sales_contact=True)
