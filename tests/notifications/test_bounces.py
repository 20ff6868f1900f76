"""Mail that does not arrive: refused at the door, or taken and sent back. What is forged changes nothing."""

import io
import mailbox
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from notifications.bounces import Bounce, read_bounce
from notifications.message_ids import id_in, message_id_of
from notifications.models import Delivery, Digest
from notifications.tasks import deliver_due
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.conftest import LONG_AGO, MailServer

Tell = Callable[..., int]
DeliveryOf = Callable[[Membership], Delivery]

REPORT = """\
From: MAILER-DAEMON@mx.example
To: noreply@support.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such mailbox

--b
Content-Type: {returned}

Message-ID: {message_id}
From: support@acme.example
Subject: Hello

--b--
"""


def _report(message_id: str, address: str, **how: str) -> bytes:
    how = {"action": "failed", "status": "5.1.1", "returned": "text/rfc822-headers", **how}
    return REPORT.format(message_id=message_id, address=address, **how).encode()


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """What the command says of a report, as a mail server hands it over."""

    def take(report: bytes) -> str:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(report)))
        said = io.StringIO()
        call_command("take_bounce", stdout=said)
        return said.getvalue().strip()

    return take


def _fresh(person: Membership) -> Membership:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return Membership.objects.select_related("user", "tenant").get(pk=person.pk)


def _state(person: Membership) -> tuple[int, bool]:
    now = _fresh(person)
    return now.refusals, now.is_out_of_reach


def _refuse(person: Membership, tell: Tell, server: MailServer, *keys: str) -> None:
    server.answers[person.user.email] = "550 no such mailbox"
    for key in keys:
        tell(person, key=key)
        deliver_due()


def _sent(person: Membership, tell: Tell, key: str = "event") -> Delivery:
    tell(person, key=key)
    deliver_due()
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return Delivery.objects.get(notification__recipient=person, notification__key=key)


def test_three_refusals_in_a_row_put_a_person_out_of_reach(
    cast: Cast, tell: Tell, mail_server: MailServer
) -> None:
    agent = cast.acme.agent
    _refuse(agent, tell, mail_server, "one", "two")
    assert _state(agent) == (2, False)
    _refuse(agent, tell, mail_server, "three")
    assert (_state(agent), _state(cast.acme.lead)) == ((3, True), (0, False))


def test_mail_that_is_taken_again_brings_them_back(cast: Cast, tell: Tell, mail_server: MailServer) -> None:
    agent = cast.acme.agent
    _refuse(agent, tell, mail_server, "one", "two", "three")
    del mail_server.answers[agent.user.email]
    tell(agent, key="four")
    deliver_due()
    assert _state(agent) == (0, False)


def test_another_address_brings_them_back_and_begins_anew(
    cast: Cast, tell: Tell, mail_server: MailServer
) -> None:
    agent = cast.acme.agent
    _refuse(agent, tell, mail_server, "one", "two", "three")
    agent.user.email = "moved@acme.example"
    agent.user.save(update_fields=["email"])
    assert _state(agent) == (3, False)
    _refuse(agent, tell, mail_server, "four")
    assert _state(agent) == (1, False)


def test_a_busy_mailbox_is_no_refusal(cast: Cast, tell: Tell, mail_server: MailServer) -> None:
    mail_server.answers[cast.acme.agent.user.email] = "451 try later"
    tell(cast.acme.agent)
    deliver_due()
    assert _state(cast.acme.agent) == (0, False)


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_fails_the_delivery_and_counts_once(
    cast: Cast, tell: Tell, take: Callable[[bytes], str], delivery_of: DeliveryOf, returned: str
) -> None:
    agent = cast.acme.agent
    sent = _sent(agent, tell)
    report = _report(message_id_of(sent.pk), agent.user.email.upper(), returned=returned)
    assert [take(report), take(report)] == ["Noted.", "This reports no mail of ours that failed."]
    bounced = delivery_of(agent)
    assert (bounced.state, bounced.error, _state(agent)) == ("failed", "bounced", (1, False))


def test_a_digest_that_came_back_fails_with_all_it_told(
    cast: Cast, tell: Tell, want: Callable[..., None], take: Callable[[bytes], str], delivery_of: DeliveryOf
) -> None:
    agent = cast.acme.agent
    want(agent, "daily")
    tell(agent)
    deliver_due()
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        Digest.objects.update(due_at=LONG_AGO)
        digest = Digest.objects.get()
    deliver_due()
    assert take(_report(message_id_of(digest.pk), agent.user.email)) == "Noted."
    assert (delivery_of(agent).state, delivery_of(agent).error) == ("failed", "bounced")


def test_after_mail_came_back_only_days_without_another_prove_that_it_arrives(
    cast: Cast, tell: Tell, take: Callable[[bytes], str], time_machine: Any
) -> None:
    """A relay takes every mail; some come back later."""
    agent = cast.acme.agent
    for key in ("one", "two", "three"):
        take(_report(message_id_of(_sent(agent, tell, key).pk), agent.user.email))
    assert _state(agent) == (3, True)
    _sent(agent, tell, "the next day")
    assert _state(agent) == (3, True)
    time_machine.move_to(timezone.now() + timedelta(days=2, minutes=1))
    _sent(agent, tell, "days later")
    assert _state(agent) == (0, False)


