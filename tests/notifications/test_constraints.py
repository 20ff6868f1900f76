"""What the database itself refuses of notifications and webhooks, tried for each named constraint."""

import pytest

from notifications.models import Delivery, Notification
from notifications.webhooks.models import Call, Webhook
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("notifications", "webhooks"),
    {
        "told_once": {"data": {"another": True}},
        "delivered_once": {"state": "sent"},
        "webhook_address_once": {"name": "Another"},
        "webhook_asks_for_something": {"events": []},
        "only_webhooks_of_accounts_are_held": {"state": "held", "account": None},
        "called_once": {"data": {"another": True}},
        "webhooks_call_webhook_in_account": {"key": "2"},
    },
    rows={Call: {"account__isnull": False}},
)


@pytest.fixture
def rows(cast, acting_in):
    """A row of each table, in either tenant."""
    for house in cast.houses:
        with acting_in(house.tenant):
            told = Notification.objects.create(
                tenant=house.tenant,
                recipient=house.agent,
                user=house.agent.user,
                kind="none",
                key="1",
                url="/",
            )
            Delivery.objects.create(tenant=house.tenant, notification=told)
            for account in (None, house.small.account, house.big.account):
                owner = {"tenant": house.tenant, "account": account}
                webhook = Webhook.objects.create(
                    **owner, name="Pager", url="https://pager.example/", events=["none"], secret="x"
                )
                Call.objects.create(**owner, webhook=webhook, event="none", key="1")
    with acting_in(cast.acme.tenant):
        yield


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
