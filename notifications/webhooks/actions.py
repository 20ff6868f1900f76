"""Webhooks: who is told, what administrators do with them, and how long a failing one is called.

A webhook belongs to the tenant or to one of its accounts (``account``); all that is done to the one is done
to the other.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.enums import DeliveryState
from notifications.events import NEWS
from notifications.webhooks import outgoing, rules, store
from notifications.webhooks.enums import CallTrouble, WebhookState
from notifications.webhooks.events import TEST, Occurrence, event_of, may_be_told
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.outgoing import Unsent
from notifications.webhooks.owners import lock_owner, most_webhooks, others_beside, tell_owner
from notifications.webhooks.signing import new_secret, seal
from notifications.webhooks.store import Outcome
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.core.tenancy import EVERY_ACCOUNT, acting, current_scope
from portal.core.waking import wake_after_commit
from portal.identity.models import Account, Membership, Tenant

OLD_SECRET_GOOD_FOR = timedelta(hours=24)
FAILING_FOR = timedelta(hours=48)
"""A webhook that has failed for so long without one success is switched off at its next failure."""
KEPT_FOR = timedelta(days=30)
"""Calls that are older are forgotten."""
_CALL = "notifications.webhooks.tasks.call_due"


def tell_webhooks(
    *,
    tenant: Tenant,
    event: str,
    key: str,
    data: Mapping[str, Any],
    account_id: int | None = None,
    at: datetime | None = None,
) -> int:
    """Call webhooks for one event: :func:`tell_webhooks_many` with its parts."""
    occurrence = Occurrence(event=event, key=key, data=data, account_id=account_id, at=at or timezone.now())
    return tell_webhooks_many(tenant=tenant, occurrences=[occurrence])


def tell_webhooks_many(*, tenant: Tenant, occurrences: Iterable[Occurrence]) -> int:
    """Store one call for each event and each webhook that asks for it; once, however often it is told.

    The tenant's webhooks, and those of the account whose event it is, if the event is for accounts.

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
    *,
    tenant: Tenant,
    account: Account | None,
    name: str,
    url: str,
    events: Sequence[str],
    actor: Membership,
) -> tuple[Webhook, str]:
    """A webhook of the tenant, or of the account, and its secret, which can't be had again."""
    secret = new_secret()
    webhook = Webhook(
        tenant=tenant, account=account, name=name, url=url, events=list(events), secret=seal(secret)
    )
    _check_right(actor, webhook)
    lock_owner(webhook)
    most = most_webhooks(webhook.account_id)
    if others_beside(webhook).count() >= most:
        raise Refused(_("There are %(most)s webhooks already. Remove one first.") % {"most": most})
    _check_what_is_asked(webhook)
    webhook.save(force_insert=True)
    _record(webhook, "added", actor, host=webhook.host, events=list(events))
    return webhook, secret


@transaction.atomic
def edit_webhook(*, webhook: Webhook, name: str, url: str, events: Sequence[str], actor: Membership) -> None:
    _check_right(actor, webhook)
    lock_owner(webhook)
    webhook = _locked(webhook)
    _must_not_be_held(webhook)
    webhook.name, webhook.url, webhook.events = name, url, list(events)
    _check_what_is_asked(webhook)
    webhook.save(update_fields=["name", "url", "events"])
    _record(webhook, "edited", actor, host=webhook.host, events=list(events))


@transaction.atomic
def renew_secret(*, webhook: Webhook, actor: Membership) -> str:
    """A new secret; the one before it signs as well for 24 hours."""
    _check_right(actor, webhook)
    webhook = _locked(webhook)
    secret = new_secret()
    webhook.old_secret, webhook.secret = webhook.secret, seal(secret)
    webhook.old_secret_until = timezone.now() + OLD_SECRET_GOOD_FOR
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _record(webhook, "secret_renewed", actor)
    return secret


def switch_on(*, webhook: Webhook, actor: Membership) -> None:
    """From now on; what happened while it was off is not made up for."""
    _check_right(actor, webhook)
    _must_not_be_held(webhook)
    off = _row(webhook).filter(state__in=[WebhookState.OFF, WebhookState.FAILED])
    if off.update(state=WebhookState.ON, failing_since=None):
        _record(webhook, "switched_on", actor)


def switch_off(*, webhook: Webhook, actor: Membership) -> None:
    """What still waits is dropped when its turn comes."""
    _check_right(actor, webhook)
    if _row(webhook).filter(state=WebhookState.ON).update(state=WebhookState.OFF):
        _record(webhook, "switched_off", actor)


