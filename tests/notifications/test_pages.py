import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from notifications.views import told as views
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast

ClientOf = Callable[..., Client]
Tell = Callable[..., int]
LIST = "/notifications/"


def _told(person: Membership) -> list[Notification]:
    """Newest first."""
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return list(Notification.objects.filter(recipient=person).order_by("-created_at", "-id"))


def _titles(response: Any) -> list[str]:
    return [row.title for row in response.context["rows"]]


def _unread(response: Any) -> list[str]:
    return [row.title for row in response.context["rows"] if row.unread]


def _tell_many(tell: Tell, person: Membership, words: list[str]) -> None:
    for word in words:
        tell(person, key=word, data={"words": word})


@pytest.mark.parametrize("who", ["agent", "contact"])
def test_the_list_shows_ones_own_newest_first(cast: Cast, tell: Tell, client_of: ClientOf, who: str) -> None:
    person = cast.acme.agent if who == "agent" else cast.acme.big.contact
    _tell_many(tell, person, ["one", "two", "three"])
    tell(cast.acme.lead, cast.acme.big.colleague, key="for others")
    response = client_of(person).get(LIST)
    assert _titles(response) == ["Yes: three", "Yes: two", "Yes: one"]
    assert response.content.decode().count("data-item") == 3


def test_nothing_yet_says_what_will_be_here(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.acme.agent).get(LIST)
    assert (_titles(response), "Nothing to tell you yet" in response.content.decode()) == ([], True)
    assert "Mark all as read" not in response.content.decode()


def test_the_list_speaks_the_readers_language(cast: Cast, tell: Tell, client_of: ClientOf) -> None:
    cast.acme.agent.user.language = "it"
    cast.acme.agent.user.save(update_fields=["language"])
    tell(cast.acme.agent)
    assert _titles(client_of(cast.acme.agent).get(LIST)) == ["Sì: hello"]


def test_opening_marks_as_read_and_leads_on(cast: Cast, tell: Tell, client_of: ClientOf) -> None:
    tell(cast.acme.agent, url="/queue/")
    client = client_of(cast.acme.agent)
    [told] = _told(cast.acme.agent)
    response = client.get(f"{LIST}{told.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/queue/")
    read_at = _told(cast.acme.agent)[0].read_at
    assert read_at is not None
    client.get(f"{LIST}{told.pk}/")
    assert _told(cast.acme.agent)[0].read_at == read_at


@pytest.mark.parametrize(
    "stranger", ["colleague", "customer admin", "other account", "admin", "other tenant", "intruder"]
)
def test_somebody_elses_notification_is_unknown_and_stays_unread(
    cast: Cast, tell: Tell, client_of: ClientOf, stranger: str
) -> None:
    owner = cast.acme.big.contact
    tell(owner)
    [told] = _told(owner)
    person = {
        "colleague": cast.acme.big.colleague,
        "customer admin": cast.acme.big.admin,
        "other account": cast.acme.small.contact,
        "admin": cast.acme.admin,
        "other tenant": cast.rival.admin,
        "intruder": cast.rival.admin,
    }[stranger]
    client = client_of(person, tenant=cast.acme.tenant if stranger == "intruder" else None)
    answers = [client.get(f"{LIST}{pk}/") for pk in (told.pk, uuid.UUID(int=7))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _told(owner)[0].read_at is None


def test_who_is_not_signed_in_is_asked_to_and_comes_back(cast: Cast, tell: Tell, client_of: ClientOf) -> None:
    tell(cast.acme.agent)
    [told] = _told(cast.acme.agent)
    response = client_of(None).get(f"{LIST}{told.pk}/")
    assert (response.status_code, response["Location"]) == (
        302,
        f"{reverse('account_login')}?next=%2Fnotifications%2F{told.pk}%2F",
    )


def test_mark_all_reads_what_the_list_had_shown_and_no_more(
    cast: Cast, tell: Tell, client_of: ClientOf
) -> None:
    _tell_many(tell, cast.acme.agent, ["one", "two"])
    tell(cast.acme.lead)
    client = client_of(cast.acme.agent)
    shown = client.get(LIST)
    assert _unread(shown) == ["Yes: two", "Yes: one"]
    tell(cast.acme.agent, key="meanwhile", data={"words": "meanwhile"})
    response = client.post(f"{LIST}read/", {"newest": shown.context["newest"]})
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert _unread(client.get(LIST)) == ["Yes: meanwhile"]
    assert _told(cast.acme.lead)[0].read_at is None


def test_pages_by_key_show_each_once(
    cast: Cast, tell: Tell, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    _tell_many(tell, cast.acme.agent, ["one", "two", "three", "four", "five"])
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        same = timezone.now() - timedelta(hours=1)
        Notification.objects.filter(key__in=["one", "two", "three"]).update(created_at=same)
    client, url, seen = client_of(cast.acme.agent), LIST, []
    for _ in range(3):
        page = client.get(url)
        seen.append(_titles(page))
        url = LIST + page.context["older"]
    assert [len(titles) for titles in seen] == [2, 2, 1]
    assert sorted(chain(*seen)) == sorted(f"Yes: {word}" for word in ("one", "two", "three", "four", "five"))
    assert page.context["older"] == ""


def test_a_page_address_that_is_not_ours_is_unknown(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.acme.agent).get(f"{LIST}?after=nonsense").status_code == 404


def test_the_bell_counts_ones_own_unread_and_stops_at_99(
    cast: Cast, tell: Tell, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.acme.agent)
    assert client.get(f"{LIST}unread/").content.decode().strip() == ""
    _tell_many(tell, cast.acme.agent, ["one", "two"])
    tell(cast.acme.lead)
    assert client.get(f"{LIST}unread/").context["shown"] == 2
    monkeypatch.setattr(views, "SHOWN_AT_MOST", 1)
    assert client.get(f"{LIST}unread/").context["shown"] == "1+"


def test_the_bell_is_silent_when_the_session_has_ended(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(None).get(f"{LIST}unread/", headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (204, b"")


def test_every_frame_asks_for_the_bell_after_the_page_and_not_in_it(
    cast: Cast, tell: Tell, client_of: ClientOf
) -> None:
    tell(cast.acme.agent)
    response = client_of(cast.acme.agent).get(LIST)
    assert 'hx-get="/notifications/unread/"' in response.content.decode()


@pytest.mark.parametrize(("path", "own"), [("", 1), ("unread/", 1)])
def test_the_number_of_statements_does_not_grow(
    cast: Cast, tell: Tell, client_of: ClientOf, path: str, own: int
) -> None:
    client = client_of(cast.acme.agent)
    client.get(LIST)
    counts = []
    for words in (["one"], ["two", "three"]):
        _tell_many(tell, cast.acme.agent, words)
        with CaptureQueriesContext(connection) as statements:
            client.get(f"{LIST}{path}")
        counts.append(sum("notifications_notification" in s["sql"] for s in statements))
    assert counts == [own, own]
