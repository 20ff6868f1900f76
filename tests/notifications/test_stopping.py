"""Mail that stops with one click (RFC 8058): by a sealed link, without a session, and back again."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications import kinds
from notifications.models import Preference
from notifications.stopping import Stop, read_token, token_of
from notifications.tasks import deliver_due
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast

ClientOf = Callable[..., Client]
Tell = Callable[..., int]
Want = Callable[..., None]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
LETTERS = f"{ascii_uppercase}{ascii_lowercase}{digits}-_"  # as base64 orders them


def _path(person: Membership, *topics: str) -> str:
    return f"/notifications/stop/{token_of(person.tenant_id, Stop(person.pk, topics or ('greetings',)))}/"


def _chosen(person: Membership) -> list[tuple[str, str, str, str]]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        rows = Preference.objects.filter(person=person).order_by("topic", "channel")
        return list(rows.values_list("topic", "channel", "choice", "before"))


def _all_chosen(cast: Cast) -> int:
    count = 0
    for house in cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
            count += Preference.objects.count()
    return count


def _recorded(person: Membership) -> list[str]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        rows = HistoryEntry.objects.filter(subject_type="mailhours", actor_id=person.pk).order_by("id")
        return list(rows.values_list("verb", flat=True))


def _mailed_header(person: Membership, tell: Tell) -> dict[str, Any]:
    tell(person)
    deliver_due()
    [letter] = mail.outbox
    message = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    found = {name: message[name] for name in ("List-Unsubscribe", "List-Unsubscribe-Post")}
    return {name: value and value.strip() for name, value in found.items()}  # a long line is folded


def test_a_mail_program_stops_by_the_header_alone(cast: Cast, tell: Tell, client_of: ClientOf) -> None:
    contact = cast.acme.big.contact
    header = _mailed_header(contact, tell)
    url = header["List-Unsubscribe"].strip("<>")
    assert header == {
        "List-Unsubscribe": f"<http://acme.localhost:{settings.PORT}{_path(contact)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    strict = Client(HTTP_HOST=urlsplit(url).netloc, enforce_csrf_checks=True)
    answer = strict.post(urlsplit(url).path, ONE_CLICK)
    assert (answer.status_code, "You get no more mail about this" in answer.content.decode()) == (200, True)
    assert "Yes" in answer.content.decode()
    assert _chosen(contact) == [("greetings", "mail", "off", "now")]
    tell(contact, key="another")
    deliver_due()
    assert len(mail.outbox) == 1


def test_stopping_twice_changes_nothing_more(cast: Cast, client_of: ClientOf) -> None:
    contact = cast.acme.big.contact
    answers = [client_of(None).post(_path(contact), ONE_CLICK) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert _chosen(contact) == [("greetings", "mail", "off", "now")]
    assert _recorded(contact) == ["stopped"]


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_both_forms_of_the_post_are_understood(cast: Cast, client_of: ClientOf, content_type: str) -> None:
    body = "List-Unsubscribe=One-Click"
    if content_type == "multipart/form-data":
        content_type += "; boundary=b"
        body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    client_of(None).post(_path(cast.acme.agent), body, content_type=content_type)
    assert _chosen(cast.acme.agent) == [("greetings", "mail", "off", "now")]


def test_looking_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    """Programs that look for viruses open links."""
    client = client_of(None)
    assert client.get(_path(cast.acme.agent)).status_code == 200
    answer = client.post(_path(cast.acme.agent), {"anything": "else"})
    assert "Nothing has been changed yet" in answer.content.decode()
    assert _all_chosen(cast) == 0


def test_the_page_says_what_would_be_stopped_and_never_whose(cast: Cast, client_of: ClientOf) -> None:
    contact = cast.acme.big.contact
    page = client_of(None).get(_path(contact, "followed")).content.decode()
    assert "Incidents that I follow" in page
    assert [word for word in (contact.name, contact.user.email, "Big Company") if word in page] == []


def test_undo_brings_back_what_was_before(cast: Cast, want: Want, client_of: ClientOf) -> None:
    contact, client = cast.acme.big.contact, client_of(None)
    want(contact, "daily")
    client.post(_path(contact), ONE_CLICK)
    answer = client.post(f"{_path(contact)}undo/", follow=True)
    assert "It is as it was before." in answer.content.decode()
    assert _chosen(contact) == [("greetings", "mail", "daily", "")]
    assert _recorded(contact) == ["chose", "stopped", "resumed"]


def test_undo_never_turns_on_what_the_person_had_turned_off(
    cast: Cast, want: Want, client_of: ClientOf
) -> None:
    contact, client = cast.acme.big.contact, client_of(None)
    want(contact, "off")
    client.post(_path(contact), ONE_CLICK)
    client.post(f"{_path(contact)}undo/")
    assert _chosen(contact) == [("greetings", "mail", "off", "")]


def test_undo_is_a_form_of_ours_and_guarded_as_such(cast: Cast) -> None:
    host = f"acme.{settings.BASE_HOST}"
    strict = Client(HTTP_HOST=host, enforce_csrf_checks=True)
    strict.post(_path(cast.acme.agent), ONE_CLICK)
    assert strict.post(f"{_path(cast.acme.agent)}undo/").status_code == 403
    assert _chosen(cast.acme.agent) == [("greetings", "mail", "off", "now")]


def test_a_digests_link_stops_all_that_it_told_and_that_may_be_stopped(
    cast: Cast, client_of: ClientOf
) -> None:
    lead = cast.acme.lead
    client_of(None).post(_path(lead, "followed", "breaches", "team"), ONE_CLICK)
    assert _chosen(lead) == [("followed", "mail", "off", "now"), ("team", "mail", "off", "now")]


def test_what_may_not_be_stopped_has_no_link(cast: Cast, tell: Tell, client_of: ClientOf) -> None:
    never = kinds.find_topic("breaches")
    assert never is not None
    kinds.register(replace(kinds.kind_of("tests.greeted"), topic=never))
    assert _mailed_header(cast.acme.lead, tell) == {"List-Unsubscribe": None, "List-Unsubscribe-Post": None}
    assert "/notifications/stop/" not in mail.outbox[0].body
    assert "/notifications/preferences/" in mail.outbox[0].body
    assert client_of(None).post(_path(cast.acme.lead, "breaches"), ONE_CLICK).status_code == 404
    assert _all_chosen(cast) == 0


def test_the_link_tells_nothing_and_is_the_same_each_time(cast: Cast) -> None:
    agent = cast.acme.agent
    stop = Stop(agent.pk, ["followed"])
    token = token_of(agent.tenant_id, stop)
    assert token == token_of(agent.tenant_id, stop)
    assert token != token_of(agent.tenant_id, Stop(agent.pk, ["team"]))
    assert read_token(agent.tenant_id, token) == stop
    assert read_token(cast.rival.tenant.pk, token) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1] + LETTERS[LETTERS.index(token[-1]) ^ 1],
        lambda token: token[4:],
        lambda token: token + "AAAA",
        lambda token: "none",
        lambda token: "é",
        lambda token: "A" * 5_000,
    ],
)
def test_a_link_that_is_not_ours_is_unknown(
    cast: Cast, client_of: ClientOf, spoil: Callable[[str], str]
) -> None:
    token = spoil(token_of(cast.acme.tenant.pk, Stop(cast.acme.agent.pk, ["greetings"])))
    client = client_of(None)
    answers = [
        client.get(f"/notifications/stop/{token}/"),
        client.post(f"/notifications/stop/{token}/", ONE_CLICK),
        client.post(f"/notifications/stop/{token}/undo/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert _all_chosen(cast) == 0


def test_at_another_tenants_host_the_link_is_as_unknown_as_any(cast: Cast, client_of: ClientOf) -> None:
    there = client_of(None, tenant=cast.rival.tenant)
    theirs, nobodys = _path(cast.acme.agent), "/notifications/stop/x/"
    answers = [there.post(path, ONE_CLICK) for path in (theirs, nobodys)]
    assert [answer.status_code for answer in answers] == [404, 404]
    page = _without_protection(answers[0]).replace(theirs, nobodys)
    assert page == _without_protection(answers[1])
    assert _all_chosen(cast) == 0


def _without_protection(answer: Any) -> str:
    """The page but for the token against forged forms, which is another each time."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", answer.content.decode())


