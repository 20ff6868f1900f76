"""Webhooks: who is told, what administrators do with them, and how long a failing one is called."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions import notify
from notifications.enums import DeliveryState
from notifications.events import NEWS
from notifications.webhooks import outgoing, store
from notifications.webhooks.enums import CallTrouble, WebhookState
from notifications.webhooks.events import TEST, Occurrence, event_of
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.outgoing import Unsent
from notifications.webhooks.signing import new_secret, seal
from notifications.webhooks.store import Outcome
from portal.core.errors import Refused
from portal.core.history import record
from portal.core.tenancy import EVERY_ACCOUNT, acting, current_scope
from portal.core.waking import wake_after_commit
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant

OLD_SECRET_GOOD_FOR = timedelta(hours=24)
FAILING_FOR = timedelta(hours=48)
"""A webhook that has failed for so long without one success is switched off at its next failure."""
KEPT_FOR = timedelta(days=30)
"""Calls that are older are forgotten."""
MOST = 20
"""Webhooks of one tenant."""
_CALL = "notifications.webhooks.tasks.call_due"


def tell_webhooks(
    *, tenant: Tenant, event: str, key: str, data: Mapping[str, Any], at: datetime | None = None
) -> int:
    """Call the tenant's webhooks for one event: :func:`tell_webhooks_many` with its parts."""
    occurrence = Occurrence(event=event, key=key, data=data, at=at or timezone.now())
    return tell_webhooks_many(tenant=tenant, occurrences=[occurrence])


def tell_webhooks_many(*, tenant: Tenant, occurrences: Iterable[Occurrence]) -> int:
    """Store one call for each event and each webhook that asks for it; once, however often it is told.

    To be called in the transaction of the events. One statement for any number of events, and those
    that widen a contact's scope to the tenant's webhooks. What happened longer ago than
    ``notifications.events.NEWS`` is history: nobody is called.

    :returns: how many calls were stored.
    :raises LookupError: an event is not registered; nothing is stored.
    """
    history = timezone.now() - NEWS
    news = [one for one in occurrences if event_of(one.event) and one.at > history]
    if not news:
        return 0
    with _among_webhooks_of(tenant):
        stored = store.store(tenant, news)
    if stored:
        wake_after_commit(_CALL)
    return stored


@transaction.atomic
def add_webhook(
    *, tenant: Tenant, name: str, url: str, events: Sequence[str], actor: Membership
) -> tuple[Webhook, str]:
    """A webhook, and its secret, which can't be had again."""
    _lock(tenant)
    if Webhook.objects.filter(tenant=tenant).count() >= MOST:
        raise Refused(_("There are %(most)s webhooks already. Remove one first.") % {"most": MOST})
    _check_address(tenant, url)
    secret = new_secret()
    webhook = Webhook.objects.create(
        tenant=tenant, name=name, url=url, events=list(events), secret=seal(secret)
    )
    record(webhook, "added", actor, internal=True, name=name, host=webhook.host, events=list(events))
    return webhook, secret


@transaction.atomic
def edit_webhook(*, webhook: Webhook, name: str, url: str, events: Sequence[str], actor: Membership) -> None:
    _lock(webhook.tenant)
    _check_address(webhook.tenant, url, but=webhook)
    webhook.name, webhook.url, webhook.events = name, url, list(events)
    webhook.save(update_fields=["name", "url", "events"])
    record(webhook, "edited", actor, internal=True, name=name, host=webhook.host, events=list(events))


@transaction.atomic
def renew_secret(*, webhook: Webhook, actor: Membership) -> str:
    """A new secret; the one before it signs as well for 24 hours."""
    webhook = _locked(webhook)
    secret = new_secret()
    webhook.old_secret, webhook.secret = webhook.secret, seal(secret)
    webhook.old_secret_until = timezone.now() + OLD_SECRET_GOOD_FOR
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record(webhook, "secret_renewed", actor, internal=True, name=webhook.name)
    return secret


def switch_on(*, webhook: Webhook, actor: Membership) -> None:
    """From now on; what happened while it was off is not made up for."""
    off = Webhook.objects.filter(tenant_id=webhook.tenant_id, pk=webhook.pk).exclude(state=WebhookState.ON)
    if off.update(state=WebhookState.ON, failing_since=None):
        record(webhook, "switched_on", actor, internal=True, name=webhook.name)


