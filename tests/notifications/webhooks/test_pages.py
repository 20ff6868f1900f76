import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.owners import MOST
from notifications.webhooks.signing import unseal
from notifications.webhooks.tasks import call_due
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import Cast
from tests.notifications.webhooks.conftest import HAPPENED, Kept, Receiver
from tests.statements import statements_of

Hook = Callable[..., Webhook]
Happen = Callable[..., int]
TYPED = {"name": "Pager", "url": "https://pager.example/in?token=abc", "events": [HAPPENED]}


@pytest.fixture
def admin(cast: Cast, client_of: Callable[..., Client]) -> Client:
    return client_of(cast.acme.admin)


@pytest.fixture
def pager(cast: Cast, hook: Hook) -> Webhook:
    return hook(cast.acme.tenant, "https://pager.example/in")


def _webhooks(cast: Cast) -> list[Webhook]:
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        return list(Webhook.objects.order_by("id"))


def _history(cast: Cast) -> list[tuple[str, Any]]:
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        entries = HistoryEntry.objects.filter(subject_type="webhook").order_by("id")
        return list(entries.values_list("verb", "data"))


def _said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_secret_of_a_new_webhook_is_shown_once(cast: Cast, admin: Client) -> None:
    page = admin.post("/settings/webhooks/new/", TYPED).content.decode()
    [webhook] = _webhooks(cast)
    [shown] = re.findall(r'value="(whsec_[^"]+)"', page)
    assert (webhook.name, webhook.url, webhook.events) == ("Pager", TYPED["url"], [HAPPENED])
    assert shown.replace("&#x3D;", "=") == unseal(webhook.secret)
    for url in ("/settings/webhooks/", f"/settings/webhooks/{webhook.pk}/"):
        later = admin.get(url).content.decode()
        assert "Pager" in later
        assert "whsec_" not in later
        assert webhook.secret not in later


def test_history_says_who_did_what_and_tells_no_secret(cast: Cast, admin: Client) -> None:
    admin.post("/settings/webhooks/new/", TYPED)
    [webhook] = _webhooks(cast)
    admin.post(f"/settings/webhooks/{webhook.pk}/secret/")
    admin.post(f"/settings/webhooks/{webhook.pk}/switch/")
    admin.post(f"/settings/webhooks/{webhook.pk}/switch/", {"on": "1"})
    admin.post(f"/settings/webhooks/{webhook.pk}/remove/")
    told = _history(cast)
    assert [verb for verb, _ in told] == ["added", "secret_renewed", "switched_off", "switched_on", "removed"]
    assert told[0][1] == {"name": "Pager", "host": "pager.example", "events": [HAPPENED]}
    assert "token" not in repr(told)
    assert "whsec" not in repr(told)
    assert _webhooks(cast) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"url": "http://pager.example/"}, "public addresses that begin with https://"),
        ({"url": "https://10.1.2.3/"}, "public addresses that begin with https://"),
        ({"url": "https://me:word@pager.example/"}, "public addresses that begin with https://"),
        ({"url": "https://taken.example/"}, "Another webhook has this address."),
        ({"url": "not an address"}, "Enter a valid URL."),
        ({"events": []}, "This field is required."),
        ({"events": ["tests.unheard_of"]}, "tests.unheard_of is not one of the available choices."),
    ],
)
def test_a_refusal_is_a_sentence_and_loses_nothing_typed(
    cast: Cast, admin: Client, hook: Hook, typed: dict[str, Any], sentence: str
) -> None:
    hook(cast.acme.tenant, "https://taken.example/")
    response = admin.post("/settings/webhooks/new/", {**TYPED, **typed})
    page = response.content.decode()
    assert sentence in page
    assert response.context["form"]["url"].value() == typed.get("url", TYPED["url"])
    assert 'value="Pager"' in page
    assert len(_webhooks(cast)) == 1