def test_on_the_base_host_there_is_no_link(cast: Cast) -> None:
    client = Client(HTTP_HOST=settings.BASE_HOST)
    assert client.post(_path(cast.acme.agent), ONE_CLICK).status_code == 404


def test_who_has_left_has_nothing_to_stop(cast: Cast, client_of: ClientOf) -> None:
    contact = cast.acme.big.contact
    with acting(tenant_id=contact.tenant_id, account_id=EVERY_ACCOUNT):
        Membership.objects.filter(pk=contact.pk).update(removed_at=timezone.now())
    assert client_of(None).post(_path(contact), ONE_CLICK).status_code == 404
    assert _all_chosen(cast) == 0


def test_the_link_is_its_persons_whoever_is_signed_in(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.acme.lead).post(_path(cast.acme.big.contact), ONE_CLICK)
    assert _chosen(cast.acme.lead) == []
    assert _chosen(cast.acme.big.contact) == [("greetings", "mail", "off", "now")]


def test_a_link_from_before_a_change_of_the_key_still_works(
    cast: Cast, client_of: ClientOf, settings: Any
) -> None:
    path = _path(cast.acme.agent)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, from today"
    assert client_of(None).post(path, ONE_CLICK).status_code == 200
    assert _chosen(cast.acme.agent) == [("greetings", "mail", "off", "now")]
