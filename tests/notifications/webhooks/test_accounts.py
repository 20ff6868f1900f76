"""The webhooks of an account: its administrators', and nobody else's."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from notifications.webhooks import actions, events
from notifications.webhooks.actions import tell_webhooks_many
from notifications.webhooks.delivery import call_batch
from notifications.webhooks.enums import WebhookState
from notifications.webhooks.events import HookEvent, Occurrence
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.outgoing import Unsent
from notifications.webhooks.signing import new_secret, seal, unseal
from notifications.webhooks.tasks import call_due
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from portal.identity.models import Account, Membership
from tests.cast import Cast
from tests.notifications.webhooks.conftest import HAPPENED, SHARED, Kept, Receiver
from tests.statements import statements_of

Hook = Callable[..., Webhook]
Happen = Callable[..., int]
ActingAs = Callable[[Membership], Any]
TYPED = {"name": "Desk", "url": "https://desk.example/in?token=abc", "events": [SHARED]}
LIST = "/settings/webhooks/"


@pytest.fixture
def theirs(cast: Cast, hook: Hook) -> Webhook:
    """Big's own."""
    return hook(cast.acme.tenant, TYPED["url"], account=cast.acme.big.account, name="Desk", events=[SHARED])


@pytest.fixture
def big(cast: Cast, client_of: Callable[..., Client]) -> Client:
    return client_of(cast.acme.big.admin)


def _pages(webhook: Webhook) -> list[str]:
    return [f"{LIST}{webhook.pk}/{end}" for end in ("", "edit/", "secret/", "switch/", "remove/", "test/")]


def _said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# Whose event reaches whom


