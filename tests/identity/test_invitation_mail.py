"""The mail of an invitation leaves once, whatever fails on the way."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction

from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions import invite
from portal.identity.enums import Role
from portal.identity.models import MAIL_TRIES, Invitation
from portal.identity.tasks import mail_invitations

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitations(cast):
    made = []
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            made.append(invite(actor=house.admin, email="a@b.example", role=Role.AGENT, language="en"))
    return made


def rows(cast):
    found = []
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            found += Invitation.objects.all()
    return found


def fail_with(monkeypatch, error):
    def send(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


def test_the_sweep_finds_those_of_every_tenant_once(cast, invitations):
    assert [mail_invitations(), mail_invitations()] == [2, 0]
    assert len(mail.outbox) == 2
    assert all(row.mailed_at for row in rows(cast))


def test_the_broker_may_be_down_when_somebody_is_invited(
    cast, acting_as, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True), acting_as(cast.acme.admin) as actor:
        invite(actor=actor, email="a@b.example", role=Role.AGENT, language="en")
    assert mail_invitations() == 1


def test_it_is_tried_again_later_and_later(cast, invitations, monkeypatch, time_machine):
    with monkeypatch.context() as patch:
        fail_with(patch, smtplib.SMTPServerDisconnected())
        assert mail_invitations() == 0
    assert mail_invitations() == 0, "not before its time"
    assert [row.mail_tries for row in rows(cast)] == [1, 1]
    waits = [row.mail_due_at - row.created_at for row in rows(cast)]
    assert all(timedelta(seconds=59) < wait < timedelta(seconds=90) for wait in waits)


def test_an_address_that_takes_no_mail_is_given_up(cast, invitations, monkeypatch):
    fail_with(monkeypatch, smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such user")}))
    mail_invitations()
    assert [row.mail_tries for row in rows(cast)] == [MAIL_TRIES, MAIL_TRIES]
    assert all(row.mail_failed for row in rows(cast))


def test_a_full_mailbox_is_tried_again(cast, invitations, monkeypatch):
    fail_with(monkeypatch, smtplib.SMTPRecipientsRefused({"a@b.example": (452, b"mailbox full")}))
    mail_invitations()
    assert [row.mail_failed for row in rows(cast)] == [False, False]


def test_what_was_taken_back_is_not_mailed(cast, invitations):
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        Invitation.objects.update(revoked_at=invitations[0].created_at)
    assert mail_invitations() == 1
    assert "rival.localhost" in mail.outbox[0].body


def test_a_second_try_carries_the_same_message_id(cast, invitations):
    mail_invitations()
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            Invitation.objects.update(mailed_at=None, mail_due_at=invitations[0].created_at)
    mail_invitations()
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == 4
    assert len(set(ids)) == 2


def test_the_door_of_the_sweep_gives_ids_only_and_is_closed_to_others(cast, invitations, as_owner):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_invitations_to_mail()")
        assert [column.name for column in cursor.description] == ["tenant_id", "invitation_id"]
        cursor.execute(
            "SELECT array_agg(grantee::text) FROM information_schema.routine_privileges"
            " WHERE routine_name = 'identity_invitations_to_mail'"
        )
        assert set(cursor.fetchone()[0]) <= {"portal_app", "portal_owner"}
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION identity_invitations_to_mail()")
