"""A portal always has an administrator, and nobody raises themself."""

import pytest

from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of
from portal.identity.actions import add_person, change_role, remove_person
from portal.identity.enums import Role
from portal.identity.models import Membership, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_admin(cast, acting_in):
    user = User.objects.create_user(email="second@acme.example", name="Second Admin")
    with acting_in(cast.acme.tenant):
        return add_person(tenant=cast.acme.tenant, user=user, role=Role.ADMIN, actor=cast.acme.admin)


def test_the_last_admin_cannot_be_removed(cast, acting_as, second_admin):
    with acting_as(cast.acme.admin):
        remove_person(person=cast.acme.admin, actor=second_admin)
        with pytest.raises(NotAllowed):
            remove_person(person=second_admin, actor=second_admin)
        assert list(
            Membership.objects.current().filter(role=Role.ADMIN).values_list("user__name", flat=True)
        ) == ["Second Admin"]


def test_the_last_admin_cannot_be_demoted_by_one_who_was_removed_meanwhile(cast, acting_as, second_admin):
    with acting_as(cast.acme.admin):
        remove_person(person=second_admin, actor=cast.acme.admin)
        with pytest.raises(Refused, match="needs an administrator"):
            change_role(person=cast.acme.admin, role=Role.AGENT, actor=second_admin)
        assert Membership.objects.get(pk=cast.acme.admin.pk).role == Role.ADMIN


def test_nobody_changes_their_own_role(cast, acting_as):
    person = cast.acme.big.admin
    with acting_as(person), pytest.raises(NotAllowed):
        change_role(person=person, role=Role.CUSTOMER, actor=person)


def test_both_persons_stand_in_the_history(cast, acting_as):
    with acting_as(cast.acme.big.admin) as actor:
        changed = change_role(person=cast.acme.big.contact, role=Role.CUSTOMER_ADMIN, actor=actor)
        written = history_of(changed).last()
        assert (written.verb, written.actor_id, written.data) == (
            "role_changed",
            actor.pk,
            {"name": "Big Contact", "was": "customer", "now": "customer_admin"},
        )
