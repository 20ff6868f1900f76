"""What an account runs."""

import pytest

from entitlements.actions import (
    add_installation,
    change_installation,
    restore_installation,
    retire_installation,
)
from entitlements.enums import Environment, InstallationKind
from entitlements.models import Installation
from plans.actions import add_version
from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


def add(house, **changes):
    return add_installation(
        **{
            "account": house.big.account,
            "product": house.ledger,
            "version": None,
            "name": "Test",
            "environment": Environment.TEST,
            "kind": InstallationKind.STANDARD,
            "actor": house.admin,
            **changes,
        }
    )


def test_it_is_added_with_its_history(acme):
    installation = add(acme)
    assert (installation.product, installation.environment) == (acme.ledger, Environment.TEST)
    assert [(e.verb, e.data["name"], e.data["kind"]) for e in history_of(installation)] == [
        ("added", "Test", "standard")
    ]


def test_its_name_is_its_own_within_the_account(acme):
    add(acme)
    with pytest.raises(Refused, match="of that name already") as caught:
        add(acme, product=acme.store)
    assert caught.value.field == "name"
    assert add(acme, account=acme.small.account).name == "Test"


def test_its_version_belongs_to_its_product(acme):
    other = add_version(product=acme.store, name="9.0", actor=acme.admin)
    with pytest.raises(Refused, match="belongs to another product"):
        add(acme, version=other)
    installation = add(acme)
    with pytest.raises(Refused, match="belongs to another product"):
        change(acme, installation, version=other)


def change(house, installation, **changes):
    change_installation(
        **{
            "installation": installation,
            "version": None,
            "name": installation.name,
            "environment": Environment.PRODUCTION,
            "kind": InstallationKind.MODIFIED,
            "actor": house.admin,
            **changes,
        }
    )


def test_it_can_be_changed_and_keeps_its_name_meanwhile(acme):
    installation = add(acme)
    change(acme, installation)
    installation.refresh_from_db()
    assert (installation.kind, installation.environment) == (
        InstallationKind.MODIFIED,
        Environment.PRODUCTION,
    )
    with pytest.raises(Refused, match="of that name already"):
        change(acme, installation, name="Main")
    assert [entry.verb for entry in history_of(installation)] == ["added", "changed"]


def test_it_can_be_retired_and_restored(acme):
    installation = add(acme)
    retire_installation(installation=installation, actor=acme.admin)
    assert Installation.objects.get(pk=installation.pk).retired_at is not None
    restore_installation(installation=installation, actor=acme.admin)
    assert Installation.objects.get(pk=installation.pk).retired_at is None
    assert [entry.verb for entry in history_of(installation)] == ["added", "retired", "restored"]


def test_only_administrators_keep_them(acme):
    before = Installation.objects.count()
    with pytest.raises(NotAllowed):
        add(acme, actor=acme.csm)
    assert Installation.objects.count() == before
