"""An account's webhook that fails or harms: who is told, who stops it, and what support learns of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from notifications.tasks import deliver_due
from notifications.webhooks import actions
from notifications.webhooks.actions import FAILING_FOR
from notifications.webhooks.delivery import call_batch
from notifications.webhooks.models import Webhook
from notifications.webhooks.signing import unseal
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from portal.identity.enums import Role
from portal.identity.models import Membership
from tests.cast import Cast
from tests.notifications.webhooks.conftest import SHARED, Kept

Happen = Callable[..., int]
URL = "https://desk.example/in?token=abc"
TYPED = {"name": "Desk", "url": "https://elsewhere.example/", "events": [SHARED]}


@pytest.fixture
def theirs(cast: Cast, hook: Callable[..., Webhook]) -> Webhook:
    return hook(cast.acme.tenant, URL, account=cast.acme.big.account, name="Desk", events=[SHARED])


@pytest.fixture
def admin(cast: Cast, client_of: Callable[..., Client]) -> Client:
    return client_of(cast.acme.admin)


@pytest.fixture
def big(cast: Cast, client_of: Callable[..., Client]) -> Client:
    return client_of(cast.acme.big.admin)


@pytest.fixture
def told(cast: Cast, acting_in: Any) -> Callable[[], list[tuple[int, str]]]:
    def told() -> list[tuple[int, str]]:
        with acting_in(cast.acme.tenant):
            rows = Notification.objects.filter(kind__startswith="webhooks.").order_by("created_at", "id")
            return list(rows.values_list("recipient_id", "kind"))

    return told


def _fail(cast: Cast, theirs: Webhook, happen: Happen, kept: type[Kept]) -> None:
    happen(cast.acme.tenant, event=SHARED, account_id=cast.acme.big.account.pk)
    kept.change(theirs, failing_since=timezone.now() - FAILING_FOR - timedelta(minutes=1))
    call_batch(lambda *_: 500)


def test_the_administrators_of_the_account_are_told_of_its_failure_and_nobody_else(
    cast: Cast, theirs: Webhook, happen: Happen, kept: type[Kept], told: Any
) -> None:
    _fail(cast, theirs, happen, kept)
    assert kept.webhook(theirs).state == "failed"
    assert told() == [(cast.acme.big.admin.pk, "webhooks.failed")]
    deliver_due()
    [letter] = mail.outbox
    assert cast.acme.big.admin.user.email in letter.to[0]
    assert "No call of the webhook “Desk” to desk.example has succeeded since" in letter.body
    assert "token" not in letter.body


def test_who_is_no_administrator_any_more_gets_no_mail(
    cast: Cast, theirs: Webhook, happen: Happen, kept: type[Kept], acting_in: Any
) -> None:
    _fail(cast, theirs, happen, kept)
    with acting_in(cast.acme.tenant):
        Membership.objects.filter(pk=cast.acme.big.admin.pk).update(role=Role.CUSTOMER)
    deliver_due()
    assert mail.outbox == []


def test_administrators_of_the_portal_see_name_host_and_state_and_no_more(
    cast: Cast, theirs: Webhook, admin: Client
) -> None:
    page = admin.get("/customers/BIG/").text
    assert ("Desk" in page, "desk.example" in page) == (True, True)
    hidden = ("token=abc", "/in?", theirs.secret, unseal(theirs.secret))
    assert [secret for secret in hidden if secret in page] == []
    assert "desk.example" not in admin.get("/customers/SMA/").text


@pytest.mark.parametrize("who", ["lead", "agent", "csm"])
def test_other_staff_see_none_of_them(
    cast: Cast, theirs: Webhook, client_of: Callable[..., Client], kept: type[Kept], who: str
) -> None:
    browser = client_of(getattr(cast.acme, who))
    assert "desk.example" not in browser.get("/customers/BIG/").text
    assert browser.post(f"/settings/webhooks/{theirs.pk}/hold/").status_code == 404
    assert kept.webhook(theirs).state == "on"


def test_one_that_is_stopped_stays_so_until_support_allows_it_again(
    cast: Cast, theirs: Webhook, admin: Client, big: Client, happen: Happen, kept: type[Kept], told: Any
) -> None:
    url = f"/settings/webhooks/{theirs.pk}/"
    happen(cast.acme.tenant, event=SHARED, account_id=cast.acme.big.account.pk)
    assert "Desk is stopped." in admin.post(f"{url}hold/", follow=True).text
    admin.post(f"{url}hold/")
    assert told() == [(cast.acme.big.admin.pk, "webhooks.held")]
    call_batch(lambda *_: 200)
    assert kept.facts(theirs) == [("dropped", 1, None, "switched_off")]
    assert "Nothing is sent there, and it can’t be changed or removed" in big.get(url).text
    for end, typed in (("switch/", {"on": "1"}), ("edit/", TYPED), ("remove/", {}), ("test/", {})):
        answer = big.post(f"{url}{end}", typed, follow=True).text
        assert "Support has stopped this webhook." in answer or "The webhook is off." in answer
    big.post(f"{url}switch/")
    stopped = kept.webhook(theirs)
    assert (stopped.state, stopped.url) == ("held", URL)
    again = big.post("/settings/webhooks/new/", {**TYPED, "url": URL}).text
    assert "Another webhook has this address." in again
    admin.post(f"{url}hold/", {"release": "1"})
    assert (kept.webhook(theirs).state, told()[-1]) == ("off", (cast.acme.big.admin.pk, "webhooks.released"))
    big.post(f"{url}switch/", {"on": "1"})
    assert kept.webhook(theirs).state == "on"


def test_letters_say_what_support_did(cast: Cast, theirs: Webhook, admin: Client) -> None:
    for typed in ({}, {"release": "1"}):
        admin.post(f"/settings/webhooks/{theirs.pk}/hold/", typed)
    deliver_due()
    letters = {letter.subject: letter.body for letter in mail.outbox}
    assert letters.keys() == {
        "Support has stopped the webhook “Desk”",
        "Support allows the webhook “Desk” again",
    }
    assert "Nothing is sent there until support allows it again." in " ".join(
        letters["Support has stopped the webhook “Desk”"].split()
    )


def test_releasing_what_runs_changes_nothing(
    cast: Cast, theirs: Webhook, admin: Client, kept: type[Kept], told: Any
) -> None:
    admin.post(f"/settings/webhooks/{theirs.pk}/hold/", {"release": "1"})
    assert (kept.webhook(theirs).state, told()) == ("on", [])


@pytest.mark.parametrize("who", ["its own administrator", "another tenant's", "a lead"])
def test_only_an_administrator_of_the_tenant_stops_it(
    cast: Cast, theirs: Webhook, client_of: Callable[..., Client], kept: type[Kept], acting_in: Any, who: str
) -> None:
    actor = {
        "its own administrator": cast.acme.big.admin,
        "another tenant's": cast.rival.admin,
        "a lead": cast.acme.lead,
    }[who]
    assert client_of(actor).post(f"/settings/webhooks/{theirs.pk}/hold/").status_code == 404
    with acting_in(cast.acme.tenant):
        webhook = Webhook.objects.select_related("tenant").get()
        for act in (actions.hold_webhook, actions.release_webhook):
            with pytest.raises(NotAllowed):
                act(webhook=webhook, actor=actor)
    assert kept.webhook(theirs).state == "on"


def test_the_tenant_s_own_are_switched_off_not_stopped(
    cast: Cast, hook: Callable[..., Webhook], admin: Client, kept: type[Kept]
) -> None:
    own = hook(cast.acme.tenant, "https://pager.example/")
    assert admin.post(f"/settings/webhooks/{own.pk}/hold/").status_code == 404
    assert kept.webhook(own).state == "on"


def test_an_edit_that_was_begun_before_is_refused_after_it_was_stopped(
    cast: Cast, theirs: Webhook, acting_as: Any, kept: type[Kept]
) -> None:
    with acting_as(cast.acme.big.admin):
        before = Webhook.objects.select_related("tenant").get()
    kept.change(theirs, state="held")
    with acting_as(cast.acme.big.admin):
        for act in (
            lambda: actions.edit_webhook(webhook=before, actor=cast.acme.big.admin, **TYPED),
            lambda: actions.remove_webhook(webhook=before, actor=cast.acme.big.admin),
        ):
            with pytest.raises(Refused, match="Support has stopped this webhook"):
                act()
        actions.switch_on(webhook=before, actor=cast.acme.big.admin)
    assert (kept.webhook(theirs).state, kept.webhook(theirs).url) == ("held", URL)


def test_the_audit_says_it_in_words_and_leads_to_the_customer(
    cast: Cast, theirs: Webhook, admin: Client, acting_in: Any
) -> None:
    admin.post(f"/settings/webhooks/{theirs.pk}/hold/")
    with acting_in(cast.acme.tenant):
        entry = HistoryEntry.objects.get(subject_type="webhook")
    assert (entry.verb, entry.account_id) == ("held", cast.acme.big.account.pk)
    page = admin.get("/settings/audit/").text
    assert "stopped the webhook Desk" in page
    assert f"/settings/webhooks/{theirs.pk}/" not in page
