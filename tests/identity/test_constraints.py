"""What the database itself refuses of tenants, accounts and people, tried for each named constraint."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from portal.identity.actions.invitations import invite
from portal.identity.actions.tokens import make_token
from portal.identity.enums import Role
from portal.identity.models import Account, HandOff, Invitation, Membership, Submission, User
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db


def make_user(email: str) -> User:
    return User.objects.create_user(email=email, password="", name="Somebody")


CONSTRAINTS = Constraints(
    models_of("identity"),
    {
        "user_email_is_lower_case": {"email": "Big.Letters@acme.example"},
        "account_key_once_per_tenant": {"name": "Another"},
        "team_name_once_per_tenant": {},
        "membership_once_per_account": {"role": Role.AGENT},
        "contacts_have_an_account_staff_none": [
            {"role": Role.CUSTOMER},
            {"sales_contact": False, "account": lambda: Account.objects.latest("pk")},
        ],
        "one_sales_contact_per_tenant": {"user": lambda: make_user("beside@acme.example")},
        "sales_contact_is_staff": {
            "role": Role.CUSTOMER,
            "account": lambda: Account.objects.latest("pk"),
        },
        "identity_membership_account_in_tenant": {"role": Role.CUSTOMER, "sales_contact": False},
        "invitation_open_once_per_address": {"token_hash": "another"},
        "submission_once": {"fingerprint": "another"},
        "hand_off_in_time": {"used_at": F("expires_at")},
    },
    rows={Membership: {"account": None}, Invitation: {"account": None}},
)
"""Of staff, where a plain unique key would tell no two rows without an account apart."""


@pytest.fixture
def rows(cast, acting_in):
    """A row of each table."""
    house, contact = cast.acme, cast.acme.big.contact
    with acting_in(house.tenant):
        invite(actor=house.admin, email="new@acme.example", role=Role.AGENT, language="en")
        Membership.objects.filter(pk=Membership.objects.staff().latest("pk").pk).update(sales_contact=True)
        make_token(person=contact, name="Nightly", scope="read", expires_at=None)
        Submission.objects.create(tenant=house.tenant, user=contact.user, key="1", fingerprint="one")
        HandOff.objects.create(
            token_hash="one",
            user=contact.user,
            tenant=house.tenant,
            person_id=contact.pk,
            expires_at=timezone.now() + timedelta(seconds=30),
        )
        yield


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