@pytest.mark.parametrize(
    "how", [{"action": "delayed", "status": "4.4.1"}, {"action": "delivered"}, {"status": "4.2.2"}]
)
def test_a_report_of_no_lasting_failure_changes_nothing(
    cast: Cast, tell: Tell, take: Callable[[bytes], str], delivery_of: DeliveryOf, how: dict[str, str]
) -> None:
    sent = _sent(cast.acme.agent, tell)
    take(_report(message_id_of(sent.pk), cast.acme.agent.user.email, **how))
    assert (delivery_of(cast.acme.agent).state, _state(cast.acme.agent)) == ("sent", (0, False))


def test_a_forged_report_changes_nothing(
    cast: Cast, tell: Tell, take: Callable[[bytes], str], delivery_of: DeliveryOf
) -> None:
    agent = cast.acme.agent
    sent = _sent(agent, tell)
    whole = message_id_of(sent.pk)
    forged = [
        whole.replace(".", ".0", 1),  # another seal
        f"<{sent.pk}@localhost>",  # none
        whole.replace("@", "@elsewhere."),
        message_id_of(uuid.uuid4()),  # ours, but of no mail
    ]
    reports = [_report(message_id, agent.user.email) for message_id in forged]
    reports.append(_report(whole, cast.acme.lead.user.email))  # of a mail to somebody else
    reports.append(_report(whole, "not an address"))
    assert {take(report) for report in reports} == {"This reports no mail of ours that failed."}
    assert (delivery_of(agent).state, _state(agent), _state(cast.acme.lead)) == (
        "sent",
        (0, False),
        (0, False),
    )


def test_a_report_that_comes_before_the_mail_is_marked_is_brought_again(
    cast: Cast, tell: Tell, take: Callable[[bytes], str], delivery_of: DeliveryOf
) -> None:
    agent = cast.acme.agent
    sent = _sent(agent, tell)
    with acting(tenant_id=agent.tenant_id, account_id=EVERY_ACCOUNT):
        Delivery.objects.update(state="sending")
    with pytest.raises(CommandError) as refused:
        take(_report(message_id_of(sent.pk), agent.user.email))
    assert refused.value.returncode == 75
    assert (delivery_of(agent).state, _state(agent)) == ("sending", (0, False))


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"Subject: Out of office\n\nI am away.",
        b"\x00\xff" * 1000,
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--",
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\nContent-Type: message/rfc822\n\n" * 500,
    ],
)
def test_noise_is_no_report(noise: bytes) -> None:
    assert read_bounce(noise) is None


def test_a_report_of_several_receivers_names_those_that_failed() -> None:
    report = _report("<1@x>", "gone@acme.example").replace(
        b"\n--b\nContent-Type: text/rfc822-headers",
        b"\nFinal-Recipient: rfc822; fine@acme.example\nAction: delivered\nStatus: 2.0.0\n"
        b"\n--b\nContent-Type: text/rfc822-headers",
    )
    assert read_bounce(report) == Bounce("<1@x>", frozenset({"gone@acme.example"}))


def test_every_report_of_a_maildir_is_taken_and_removed(cast: Cast, tell: Tell, tmp_path: Path) -> None:
    agent = cast.acme.agent
    sent = _sent(agent, tell)
    box = mailbox.Maildir(str(tmp_path / "box"), create=True)
    box.add(_report(message_id_of(sent.pk), agent.user.email))
    box.add(b"Subject: Hello\n\nfrom a person")
    said = io.StringIO()
    call_command("take_bounce", maildir=str(tmp_path / "box"), stdout=said)
    assert (said.getvalue().strip(), len(box), _state(agent)) == ("1 reports noted.", 0, (1, False))


def test_a_maildir_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no Maildir"):
        call_command("take_bounce", maildir=str(tmp_path / "none"))


def test_the_message_id_is_the_one_in_the_mail_and_survives_a_change_of_the_key(
    cast: Cast, tell: Tell, settings: Any
) -> None:
    sent = _sent(cast.acme.agent, tell)
    [letter] = mail.outbox
    message: EmailMessage = letter.message()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "from today"
    assert id_in(str(message["Message-ID"])) == sent.pk


@pytest.fixture
def out_of_reach(cast: Cast, tell: Tell, mail_server: MailServer) -> Membership:
    contact = cast.acme.big.contact
    _refuse(contact, tell, mail_server, "one", "two", "three")
    return contact


@pytest.mark.parametrize("path", ["/", "/profile/", "/notifications/"])
def test_the_person_reads_it_on_every_page(
    out_of_reach: Membership, cast: Cast, client_of: Callable[..., Client], path: str
) -> None:
    def told(person: Membership) -> bool:
        return "Mail does not reach you" in client_of(person).get(path).content.decode()

    assert (told(out_of_reach), told(cast.acme.big.colleague)) == (True, False)


def test_who_looks_after_people_reads_it_at_the_person(
    out_of_reach: Membership, cast: Cast, client_of: Callable[..., Client]
) -> None:
    admin = client_of(cast.acme.admin)
    listed = admin.get("/customers/BIG/people/").content.decode()
    assert listed.count("Mail does not arrive") == 1
    for client in (admin, client_of(cast.acme.big.admin)):
        assert "Mail does not arrive" in client.get(f"/people/{out_of_reach.pk}/").content.decode()


def test_another_tenant_learns_nothing_of_it(
    out_of_reach: Membership, cast: Cast, acting_in: Callable[..., Any]
) -> None:
    there = cast.rival.big.contact
    there.user = out_of_reach.user
    with acting_in(cast.rival.tenant):
        there.save(update_fields=["user"])
    assert _state(there) == (0, False)