@pytest.mark.parametrize("page", ["new", "edit"])
def test_what_was_typed_outlives_a_session_that_ended(
    cast: Cast, client_of: Callable[..., Client], pager: Webhook, page: str
) -> None:
    path = f"/settings/webhooks/{'new' if page == 'new' else f'{pager.pk}/edit'}/"
    browser = client_of(None, tenant=cast.acme.tenant)
    typed = {**TYPED, "name": "Another name"}
    answer = browser.post(path, typed)
    assert answer.headers["Location"] == f"/account/login/?next={quote(path, safe='')}"
    browser.force_login(cast.acme.admin.user)
    form = browser.get(path).context["form"]
    assert (form["name"].value(), form["url"].value()) == ("Another name", TYPED["url"])


def test_a_name_in_other_letters_is_stored_as_it_is_called(cast: Cast, admin: Client) -> None:
    admin.post("/settings/webhooks/new/", {**TYPED, "url": "https://Bücher.example/ä"})
    assert [webhook.url for webhook in _webhooks(cast)] == ["https://xn--bcher-kva.example/%C3%A4"]


def test_there_is_an_end_to_the_number_of_webhooks(cast: Cast, admin: Client, hook: Hook) -> None:
    for number in range(MOST):
        hook(cast.acme.tenant, f"https://pager{number}.example/")
    assert "Add a webhook" not in admin.get("/settings/webhooks/").content.decode()
    page = admin.post("/settings/webhooks/new/", TYPED).content.decode()
    assert f"There are {MOST} webhooks already. Remove one first." in page
    assert len(_webhooks(cast)) == MOST