def switch_off(*, webhook: Webhook, actor: Membership) -> None:
    """What still waits is dropped when its turn comes."""
    on = Webhook.objects.filter(tenant_id=webhook.tenant_id, pk=webhook.pk, state=WebhookState.ON)
    if on.update(state=WebhookState.OFF):
        record(webhook, "switched_off", actor, internal=True, name=webhook.name)


@transaction.atomic
def remove_webhook(*, webhook: Webhook, actor: Membership) -> None:
    """With its log."""
    record(webhook, "removed", actor, internal=True, name=webhook.name, host=webhook.host)
    webhook.delete()


def call_for_test(*, webhook: Webhook, actor: Membership) -> Call:
    """A call on the same way as any other. Raises Refused while the webhook is off."""
    _must_be_on(webhook)
    call = Call.objects.create(
        tenant_id=webhook.tenant_id,
        webhook=webhook,
        event=TEST.code,
        key=uuid.uuid4().hex,
        data={"by": actor.name},
    )
    wake_after_commit(_CALL)
    return call


def call_again(*, call: Call) -> None:
    """Try a call that has ended without success once more from the start, under the same id."""
    _must_be_on(call.webhook)
    ended = Call.objects.filter(
        tenant_id=call.tenant_id, pk=call.pk, state__in=[DeliveryState.FAILED, DeliveryState.DROPPED]
    )
    if not ended.update(state=DeliveryState.QUEUED, attempts=0, trouble="", due_at=timezone.now()):
        raise Refused(_("This call has arrived, or is still being tried."))
    wake_after_commit(_CALL)


def note_health(*, tenant_id: int, webhook_id: int, outcomes: Sequence[Outcome]) -> None:
    """Remember since when a webhook fails, from what its last calls came to; switch it off in time."""
    called = [outcome for outcome in outcomes if outcome.called]
    if not called:
        return
    webhook = Webhook.objects.filter(tenant_id=tenant_id, pk=webhook_id)
    if called[-1].state == DeliveryState.SENT:
        webhook.exclude(failing_since=None).update(failing_since=None)
        return
    now = timezone.now()
    webhook.filter(failing_since=None).update(failing_since=now)
    over = webhook.filter(state=WebhookState.ON)
    if called[-1].trouble != CallTrouble.GONE:
        over = over.filter(failing_since__lte=now - FAILING_FOR)
    if over.update(state=WebhookState.FAILED):
        _tell_admins(webhook.select_related("tenant").get())


def forget_old_calls(*, tenant_id: int) -> int:
    """Delete what was told longer ago than :data:`KEPT_FOR`, in the tenant's scope."""
    old = Call.objects.filter(tenant_id=tenant_id, at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]


def _tell_admins(webhook: Webhook) -> None:
    record(webhook, "failed", None, internal=True, name=webhook.name)
    admins = Membership.objects.current().filter(tenant_id=webhook.tenant_id, role=Role.ADMIN)
    notify(
        tenant=webhook.tenant,
        kind="webhooks.failed",
        key=f"{webhook.pk}:{webhook.failing_since}",
        recipients=admins,
        url=reverse("webhooks:webhook", args=[webhook.pk]),
        data={"name": webhook.name, "host": webhook.host, "since": webhook.failing_since},
    )


def _among_webhooks_of(tenant: Tenant) -> AbstractContextManager[None]:
    """A contact's transaction sees no webhooks: for this one statement it acts for the tenant."""
    if current_scope().account_id == EVERY_ACCOUNT:
        return nullcontext()
    return acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT, user_id=current_scope().user_id)


def _check_address(tenant: Tenant, url: str, *, but: Webhook | None = None) -> None:
    try:
        outgoing.checked(url)
    except Unsent:
        raise Refused(
            _("Calls go to public addresses that begin with https:// only. Give one of those."), field="url"
        ) from None
    others = Webhook.objects.filter(tenant=tenant, url=url)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Refused(_("Another webhook has this address. Choose its events there."), field="url")


def _must_be_on(webhook: Webhook) -> None:
    if webhook.state != WebhookState.ON:
        raise Refused(_("The webhook is off. Switch it on first."))


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update().get(tenant_id=webhook.tenant_id, pk=webhook.pk)


def _lock(tenant: Tenant) -> None:
    Tenant.objects.select_for_update().get(pk=tenant.pk)
