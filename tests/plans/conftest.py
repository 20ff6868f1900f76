"""A draft of the house's next edition, for who acts in it."""

import pytest

from plans.actions import start_draft


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant):
        yield cast.acme


@pytest.fixture
def draft(acme):
    return start_draft(tenant=acme.tenant, actor=acme.admin)


@pytest.fixture
def by(acme, draft):
    return {"edition": draft, "actor": acme.admin}
