"""What is sold is read once per process, and an edit is seen at once by every process."""

import pytest
from django.core.cache import cache
from django.db import transaction

from plans import memory
from plans.actions import add_product, edit_product
from plans.queries import product_names, products_of


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


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


def test_other_processes_see_it_when_it_is_committed(acme, django_capture_on_commit_callbacks):
    names(acme)
    with django_capture_on_commit_callbacks() as callbacks:
        add_product(tenant=acme.tenant, code="kiosk", name="Kiosk", actor=acme.admin)
    before = cache.get(f"plans:{acme.tenant.pk}")
    for callback in callbacks:
        callback()
    assert cache.get(f"plans:{acme.tenant.pk}") != before


def test_an_edit_that_is_rolled_back_is_forgotten(acme):
    try:
        with transaction.atomic():
            edit_product(product=acme.ledger, name="Never", actor=acme.admin)
            assert names(acme)[0] == "Never"
            raise InterruptedError
    except InterruptedError:
        cache.delete(f"plans:{acme.tenant.pk}")  # as happens by itself after half a minute
    assert names(acme) == ["Ledger", "Store"]


def test_a_cache_that_lost_everything_is_no_harm(acme):
    names(acme)
    cache.clear()
    assert names(acme) == ["Ledger", "Store"]


def test_memory_does_not_grow_without_end(acme, monkeypatch):
    monkeypatch.setattr(memory, "_known", {(n,): ("", None) for n in range(memory._LIMIT)})
    names(acme)
    assert len(memory._known) == 1


def test_it_stands_behind_the_tenants_wall(cast, acting_in, acme):
    names(acme)
    with acting_in(cast.rival.tenant), pytest.raises(LookupError):
        product_names(acme.tenant.pk)
