"""Webhooks and the log of each: the portal's for its administrators, an account's for its own."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications.enums import DeliveryState
from notifications.webhooks import actions
from notifications.webhooks.access import call_for, webhook_for, webhook_to_hold
from notifications.webhooks.enums import WebhookState
from notifications.webhooks.events import events_to_choose, label_of
from notifications.webhooks.forms import WebhookForm
from notifications.webhooks.models import Call, Webhook
from notifications.webhooks.owners import most_webhooks
from notifications.webhooks.queries import known_webhooks_of, log_of, webhooks_of
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_fields
from portal.identity.models import Account
from portal.identity.requests import PersonRequest

_STATE_TONES = {
    WebhookState.ON: "ok",
    WebhookState.OFF: "neutral",
    WebhookState.FAILED: "danger",
    WebhookState.HELD: "danger",
}
_CALL_TONES = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "ok",
    DeliveryState.FAILED: "danger",
    DeliveryState.DROPPED: "neutral",
}


@require_GET
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def webhooks(request: PersonRequest) -> HttpResponse:
    rows = [
        {"webhook": webhook, "tone": _STATE_TONES[WebhookState(webhook.state)], "events": _labels(webhook)}
        for webhook in webhooks_of(request.person)
    ]
    most = most_webhooks(request.person.account_id)
    return render(request, "webhooks/list.html", {"rows": rows, "may_add": len(rows) < most})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
@keeps_text
def new(request: PersonRequest) -> HttpResponse:
    """The answer to a good form shows the secret; nothing shows it again."""
    person = request.person
    form = WebhookForm(request.POST or kept_fields(request), account_id=person.account_id)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.add_webhook(
                tenant=request.tenant, account=person.account, actor=person, **form.cleaned_data
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _show(request, made, {"secret": secret, "made": True})
    nothing = not events_to_choose(person.account_id)
    return render(request, "webhooks/form.html", {"form": form, "nothing_to_tell": nothing})


@require_GET
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def webhook(request: PersonRequest, pk: int) -> HttpResponse:
    return _show(request, webhook_for(request.person, pk), {})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
@keeps_text
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = webhook_for(request.person, pk)
    form = WebhookForm(request.POST or kept_fields(request), account_id=found.account_id, webhook=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_webhook(webhook=found, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": form.cleaned_data["name"]})
            return redirect("webhooks:webhook", found.pk)
    return render(request, "webhooks/form.html", {"form": form, "webhook": found})


@require_POST
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def renew(request: PersonRequest, pk: int) -> HttpResponse:
    found = webhook_for(request.person, pk)
    secret = actions.renew_secret(webhook=found, actor=request.person)
    return _show(request, found, {"secret": secret})


@require_POST
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Off, or with ``on`` on again."""
    found = webhook_for(request.person, pk)
    try:
        if request.POST.get("on"):
            actions.switch_on(webhook=found, actor=request.person)
            messages.success(request, _("%(name)s is on.") % {"name": found.name})
        else:
            actions.switch_off(webhook=found, actor=request.person)
            messages.success(request, _("%(name)s is off.") % {"name": found.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("webhooks:webhook", found.pk)


@require_POST
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    found = webhook_for(request.person, pk)
    try:
        actions.remove_webhook(webhook=found, actor=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("webhooks:webhook", found.pk)
    messages.success(request, _("%(name)s was removed.") % {"name": found.name})
    return redirect("webhooks:list")


@require_POST
@role_required(Role.ADMIN)
def hold(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop a webhook of an account, or with ``release`` allow it again."""
    found = webhook_to_hold(request.person, pk)
    if request.POST.get("release"):
        actions.release_webhook(webhook=found, actor=request.person)
        messages.success(request, _("%(name)s can be switched on again.") % {"name": found.name})
    else:
        actions.hold_webhook(webhook=found, actor=request.person)
        messages.success(request, _("%(name)s is stopped.") % {"name": found.name})
    return redirect("identity:account", found.account.key)


@require_POST
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def test(request: PersonRequest, pk: int) -> HttpResponse:
    found = webhook_for(request.person, pk)
    try:
        actions.call_for_test(webhook=found, actor=request.person)
        messages.success(request, _("The test call is on its way; the log shows what became of it."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("webhooks:webhook", found.pk)


@require_POST
@role_required(Role.ADMIN, Role.CUSTOMER_ADMIN)
def again(request: PersonRequest, pk: int, call_id: uuid.UUID) -> HttpResponse:
    call = call_for(request.person, pk, call_id)
    try:
        actions.call_again(call=call, actor=request.person)
        messages.success(request, _("The call is on its way again."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("webhooks:webhook", pk)


def account_panel(request: HttpRequest, account: Account) -> dict[str, Any] | None:
    """What administrators of the portal see of an account's webhooks, on the account's page."""
    known = known_webhooks_of(cast(PersonRequest, request).person, account)
    rows = [{"known": one, "tone": _STATE_TONES[one.state]} for one in known]
    return {"rows": rows} if rows else None


def _show(request: PersonRequest, found: Webhook, more: Mapping[str, Any]) -> HttpResponse:
    cursor = request.GET.get("after", "")
    try:
        log = log_of(found, cursor)
    except Refused:
        raise Http404 from None
    context = {
        "webhook": found,
        "tone": _STATE_TONES[WebhookState(found.state)],
        "events": _labels(found),
        "is_on": found.state == WebhookState.ON,
        "is_held": found.state == WebhookState.HELD,
        "log": [_row(call) for call in log.rows],
        "pending": any(call.state in _PENDING for call in log.rows),
        "first_page": not cursor,
        "older": f"?after={log.next}" if log.next else "",
        **more,
    }
    return render(request, "webhooks/webhook.html", context)


_PENDING = (DeliveryState.QUEUED, DeliveryState.SENDING)


def _row(call: Call) -> dict[str, Any]:
    return {
        "call": call,
        "event": label_of(call.event),
        "tone": _CALL_TONES[DeliveryState(call.state)],
        "may_try_again": call.state in (DeliveryState.FAILED, DeliveryState.DROPPED),
        "next_at": call.due_at if call.state == DeliveryState.QUEUED and call.attempts else None,
    }


def _labels(webhook: Webhook) -> list[Any]:
    return [label_of(code) for code in webhook.events]