def test_editing_keeps_secret_and_log(
    cast: Cast, admin: Client, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    happen(cast.acme.tenant)
    admin.post(
        f"/settings/webhooks/{pager.pk}/edit/",
        {"name": "Chat", "url": "https://chat.example/", "events": ["tests.other"]},
    )
    edited = kept.webhook(pager)
    assert (edited.name, edited.url, edited.events) == ("Chat", "https://chat.example/", ["tests.other"])
    assert (edited.secret, len(kept.calls(pager))) == (pager.secret, 1)


def test_a_renewed_secret_is_shown_once_and_the_old_one_kept_a_day(
    cast: Cast, admin: Client, pager: Webhook, kept: type[Kept]
) -> None:
    page = admin.post(f"/settings/webhooks/{pager.pk}/secret/").content.decode()
    renewed = kept.webhook(pager)
    [shown] = re.findall(r'value="(whsec_[^"]+)"', page)
    assert shown.replace("&#x3D;", "=") == unseal(renewed.secret) != unseal(pager.secret)
    assert renewed.old_secret == pager.secret
    assert "whsec_" not in admin.get(f"/settings/webhooks/{pager.pk}/").content.decode()


def test_a_test_call_goes_the_way_of_any_other_and_the_log_shows_it(
    cast: Cast, admin: Client, hook: Hook, receiver: Receiver, kept: type[Kept]
) -> None:
    webhook = hook(cast.acme.tenant, receiver.url)
    response = admin.post(f"/settings/webhooks/{webhook.pk}/test/", follow=True)
    assert _said(response) == ["The test call is on its way; the log shows what became of it."]
    assert "Waiting to leave" in response.content.decode()
    call_due()
    assert kept.facts(webhook) == [("sent", 1, 200, "")]
    page = admin.get(f"/settings/webhooks/{webhook.pk}/").content.decode()
    assert ("Test call" in page, "Sent" in page, "1 attempt." in page) == (True, True, True)


def test_no_test_call_while_it_is_off(cast: Cast, admin: Client, pager: Webhook, kept: type[Kept]) -> None:
    admin.post(f"/settings/webhooks/{pager.pk}/switch/")
    response = admin.post(f"/settings/webhooks/{pager.pk}/test/", follow=True)
    assert _said(response)[-1] == "The webhook is off. Switch it on first."
    assert kept.calls(pager) == []


def test_a_failed_call_can_be_tried_again_under_its_id(
    cast: Cast, admin: Client, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    happen(cast.acme.tenant)
    kept.make_due(pager, state="failed", attempts=10, status=500, trouble="refused")
    [call] = kept.calls(pager)
    assert "The receiver answered with an error." in admin.get(f"/settings/webhooks/{pager.pk}/").text
    admin.post(f"/settings/webhooks/{pager.pk}/calls/{call.pk}/again/")
    assert kept.facts(pager) == [("queued", 0, 500, "")]
    assert [one.pk for one in kept.calls(pager)] == [call.pk]


def test_a_call_that_arrived_is_not_made_again(
    cast: Cast, admin: Client, pager: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    happen(cast.acme.tenant)
    kept.make_due(pager, state="sent", attempts=1)
    [call] = kept.calls(pager)
    response = admin.post(f"/settings/webhooks/{pager.pk}/calls/{call.pk}/again/", follow=True)
    assert _said(response) == ["This call has arrived, or is still being tried."]
    assert kept.facts(pager) == [("sent", 1, None, "")]


def test_a_webhook_that_was_switched_off_by_failures_says_so_and_comes_back(
    cast: Cast, admin: Client, pager: Webhook, kept: type[Kept]
) -> None:
    kept.change(pager, state="failed", failing_since=pager.created_at)
    url = f"/settings/webhooks/{pager.pk}/"
    assert "Its calls failed for too long." in admin.get(url).text
    admin.post(f"{url}switch/", {"on": "1"})
    assert (kept.webhook(pager).state, kept.webhook(pager).failing_since) == ("on", None)


def test_removing_takes_the_log_with_it(cast: Cast, admin: Client, pager: Webhook, happen: Happen) -> None:
    happen(cast.acme.tenant)
    admin.post(f"/settings/webhooks/{pager.pk}/remove/")
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        assert (Webhook.objects.count(), Call.objects.count()) == (0, 0)


@pytest.mark.parametrize("who", ["lead", "agent", "csm", "contact", "other tenant"])
def test_only_administrators_of_the_tenant_reach_the_pages(
    cast: Cast, pager: Webhook, client_of: Callable[..., Client], kept: type[Kept], who: str
) -> None:
    people = {"contact": cast.acme.big.contact, "other tenant": cast.rival.admin}
    browser = client_of(people.get(who) or getattr(cast.acme, who))
    urls = [f"/settings/webhooks/{pager.pk}/{end}" for end in ("", "edit/")]
    if who != "other tenant":
        urls.append("/settings/webhooks/")
    assert [browser.get(url).status_code for url in urls] == [404] * len(urls)
    for end in ("edit/", "secret/", "switch/", "remove/", "test/"):
        assert browser.post(f"/settings/webhooks/{pager.pk}/{end}", TYPED).status_code == 404
    assert (kept.webhook(pager).secret, kept.webhook(pager).state) == (pager.secret, "on")


def test_another_tenant_s_administrator_sees_none_of_ours(
    cast: Cast, pager: Webhook, client_of: Callable[..., Client]
) -> None:
    page = client_of(cast.rival.admin).get("/settings/webhooks/").text
    assert ("No webhooks yet" in page, "pager.example" in page) == (True, False)


def test_the_pages_cost_the_same_for_one_row_and_for_three(
    cast: Cast, admin: Client, hook: Hook, pager: Webhook, happen: Happen
) -> None:
    happen(cast.acme.tenant)
    urls = ["/settings/webhooks/", f"/settings/webhooks/{pager.pk}/"]
    admin.get(urls[0])  # what a process reads once
    one = [len(statements_of(admin, url)) for url in urls]
    for name in ("a", "b"):
        hook(cast.acme.tenant, f"https://{name}.example/")
        happen(cast.acme.tenant, key=name)
    assert [len(statements_of(admin, url)) for url in urls] == one
