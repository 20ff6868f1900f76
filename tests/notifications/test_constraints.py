"""What the database itself refuses of notifications and webhooks, tried for each named constraint."""

import pytest
from django.utils import timezone

from notifications.models import Delivery, Digest, MailHours, Notification, Preference
from notifications.webhooks.models import Call, Webhook
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

CONSTRAINTS = Constraints(
    models_of("notifications", "webhooks"),
    {
        "told_once": {"data": {"another": True}},
        "delivered_once": {"state": "sent"},
        "digested_once": {"state": "sent"},
        "one_choice_a_topic_and_channel": {"choice": "off"},
        "only_mail_has_a_digest": {"channel": "portal"},
        "mail_hours_once": {"digest_at": "09:00"},
        "quiet_hours_have_two_ends": [{"quiet_from": None}, {"quiet_until": None}],
        "quiet_hours_have_days": {"quiet_days": []},
        "quiet_hours_end": {"quiet_until": "20:00", "quiet_days": [0, 1, 2, 3, 4, 5, 6]},
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
            person = {"tenant": house.tenant, "person": house.agent}
            digest = Digest.objects.create(**person, planned_at=timezone.now())
            Delivery.objects.create(tenant=house.tenant, notification=told, digest=digest)
            person["user"] = house.agent.user
            Preference.objects.create(**person, topic="team", channel="mail", choice="daily")
            MailHours.objects.create(**person, quiet_from="20:00", quiet_until="07:00", quiet_days=[0])
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