@transaction.atomic
def hold_webhook(*, webhook: Webhook, actor: Membership) -> None:
    """The tenant stops a webhook of an account that does harm, until it allows it again; its owners are told.

    Till then they can neither switch it on, nor lead it elsewhere, nor add its address again.

    :raises NotAllowed: it is the tenant's own, or the actor doesn't run the portal.
    """
    _check_may_hold(actor, webhook)
    if _row(webhook).exclude(state=WebhookState.HELD).update(state=WebhookState.HELD):
        _record(webhook, "held", actor)
        tell_owner(webhook, "webhooks.held", uuid.uuid4().hex)


@transaction.atomic
def release_webhook(*, webhook: Webhook, actor: Membership) -> None:
    """It is off then, and its owners, who are told, switch it on when they are ready.

    :raises NotAllowed: as for :func:`hold_webhook`.
    """
    _check_may_hold(actor, webhook)
    if _row(webhook).filter(state=WebhookState.HELD).update(state=WebhookState.OFF, failing_since=None):
        _record(webhook, "released", actor)
        tell_owner(webhook, "webhooks.released", uuid.uuid4().hex)


@transaction.atomic
def remove_webhook(*, webhook: Webhook, actor: Membership) -> None:
    """With its log."""
    _check_right(actor, webhook)
    webhook = _locked(webhook)
    _must_not_be_held(webhook)
    _record(webhook, "removed", actor, host=webhook.host)
    webhook.delete()


def call_for_test(*, webhook: Webhook, actor: Membership) -> Call:
    """A call on the same way as any other. Raises Refused while the webhook is off."""
    _check_right(actor, webhook)
    _must_be_on(webhook)
    call = Call.objects.create(
        tenant_id=webhook.tenant_id,
        account_id=webhook.account_id,
        webhook=webhook,
        event=TEST.code,
        key=uuid.uuid4().hex,
        data={"by": actor.name},
    )
    wake_after_commit(_CALL)
    return call


def call_again(*, call: Call, actor: Membership) -> None:
    """Try a call that has ended without success once more from the start, under the same id."""
    _check_right(actor, call.webhook)
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
        _note_failure(webhook.select_related("tenant").get())


def forget_old_calls(*, tenant_id: int) -> int:
    """Delete what was told longer ago than :data:`KEPT_FOR`, in the tenant's scope."""
    old = Call.objects.filter(tenant_id=tenant_id, at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]


def _note_failure(webhook: Webhook) -> None:
    _record(webhook, "failed", None)
    tell_owner(webhook, "webhooks.failed", str(webhook.failing_since), since=webhook.failing_since)


def _record(webhook: Webhook, verb: str, actor: Membership | None, **data: Any) -> None:
    """What was done to one of the tenant's is for staff only."""
    record(webhook, verb, actor, internal=webhook.account_id is None, name=webhook.name, **data)


def _among_webhooks_of(tenant: Tenant) -> AbstractContextManager[None]:
    """A contact's transaction sees no webhooks: for this one statement it acts for the tenant."""
    if current_scope().account_id == EVERY_ACCOUNT:
        return nullcontext()
    return acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT, user_id=current_scope().user_id)


def _check_right(actor: Membership, webhook: Webhook) -> None:
    if not rules.manages_webhooks(actor, webhook.tenant_id, webhook.account_id):
        raise NotAllowed(_("Webhooks are for administrators only."))


def _check_may_hold(actor: Membership, webhook: Webhook) -> None:
    if not rules.may_hold(actor, webhook):
        raise NotAllowed(_("Only administrators of the portal stop webhooks of a customer."))


def _check_what_is_asked(webhook: Webhook) -> None:
    """The events are for its owner, and its address can be called and is once among its owner's."""
    if not all(may_be_told(code, webhook.account_id) for code in webhook.events):
        raise Refused(_("One of these events is for the portal’s own systems only."), field="events")
    try:
        outgoing.checked(webhook.url)
    except Unsent:
        raise Refused(
            _("Calls go to public addresses that begin with https:// only. Give one of those."), field="url"
        ) from None
    if others_beside(webhook).filter(url=webhook.url).exists():
        raise Refused(_("Another webhook has this address. Choose its events there."), field="url")


def _must_be_on(webhook: Webhook) -> None:
    if webhook.state != WebhookState.ON:
        raise Refused(_("The webhook is off. Switch it on first."))


def _must_not_be_held(webhook: Webhook) -> None:
    if webhook.state == WebhookState.HELD:
        raise Refused(_("Support has stopped this webhook. Ask support to allow it again first."))


def _row(webhook: Webhook) -> QuerySet[Webhook]:
    return Webhook.objects.filter(tenant_id=webhook.tenant_id, pk=webhook.pk)


def _locked(webhook: Webhook) -> Webhook:
    return _row(webhook).select_for_update().get()
