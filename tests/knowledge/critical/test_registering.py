"""Contacts say for themselves what they are told of; they are asked once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.models import Contract
from knowledge.critical import actions as critical
from knowledge.critical.actions import Chosen
from knowledge.critical.models import Answer, Registration
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
PAGE = "/critical/registrations/"


def own(person):
    found = Registration.objects.filter(person=person).order_by("product__position")
    return [(one.product.code, one.by_mail, one.in_portal, one.tell_unaffected) for one in found]


def test_a_contact_registers_for_a_product_and_its_channels(house, register, here):
    register(house.big.contact, house.ledger, in_portal=False, tell_unaffected=True)
    assert own(house.big.contact) == [("ledger", True, False, True)]
    [entry] = HistoryEntry.objects.filter(verb="registered")
    assert (entry.account_id, entry.data["now"]) == (
        house.big.account.pk,
        {"ledger": "by_mail, tell_unaffected"},
    )


def test_without_a_channel_the_registration_is_gone(house, register, here):
    register(house.big.contact, house.ledger)
    register(house.big.contact, house.ledger, by_mail=False, in_portal=False, tell_unaffected=True)
    assert own(house.big.contact) == []


def test_the_same_choice_again_changes_nothing(house, register, here):
    register(house.big.contact, house.ledger)
    register(house.big.contact, house.ledger)
    assert HistoryEntry.objects.filter(verb="registered").count() == 1


def test_a_product_that_no_contract_covers_is_refused(house, cast, acting_as):
    foreign = cast.rival.ledger.pk
    with acting_as(house.big.contact) as person, pytest.raises(Refused):
        critical.register(person=person, chosen={foreign: Chosen()})
    with acting_as(house.big.contact):
        assert not Registration.objects.exists()
        assert not Answer.objects.exists()


def test_staff_register_nobody(house, here):
    with pytest.raises(NotAllowed):
        critical.register(person=house.agent, chosen={house.ledger.pk: Chosen()})


def test_the_home_asks_until_it_is_answered(house, client_of, acting_as):
    client = client_of(house.big.contact)
    asks = "Be told of critical problems in Ledger, Store"
    assert asks in client.get("/").content.decode()
    assert client.post("/critical/registrations/not-now/").status_code == 302
    assert asks not in client.get("/").content.decode()
    with acting_as(house.big.contact) as person:
        assert own(person) == []
    assert asks in client_of(house.big.colleague).get("/").content.decode()


def test_one_click_registers_for_all_that_is_covered(house, client_of, acting_as):
    client = client_of(house.big.contact)
    assert client.post("/critical/registrations/all/").status_code == 302
    with acting_as(house.big.contact) as person:
        assert own(person) == [("ledger", True, True, False), ("store", True, True, False)]
    assert "Be told of critical problems" not in client.get("/").content.decode()


def test_one_click_keeps_what_was_chosen_before(house, register, client_of, acting_as):
    register(house.big.contact, house.ledger, by_mail=False)
    client_of(house.big.contact).post("/critical/registrations/all/")
    with acting_as(house.big.contact) as person:
        assert own(person) == [("ledger", False, True, False), ("store", True, True, False)]


def test_nobody_is_asked_without_a_contract_that_covers_something(house, client_of, acting_in):
    with acting_in(house.tenant):
        Contract.objects.filter(pk=house.big.contract.pk).update(
            cancelled_at=timezone.now() - timedelta(days=1)
        )
    client = client_of(house.big.contact)
    assert "Be told of critical problems" not in client.get("/").content.decode()
    assert "No product to register for" in client.get(PAGE).content.decode()


def test_the_page_saves_what_was_changed_on_it(house, register, client_of, acting_as):
    register(house.big.contact, house.store)
    client = client_of(house.big.contact)
    fields = {
        f"by_mail-{house.ledger.pk}": "on",
        f"initial-by_mail-{house.ledger.pk}": "False",
        f"initial-in_portal-{house.ledger.pk}": "False",
        f"initial-tell_unaffected-{house.ledger.pk}": "False",
        # As an older page shows the other product: not chosen yet.
        f"initial-by_mail-{house.store.pk}": "False",
        f"initial-in_portal-{house.store.pk}": "False",
        f"initial-tell_unaffected-{house.store.pk}": "False",
    }
    assert client.post(PAGE, fields).status_code == 302
    with acting_as(house.big.contact) as person:
        assert own(person) == [("ledger", True, False, False), ("store", True, True, False)]


def test_only_a_customer_administrator_sees_who_registered(house, register, client_of):
    register(house.big.contact, house.ledger)
    assert "Big Contact" in client_of(house.big.admin).get(PAGE).content.decode()
    assert "Who else of your company" not in client_of(house.big.colleague).get(PAGE).content.decode()
    assert "Big Contact" not in client_of(house.small.admin).get(PAGE).content.decode()


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}all/", f"{PAGE}not-now/"])
def test_staff_have_no_such_page(house, client_of, url):
    client = client_of(house.agent)
    assert {client.get(url).status_code, client.post(url).status_code} <= {404, 405}


def test_the_list_of_colleagues_costs_the_same_for_one_and_for_three(house, register, client_of):
    client = client_of(house.big.admin)
    register(house.big.contact, house.ledger)
    statements_of(client, PAGE)  # what is sold is remembered from here on
    few = statements_of(client, PAGE)
    register(house.big.colleague, house.ledger)
    register(house.big.colleague, house.store)
    assert len(statements_of(client, PAGE)) == len(few)
