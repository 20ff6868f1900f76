"""What is sold is read once per process, and an edit is seen at once by every process."""

from contextlib import suppress
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction

from plans import memory
from plans.actions import add_product, edit_product
from plans.models import Product
from plans.queries import product_names, products_of
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant
from tests.statements import statements_of


def names(house):
    return [product.name for product in products_of(house.tenant)]


def test_reading_again_takes_no_statement(acme, django_assert_num_queries):
    names(acme)
    with django_assert_num_queries(0):
        assert names(acme) == ["Ledger", "Store"]


def test_the_editing_transaction_sees_its_edit(acme):
    names(acme)
    edit_product(product=acme.ledger, name="General Ledger", actor=acme.admin)
    assert names(acme) == ["General Ledger", "Store"]


def test_every_process_asks_for_another_version_after_an_edit(acme):
    before = Tenant.objects.get(pk=acme.tenant.pk).offer_version
    add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
    assert Tenant.objects.get(pk=acme.tenant.pk).offer_version != before


def test_what_was_read_under_another_version_is_read_again(acme):
    names(acme)
    Product.objects.filter(pk=acme.ledger.pk).update(name="General Ledger")
    assert names(acme) == ["Ledger", "Store"]
    Tenant.objects.filter(pk=acme.tenant.pk).update(offer_version=uuid4())  # another process' edit
    with acting(tenant_id=acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert names(acme) == ["General Ledger", "Store"]


def test_an_edit_that_is_taken_back_is_forgotten_at_once(acme):
    names(acme)
    with suppress(InterruptedError), transaction.atomic():
        edit_product(product=acme.ledger, name="Never", actor=acme.admin)
        assert names(acme)[0] == "Never"
        raise InterruptedError
    assert names(acme) == ["Ledger", "Store"]


def test_an_edit_in_an_inner_block_is_seen_after_it(acme):
    with transaction.atomic():
        edit_product(product=acme.ledger, name="General Ledger", actor=acme.admin)
    assert names(acme) == ["General Ledger", "Store"]


def test_the_version_is_asked_for_once_in_a_transaction(acme, django_assert_num_queries):
    names(acme)
    with acting(tenant_id=acme.tenant.pk, account_id=EVERY_ACCOUNT), django_assert_num_queries(1):
        names(acme)
        names(acme)


def test_the_version_comes_with_the_person(acme, client_of):
    client = client_of(acme.agent)
    client.get("/plans/")
    assert [sql for sql in statements_of(client, "/plans/") if "identity_tenant" in sql] == []


def test_a_cache_that_lost_everything_is_no_harm(acme):
    names(acme)
    cache.clear()
    assert names(acme) == ["Ledger", "Store"]


def test_memory_does_not_grow_without_end(acme, monkeypatch):
    monkeypatch.setattr(memory, "_known", {(n,): (None, None) for n in range(memory._LIMIT)})
    names(acme)
    assert len(memory._known) == 1


def test_it_stands_behind_the_tenants_wall(cast, acting_in, acme):
    names(acme)
    with acting_in(cast.rival.tenant), pytest.raises(LookupError):
        product_names(acme.tenant.pk)