def test_an_event_of_an_account_reaches_its_webhooks_and_the_tenant_s_never_another_s(
    cast: Cast, hook: Hook, theirs: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    tenant = cast.acme.tenant
    own = hook(tenant, "https://pager.example/", events=[SHARED])
    small = hook(tenant, "https://small.example/", account=cast.acme.small.account, events=[SHARED])
    rival = hook(cast.rival.tenant, "https://rival.example/", account=cast.rival.big.account, events=[SHARED])
    assert happen(tenant, event=SHARED, account_id=cast.acme.big.account.pk) == 2
    assert [len(kept.calls(one)) for one in (own, theirs, small, rival)] == [1, 1, 0, 0]
    [call] = kept.calls(theirs)
    assert (call.account_id, call.data) == (cast.acme.big.account.pk, {"words": "hé"})


def test_an_event_of_no_account_reaches_the_tenant_s_alone(
    cast: Cast, hook: Hook, theirs: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    own = hook(cast.acme.tenant, "https://pager.example/", events=[SHARED])
    assert happen(cast.acme.tenant, event=SHARED) == 1
    assert [len(kept.calls(one)) for one in (own, theirs)] == [1, 0]


def test_what_is_for_the_tenant_only_reaches_no_account_that_has_chosen_it(
    cast: Cast, hook: Hook, happen: Happen, kept: type[Kept]
) -> None:
    account = cast.acme.big.account
    sly = hook(cast.acme.tenant, "https://sly.example/", account=account, events=[HAPPENED])
    assert happen(cast.acme.tenant, event=HAPPENED, account_id=account.pk) == 0
    assert kept.calls(sly) == []


def test_one_call_for_one_event_however_often_it_is_told_and_one_statement_for_many(
    cast: Cast, theirs: Webhook, hook: Hook, kept: type[Kept], acting_in: Any, django_assert_num_queries: Any
) -> None:
    small = hook(cast.acme.tenant, "https://small.example/", account=cast.acme.small.account, events=[SHARED])
    told = [
        Occurrence(event=SHARED, key=f"{company.account.pk}:{n}", data={}, account_id=company.account.pk)
        for company in (cast.acme.big, cast.acme.small)
        for n in range(2)
    ]
    with acting_in(cast.acme.tenant):
        with django_assert_num_queries(1):
            assert tell_webhooks_many(tenant=cast.acme.tenant, occurrences=told) == 4
        assert tell_webhooks_many(tenant=cast.acme.tenant, occurrences=told) == 0
    keys = [[call.key.partition(":")[0] for call in kept.calls(one)] for one in (theirs, small)]
    assert keys == [[str(cast.acme.big.account.pk)] * 2, [str(cast.acme.small.account.pk)] * 2]


def test_what_an_event_is_for_is_asked_again_when_the_call_leaves(
    cast: Cast, theirs: Webhook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    kept.change(theirs, url=receiver.url)
    happen(cast.acme.tenant, event=SHARED, account_id=cast.acme.big.account.pk)
    events.register(HookEvent(SHARED, "Not any more"))
    call_due()
    assert (receiver.heard, kept.facts(theirs)) == ([], [("dropped", 1, None, "not_chosen")])


def test_a_call_arrives_signed_by_the_account_s_own_secret(
    cast: Cast, theirs: Webhook, happen: Happen, receiver: Receiver, kept: type[Kept]
) -> None:
    kept.change(theirs, url=receiver.url)
    happen(cast.acme.tenant, event=SHARED, account_id=cast.acme.big.account.pk)
    call_due()
    assert (len(receiver.heard), kept.facts(theirs)) == (1, [("sent", 1, 200, "")])


def test_a_receiver_that_can_t_be_had_holds_up_no_other_lane(
    cast: Cast, hook: Hook, theirs: Webhook, happen: Happen, kept: type[Kept]
) -> None:
    own = hook(cast.acme.tenant, "https://pager.example/", events=[SHARED])
    small = hook(cast.acme.tenant, "https://small.example/", account=cast.acme.small.account, events=[SHARED])
    for company in (cast.acme.big, cast.acme.small):
        for n in range(3):
            key = f"{company.account.key}{n}"
            happen(cast.acme.tenant, event=SHARED, key=key, account_id=company.account.pk)

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if "desk" in url:
            raise Unsent("unreachable")
        return 200

    call_batch(post)
    states = [[call.state for call in kept.calls(one)] for one in (theirs, small, own)]
    assert states == [["queued"] * 3, ["sent"] * 3, ["sent"] * 6]


# The pages


def test_a_customer_administrator_does_all_that_an_administrator_does(
    cast: Cast, big: Client, kept: type[Kept], acting_in: Any
) -> None:
    assert "No webhooks yet" in big.get(LIST).text
    page = big.post(f"{LIST}new/", TYPED)
    with acting_in(cast.acme.tenant):
        webhook = Webhook.objects.get()
    assert (webhook.account_id, webhook.name, webhook.events) == (cast.acme.big.account.pk, "Desk", [SHARED])
    assert unseal(webhook.secret) in page.text.replace("&#x3D;", "=")
    url = f"{LIST}{webhook.pk}/"
    assert "whsec_" not in big.get(url).text
    big.post(f"{url}edit/", {**TYPED, "name": "Help desk"})
    big.post(f"{url}secret/")
    big.post(f"{url}switch/")
    big.post(f"{url}switch/", {"on": "1"})
    assert _said(big.post(f"{url}test/", follow=True))[-1].startswith("The test call is on its way")
    kept.make_due(webhook, state="failed", attempts=10, trouble="refused")
    [call] = kept.calls(webhook)
    assert call.account_id == cast.acme.big.account.pk
    assert "The receiver answered with an error." in big.get(url).text
    big.post(f"{url}calls/{call.pk}/again/")
    assert kept.facts(webhook) == [("queued", 0, None, "")]
    assert kept.webhook(webhook).secret != webhook.secret
    assert "Help desk was removed." in big.post(f"{url}remove/", follow=True).text
    with acting_in(cast.acme.tenant):
        assert (Webhook.objects.count(), Call.objects.count()) == (0, 0)
        done = HistoryEntry.objects.filter(subject_type="webhook").order_by("id")
        assert {entry.account_id for entry in done} == {cast.acme.big.account.pk}
        assert [entry.verb for entry in done] == [
            *("added", "edited", "secret_renewed", "switched_off", "switched_on", "removed")
        ]
        assert ("token" in repr([entry.data for entry in done])) is False


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"url": "https://10.1.2.3/"}, "public addresses that begin with https://"),
        ({"url": "http://desk.example/"}, "public addresses that begin with https://"),
        ({"events": [HAPPENED]}, f"{HAPPENED} is not one of the available choices."),
        ({"url": TYPED["url"]}, "Another webhook has this address."),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_stores_nothing(
    cast: Cast, big: Client, theirs: Webhook, acting_in: Any, typed: dict[str, Any], sentence: str
) -> None:
    page = big.post(f"{LIST}new/", {**TYPED, "url": "https://second.example/", **typed})
    assert sentence in page.text
    assert 'value="Desk"' in page.text
    with acting_in(cast.acme.tenant):
        assert Webhook.objects.count() == 1


def test_an_address_tells_nobody_that_another_owner_calls_it(
    cast: Cast, theirs: Webhook, client_of: Callable[..., Client], acting_in: Any
) -> None:
    for person in (cast.acme.small.admin, cast.acme.admin):
        assert "whsec_" in client_of(person).post(f"{LIST}new/", TYPED).text
    with acting_in(cast.acme.tenant):
        assert Webhook.objects.filter(url=TYPED["url"]).count() == 3


def test_only_events_for_accounts_are_offered_to_one(
    cast: Cast, big: Client, client_of: Callable[..., Client]
) -> None:
    offered = [
        [code for code, _label in browser.get(f"{LIST}new/").context["form"].fields["events"].choices]
        for browser in (big, client_of(cast.acme.admin))
    ]
    assert offered == [[SHARED], [HAPPENED, "tests.other", SHARED]]


def test_each_account_has_its_own_end_to_the_number(
    cast: Cast, big: Client, hook: Hook, settings: Any, acting_in: Any
) -> None:
    settings.WEBHOOKS_PER_ACCOUNT = 2
    for n in range(3):
        hook(cast.acme.tenant, f"https://own{n}.example/")
        hook(cast.acme.tenant, f"https://small{n}.example/", account=cast.acme.small.account)
    for n in range(2):
        big.post(f"{LIST}new/", {**TYPED, "url": f"https://desk{n}.example/"})
    assert "Add a webhook" not in big.get(LIST).text
    assert "There are 2 webhooks already. Remove one first." in big.post(f"{LIST}new/", TYPED).text
    with acting_in(cast.acme.tenant):
        assert Webhook.objects.filter(account=cast.acme.big.account).count() == 2


def test_the_pages_cost_the_same_for_one_row_and_for_three(
    cast: Cast, big: Client, hook: Hook, theirs: Webhook, happen: Happen, client_of: Callable[..., Client]
) -> None:
    account = cast.acme.big.account
    asked = [(big, LIST), (big, f"{LIST}{theirs.pk}/"), (client_of(cast.acme.admin), "/customers/BIG/")]
    happen(cast.acme.tenant, event=SHARED, account_id=account.pk)
    for browser, url in asked:
        browser.get(url)  # what a process reads once
    one = [len(statements_of(browser, url)) for browser, url in asked]
    for name in ("a", "b"):
        hook(cast.acme.tenant, f"https://{name}.example/", account=account, events=[SHARED])
        happen(cast.acme.tenant, event=SHARED, key=name, account_id=account.pk)
    assert [len(statements_of(browser, url)) for browser, url in asked] == one


# Who can't


@pytest.mark.parametrize(
    "who", ["contact", "other account", "other tenant", "admin", "lead", "agent", "other tenant's account"]
)
def test_nobody_else_reaches_an_account_s_webhook(
    cast: Cast, theirs: Webhook, happen: Happen, client_of: Callable[..., Client], kept: type[Kept], who: str
) -> None:
    house = cast.acme
    happen(house.tenant, event=SHARED, account_id=house.big.account.pk)
    [call] = kept.calls(theirs)
    browser = client_of(
        {
            "contact": house.big.contact,
            "other account": house.small.admin,
            "other tenant": cast.rival.admin,
            "admin": house.admin,
            "lead": house.lead,
            "agent": house.agent,
            "other tenant's account": cast.rival.big.admin,
        }[who]
    )
    before = kept.webhook(theirs).__dict__
    for url in [*_pages(theirs), f"{LIST}{theirs.pk}/calls/{call.pk}/again/"]:
        for answer in (browser.get(url), browser.post(url, {**TYPED, "on": "1"})):
            assert answer.status_code in (404, 405)
    after = kept.webhook(theirs).__dict__
    assert {k: v for k, v in after.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }
    assert kept.facts(theirs) == [("queued", 0, None, "")]
    assert "desk.example" not in browser.get(LIST).text


@pytest.mark.parametrize("who", ["contact", "colleague"])
def test_a_plain_customer_has_no_webhooks_page(
    cast: Cast, theirs: Webhook, client_of: Callable[..., Client], acting_in: Any, who: str
) -> None:
    browser = client_of(getattr(cast.acme.big, who))
    assert browser.get(LIST).status_code == 404
    assert browser.post(f"{LIST}new/", {**TYPED, "url": "https://x.example/"}).status_code == 404
    assert LIST not in browser.get("/").text
    with acting_in(cast.acme.tenant):
        assert Webhook.objects.count() == 1


def test_a_customer_administrator_finds_the_page_and_none_of_the_tenant_s(
    cast: Cast, big: Client, hook: Hook, theirs: Webhook
) -> None:
    own = hook(cast.acme.tenant, "https://pager.example/", name="Pager")
    assert f'href="{LIST}"' in big.get("/").text
    page = big.get(LIST).text
    assert ("Desk" in page, "Pager" in page) == (True, False)
    assert [big.post(url, TYPED).status_code for url in _pages(own)] == [405, 404, 404, 404, 404, 404]


def test_row_policies_show_an_account_its_own_rows_and_calls_alone(
    cast: Cast, hook: Hook, theirs: Webhook, happen: Happen, acting_as: ActingAs
) -> None:
    hook(cast.acme.tenant, "https://pager.example/", events=[SHARED])
    happen(cast.acme.tenant, event=SHARED, account_id=cast.acme.big.account.pk)
    seen = {}
    for name, person in (
        ("own", cast.acme.big.admin),
        ("other account", cast.acme.small.admin),
        ("other tenant", cast.rival.big.admin),
    ):
        with acting_as(person):
            seen[name] = (Webhook.objects.count(), Call.objects.count())
    assert seen == {"own": (1, 1), "other account": (0, 0), "other tenant": (0, 0)}


@pytest.mark.parametrize("owner", ["none", "another account"])
def test_row_policies_refuse_a_row_that_is_not_the_account_s(
    cast: Cast, theirs: Webhook, acting_as: ActingAs, owner: str
) -> None:
    account: Account | None = None if owner == "none" else cast.acme.big.account
    with acting_as(cast.acme.small.admin):
        for write in (
            lambda: Webhook.objects.create(
                tenant=cast.acme.tenant,
                account=account,
                name="x",
                url="https://x.example/",
                events=[SHARED],
                secret=seal(new_secret()),
            ),
            lambda: Call.objects.create(
                tenant=cast.acme.tenant, account=account, webhook_id=theirs.pk, event=SHARED, key="k"
            ),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                write()
        assert Webhook.objects.filter(pk=theirs.pk).update(state=WebhookState.OFF) == 0
        assert Webhook.objects.filter(pk=theirs.pk).delete()[0] == 0


@pytest.mark.parametrize("who", ["tenant's admin", "contact", "other account", "other tenant"])
def test_actions_ask_for_the_right_themselves(
    cast: Cast, theirs: Webhook, kept: type[Kept], acting_in: Any, who: str
) -> None:
    actor = {
        "tenant's admin": cast.acme.admin,
        "contact": cast.acme.big.contact,
        "other account": cast.acme.small.admin,
        "other tenant": cast.rival.admin,
    }[who]
    new = {"name": "x", "url": "https://x.example/", "events": [SHARED]}
    with acting_in(cast.acme.tenant):
        webhook = Webhook.objects.select_related("tenant").get()
        call = Call(webhook=webhook)
        for act in (
            lambda: actions.add_webhook(
                tenant=cast.acme.tenant, account=cast.acme.big.account, actor=actor, **new
            ),
            lambda: actions.edit_webhook(webhook=webhook, actor=actor, **new),
            lambda: actions.renew_secret(webhook=webhook, actor=actor),
            lambda: actions.switch_off(webhook=webhook, actor=actor),
            lambda: actions.switch_on(webhook=webhook, actor=actor),
            lambda: actions.remove_webhook(webhook=webhook, actor=actor),
            lambda: actions.call_for_test(webhook=webhook, actor=actor),
            lambda: actions.call_again(call=call, actor=actor),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert (Webhook.objects.count(), Call.objects.count()) == (1, 0)
    assert (kept.webhook(theirs).state, kept.webhook(theirs).secret) == ("on", theirs.secret)


def test_an_action_refuses_an_event_that_is_not_for_accounts(cast: Cast, acting_as: ActingAs) -> None:
    admin = cast.acme.big.admin
    with acting_as(admin), pytest.raises(Refused, match="for the portal’s own systems only"):
        actions.add_webhook(
            tenant=admin.tenant,
            account=admin.account,
            name="x",
            url="https://x.example/",
            events=[SHARED, HAPPENED],
            actor=admin,
        )


def test_the_tenant_s_own_are_for_its_own_administrators(
    cast: Cast, hook: Hook, acting_in: Any, kept: type[Kept]
) -> None:
    own = hook(cast.acme.tenant, "https://pager.example/")
    for actor in (cast.rival.admin, cast.acme.lead, cast.acme.big.admin):
        with acting_in(cast.acme.tenant), pytest.raises(NotAllowed):
            actions.switch_off(webhook=own, actor=actor)
    assert kept.webhook(own).state == "on"
