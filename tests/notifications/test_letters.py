from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test.utils import override_settings
from django.utils import translation

from notifications import letters
from notifications.delivery import deliver_batch
from notifications.letters import Writer
from notifications.message_ids import message_id_of
from notifications.models import Delivery, Notification
from notifications.transport import SmtpTransport
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast


def _deliver() -> list[Any]:
    with SmtpTransport() as transport:
        deliver_batch(transport)
    return mail.outbox


def _reads(person: Membership, language: str, time_zone: str) -> None:
    person.user.language = language
    person.user.time_zone = time_zone
    person.user.save(update_fields=["language", "time_zone"])


def test_it_speaks_the_receivers_language_and_zone_whatever_is_active(
    cast: Cast, tell: Callable[..., int]
) -> None:
    _reads(cast.acme.big.contact, "sv", "Asia/Seoul")
    tell(cast.acme.big.contact)
    with translation.override("fr"):
        [letter] = _deliver()
    assert letter.subject == "Ja: hello"
    # 23:30 UTC on the last of January is the next morning in Seoul.
    assert letter.body.split("\n\n")[:4] == [
        "Ja: hello",
        "Ja, hello",
        "sön 1 feb. 2026 08:30 KST",
        "> One line\n> another",
    ]
    assert letter.extra_headers["Content-Language"] == "sv"


def test_each_receiver_of_one_event_reads_their_own_language(cast: Cast, tell: Callable[..., int]) -> None:
    languages = {"fr": cast.acme.agent, "ko": cast.acme.lead, "it": cast.acme.big.contact}
    for language, person in languages.items():
        _reads(person, language, "UTC")
    tell(*languages.values())
    subjects = {letter.to[0].split("<")[1].rstrip(">"): letter.subject for letter in _deliver()}
    assert subjects == {
        languages["fr"].user.email: "Oui: hello",
        languages["ko"].user.email: "예: hello",
        languages["it"].user.email: "Sì: hello",
    }


def test_one_receiver_for_each_mail_and_a_link_of_their_own(cast: Cast, tell: Callable[..., int]) -> None:
    people = [cast.acme.agent, cast.acme.lead]
    tell(*people)
    letters = {letter.to[0]: letter for letter in _deliver()}
    assert sorted(letters) == sorted(f"{person.user.name} <{person.user.email}>" for person in people)
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        own = {told.recipient_id: told.pk for told in Notification.objects.all()}
    for person in people:
        letter = letters[f"{person.user.name} <{person.user.email}>"]
        link = f"http://acme.localhost:{settings.PORT}/notifications/{own[person.pk]}/"
        html, kind = letter.alternatives[0]
        assert (link in letter.body, f'href="{link}"' in html, kind) == (True, True, "text/html")
        assert (len(letter.to), letter.cc, letter.bcc) == (1, [], [])


@override_settings(BASE_HOST="support.example.com", HTTPS=True, PUBLIC_PORT="")
def test_links_come_from_the_settings(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent)
    [letter] = _deliver()
    assert "https://acme.support.example.com/notifications/" in letter.body


def test_headers_name_the_tenant_and_stop_automatic_answers(
    cast: Cast, tell: Callable[..., int], delivery_of: Callable[[Membership], Delivery]
) -> None:
    tenant = cast.acme.tenant
    tenant.support_email = "help@acme.example"
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        tenant.save(update_fields=["support_email"])
    tell(cast.acme.agent)
    [letter] = _deliver()
    message = letter.message()
    assert {name: message[name] for name in ("From", "Reply-To", "Auto-Submitted", "Message-ID")} == {
        "From": f"Acme Systems <{settings.DEFAULT_FROM_EMAIL}>",
        "Reply-To": "help@acme.example",
        "Auto-Submitted": "auto-generated",
        "Message-ID": message_id_of(delivery_of(cast.acme.agent).pk),
    }


HOSTILE = 'x\r\nBcc: victim@example.org\n<script>alert("1")</script>{{ settings }}'


def test_no_word_of_a_person_becomes_a_header_or_markup(cast: Cast, tell: Callable[..., int]) -> None:
    cast.acme.agent.user.name = HOSTILE
    cast.acme.agent.user.save(update_fields=["name"])
    tell(cast.acme.agent, data={"words": HOSTILE, "at": "2026-01-31T23:30:00+00:00", "said": HOSTILE})
    [letter] = _deliver()
    parsed = message_from_bytes(letter.message().as_bytes(), EmailMessage, policy=policy.default)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == 'Yes: x Bcc: victim@example.org <script>alert("1")</script>{{ settings }}'
    [(html, _)] = letter.alternatives
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4  # title, heading, paragraph, quotation


def test_the_same_event_is_written_once_for_each_language_and_zone(
    cast: Cast, tell: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[str] = []
    compose = letters._compose
    monkeypatch.setattr(
        letters, "_compose", lambda *args: composed.append(translation.get_language()) or compose(*args)
    )
    _reads(cast.acme.csm, "nl", "UTC")
    people = [cast.acme.agent, cast.acme.lead, cast.acme.csm]
    tell(*people)
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        writer = Writer(cast.acme.tenant)
        written = [writer.write(Notification.objects.get(recipient=person), person.user) for person in people]
    assert composed == ["en", "nl"]
    assert written[0].text != written[1].text


def test_a_long_title_is_cut(cast: Cast, tell: Callable[..., int]) -> None:
    tell(cast.acme.agent, data={"words": "w" * 500, "at": "2026-01-31T23:30:00+00:00", "said": "w"})
    [letter] = _deliver()
    assert (len(letter.subject), letter.subject[-2:]) == (180, "w…")
