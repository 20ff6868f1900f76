"""Somebody who is removed is out at once, everywhere here, and nowhere else."""

import pytest
from django.test import RequestFactory

from portal.core.history import history_of
from portal.identity.actions import add_person, make_token, remove_person
from portal.identity.enums import Role, Scope
from portal.identity.models import Account, Membership
from portal.identity.tokens import identify

pytestmark = pytest.mark.django_db


def remove(client, person):
    return client.post(f"/people/{person.pk}/remove/")


def acts_as(tenant, secret):
    request = RequestFactory().get("/api/v1/", headers={"Authorization": f"Bearer {secret}"})
    request.tenant, request.person = tenant, None
    identify(request)
    return request.person


def test_a_live_session_ends(cast, client_of):
    live = client_of(cast.acme.big.contact)
    assert live.get("/tokens/").status_code == 200
    assert remove(client_of(cast.acme.big.admin), cast.acme.big.contact)["Location"] == "/people/"
    assert live.get("/tokens/").status_code == 404
    home = live.get("/").content.decode()
    assert "You have no access here" in home
    assert "Big Company" not in home


def test_their_tokens_end(cast, acting_as):
    with acting_as(cast.acme.big.contact) as person:
        token, secret = make_token(person=person, name="Script", scope=Scope.WRITE, expires_at=None)
        assert acts_as(cast.acme.tenant, secret) == person
    with acting_as(cast.acme.big.admin) as actor:
        remove_person(person=cast.acme.big.contact, actor=actor)
        token.refresh_from_db()
        assert token.revoked_at is not None
        assert acts_as(cast.acme.tenant, secret) is None


def test_their_other_portals_stay(cast, client_of, acting_in):
    user = cast.acme.big.contact.user
    with acting_in(cast.rival.tenant):
        add_person(tenant=cast.rival.tenant, user=user, role=Role.AGENT, actor=cast.rival.admin)
    remove(client_of(cast.acme.big.admin), cast.acme.big.contact)
    there = client_of(cast.acme.big.contact, tenant=cast.rival.tenant)
    assert there.get("/customers/").status_code == 200


def test_their_accounts_lose_the_success_manager(cast, acting_as):
    with acting_as(cast.acme.admin) as actor:
        Account.objects.filter(pk=cast.acme.big.account.pk).update(csm=cast.acme.csm)
        remove_person(person=cast.acme.csm, actor=actor)
        assert Account.objects.get(pk=cast.acme.big.account.pk).csm is None


def test_it_stands_in_the_history(cast, acting_as):
    with acting_as(cast.acme.big.admin) as actor:
        removed = remove_person(person=cast.acme.big.contact, actor=actor)
        written = history_of(removed).last()
    assert (written.verb, written.actor_id, written.data["name"]) == ("removed", actor.pk, "Big Contact")


def test_whoever_may_not_remove_finds_nobody(cast, client_of, acting_in):
    victim = cast.acme.big.contact
    for person in (
        cast.acme.big.colleague,
        cast.acme.small.admin,
        cast.acme.agent,
        cast.acme.csm,
        cast.rival.admin,
    ):
        assert remove(client_of(person), victim).status_code == 404
        assert client_of(person).get(f"/people/{victim.pk}/").status_code == 404
    with acting_in(cast.acme.tenant):
        assert Membership.objects.get(pk=victim.pk).removed_at is None


def test_a_customer_admin_reaches_no_member_of_the_staff(cast, client_of, acting_in):
    client = client_of(cast.acme.big.admin)
    assert client.post(f"/people/{cast.acme.agent.pk}/", {"role": "admin"}).status_code == 404
    assert remove(client, cast.acme.agent).status_code == 404
    with acting_in(cast.acme.tenant):
        agent = Membership.objects.get(pk=cast.acme.agent.pk)
    assert (agent.role, agent.removed_at) == (Role.AGENT, None)


def test_nobody_removes_themself(cast, client_of, acting_in):
    person = cast.acme.big.admin
    remove(client_of(person), person)
    with acting_in(cast.acme.tenant):
        assert Membership.objects.get(pk=person.pk).removed_at is None


def test_who_was_removed_can_come_back(cast, acting_as):
    with acting_as(cast.acme.big.admin) as actor:
        removed = remove_person(person=cast.acme.big.contact, actor=actor)
        back = add_person(
            tenant=cast.acme.tenant,
            user=removed.user,
            role=Role.CUSTOMER_ADMIN,
            account=actor.account,
            actor=actor,
        )
    assert (back.pk, back.removed_at, back.role) == (removed.pk, None, Role.CUSTOMER_ADMIN)
