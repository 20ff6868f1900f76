"""An invitation's link: mailed once, good once, for one address, one portal, one account, one role."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.core.errors import NotAllowed, Refused
from portal.identity.actions import invite, resend_invitation, revoke_invitation
from portal.identity.enums import Role
from portal.identity.invitations import link_of
from portal.identity.models import Invitation, Membership, User
from portal.identity.tasks import mail_invitations

pytestmark = pytest.mark.django_db

NEW = {"name": "Nora New", "password": "a sentence to sign in", "language": "fr", "time_zone": "Europe/Paris"}


@pytest.fixture
def invitation(cast, acting_as):
    with acting_as(cast.acme.big.admin) as actor:
        return invite(
            actor=actor, email="Nora@big.example", role=Role.CUSTOMER, language="fr", account=actor.account
        )


def path_of(invitation):
    return link_of(invitation).partition(".localhost:8000")[2]


def people_with(acting_in, cast, email):
    with acting_in(cast.acme.tenant):
        return list(Membership.objects.current().filter(user__email=email).select_related("user", "account"))


def stored(acting_in, cast, invitation):
    with acting_in(cast.acme.tenant):
        return Invitation.objects.get(pk=invitation.pk)


def test_the_mail_carries_the_link_in_the_invitations_language(cast, invitation):
    assert mail_invitations() == 1
    [message] = mail.outbox
    assert message.to == ["nora@big.example"]
    assert link_of(invitation) in message.body
    assert link_of(invitation).startswith("http://acme.localhost:8000/invitation/")


def test_a_new_sign_in_joins_and_is_signed_in(cast, client_of, acting_in, invitation):
    client = client_of(None)
    assert "Big Company" in client.get(path_of(invitation)).content.decode()
    before = client.session.session_key
    assert client.post(path_of(invitation), NEW)["Location"] == "/"
    [person] = people_with(acting_in, cast, "nora@big.example")
    assert (person.role, person.account, person.user.name) == (
        Role.CUSTOMER,
        cast.acme.big.account,
        "Nora New",
    )
    assert (person.user.language, person.user.time_zone) == ("fr", "Europe/Paris")
    assert client.get("/profile/").status_code == 200
    assert client.session.session_key != before


def test_the_form_cannot_choose_role_account_or_address(cast, client_of, acting_in, invitation):
    wanted = {**NEW, "role": "admin", "account": cast.acme.small.account.pk, "email": "boss@acme.example"}
    client_of(None).post(path_of(invitation), wanted)
    [person] = people_with(acting_in, cast, "nora@big.example")
    assert (person.role, person.account) == (Role.CUSTOMER, cast.acme.big.account)
    assert not User.objects.filter(email="boss@acme.example").exists()


def test_the_link_works_once(cast, client_of, invitation):
    client_of(None).post(path_of(invitation), NEW)
    second = client_of(None).post(path_of(invitation), {**NEW, "name": "Somebody Else"})
    assert second.status_code == 404
    assert User.objects.get(email="nora@big.example").name == "Nora New"


def test_only_its_hash_is_stored(cast, acting_in, invitation):
    secret = path_of(invitation).strip("/").rpartition("/")[2]
    row = stored(acting_in, cast, invitation)
    values = [str(value) for value in vars(row).values()]
    assert secret not in values
    assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()


def test_dead_links_all_look_the_same(cast, client_of, acting_as, invitation, time_machine):
    client = client_of(None)
    never = client.get(f"/invitation/{'0' * 64}/")
    with acting_as(cast.acme.big.admin) as actor:
        old = path_of(invitation)
        resend_invitation(invitation=invitation, actor=actor)
    replaced = client.get(old)
    with acting_as(cast.acme.big.admin) as actor:
        revoke_invitation(invitation=invitation, actor=actor)
        other = invite(
            actor=actor, email="o@big.example", role=Role.CUSTOMER, language="en", account=actor.account
        )
    taken_back = client.get(path_of(invitation))
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    too_old = client.get(path_of(other))
    bodies = {
        re.sub(r'(csrf\S+ content|name="next" value|value)="[^"]*"', "", r.content.decode())
        for r in (never, replaced, taken_back, too_old)
    }
    assert [r.status_code for r in (never, replaced, taken_back, too_old)] == [404] * 4
    assert len(bodies) == 1


def test_the_link_is_nothing_on_another_tenants_host(cast, client_of, acting_in, invitation):
    client = client_of(None, tenant=cast.rival.tenant)
    assert client.post(path_of(invitation), NEW).status_code == 404
    assert people_with(acting_in, cast, "nora@big.example") == []


def test_an_existing_sign_in_signs_in_first(cast, client_of, acting_as, acting_in):
    user = cast.rival.agent.user
    with acting_as(cast.acme.big.admin) as actor:
        offer = invite(
            actor=actor, email=user.email, role=Role.CUSTOMER, language="en", account=actor.account
        )
    nobody = client_of(None)
    page = nobody.get(path_of(offer)).content.decode()
    assert f"/account/login/?next={path_of(offer)}" in page
    assert nobody.post(path_of(offer), {**NEW, "password": "an attacker's choice"}).status_code == 200
    assert people_with(acting_in, cast, user.email) == []
    client = client_of(cast.rival.agent, tenant=cast.acme.tenant)
    assert client.post(path_of(offer))["Location"] == "/"
    assert [p.account for p in people_with(acting_in, cast, user.email)] == [cast.acme.big.account]


def test_somebody_else_cannot_take_it(cast, client_of, acting_in, invitation):
    response = client_of(cast.acme.big.contact).post(path_of(invitation))
    assert response.status_code == 403
    assert stored(acting_in, cast, invitation).accepted_at is None


def test_the_same_mail_domain_alone_lets_nobody_in(cast, client_of):
    stranger = User.objects.create_user(email="stranger@acme.example", name="Stranger", password="x")
    client = client_of(None)
    client.force_login(stranger)
    assert "stranger@acme.example" in client.get("/").content.decode()
    assert client.get("/tokens/").status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN])
def test_a_customer_admin_cannot_invite_staff(cast, client_of, acting_in, role):
    client = client_of(cast.acme.big.admin)
    response = client.post("/people/", {"email": "x@y.example", "role": role, "language": "en"})
    assert list(response.context["form"].errors) == ["role"]
    with acting_in(cast.acme.tenant):
        assert Invitation.objects.count() == 0


def test_a_customer_admin_cannot_invite_to_another_account(cast, acting_as):
    with acting_as(cast.acme.big.admin) as actor:
        for account in (cast.acme.small.account, None):
            role = Role.CUSTOMER if account else Role.AGENT
            with pytest.raises(NotAllowed):
                invite(actor=actor, email="x@y.example", role=role, language="en", account=account)


def test_a_contact_invites_nobody(cast, client_of):
    posted = client_of(cast.acme.big.contact).post("/people/", {"email": "x@y.example", "role": "customer"})
    assert posted.status_code == 404


def test_another_accounts_invitation_is_not_there(cast, client_of, acting_in, invitation):
    for person in (cast.acme.small.admin, cast.acme.agent, cast.rival.admin, cast.acme.big.contact):
        client = client_of(person)
        assert client.post(f"/invitations/{invitation.pk}/revoke/").status_code == 404
        assert client.post(f"/invitations/{invitation.pk}/resend/").status_code == 404
    row = stored(acting_in, cast, invitation)
    assert (row.revoked_at, row.token_hash) == (None, invitation.token_hash)


def test_an_address_is_invited_once_at_a_time(cast, acting_as, invitation):
    with acting_as(cast.acme.big.admin) as actor:
        again = {
            "actor": actor,
            "email": "nora@big.example",
            "role": Role.CUSTOMER,
            "language": "en",
            "account": actor.account,
        }
        with pytest.raises(Refused, match="open invitation"):
            invite(**again)
        Invitation.objects.update(expires_at=timezone.now())
        assert invite(**again).pk != invitation.pk


def test_who_is_here_is_not_invited(cast, acting_as):
    email = cast.acme.big.colleague.user.email.upper()
    with acting_as(cast.acme.big.admin) as actor, pytest.raises(Refused, match="here already"):
        invite(actor=actor, email=email, role=Role.CUSTOMER, language="en", account=actor.account)


def test_an_address_is_not_mailed_without_end(cast, acting_as, invitation):
    with acting_as(cast.acme.big.admin) as actor:
        for _time in range(4):
            resend_invitation(invitation=invitation, actor=actor)
        with pytest.raises(Refused, match="too often"):
            resend_invitation(invitation=invitation, actor=actor)
