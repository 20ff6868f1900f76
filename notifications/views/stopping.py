"""Behind the link of a mail that stops such mail: without a session, for whoever has the link (RFC 8058)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications.access import Subscription, subscription_for
from notifications.actions import resume_mail, stop_mail
from notifications.enums import Channel, Choice
from notifications.queries import wishes_of
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.guards import public
from portal.identity.models import Membership
from portal.identity.requests import PortalRequest

_ONE_CLICK = "One-Click"


@csrf_exempt  # mail programs send the POST: what it may do is in the sealed link
@never_cache
@require_http_methods(["GET", "POST"])
@public
def stop(request: PortalRequest, token: str) -> HttpResponse:
    """A GET shows what would be stopped, and a button; the POST of the button or a mail program stops it."""
    subscription = subscription_for(request.tenant, token)
    with _acting_as(subscription.person):
        if request.POST.get("List-Unsubscribe") == _ONE_CLICK:
            stop_mail(person=subscription.person, topics=subscription.topics)
        return _page(request, token, subscription)


@require_POST
@public
def undo(request: PortalRequest, token: str) -> HttpResponse:
    person, topics = subscription_for(request.tenant, token)
    with _acting_as(person):
        resume_mail(person=person, topics=topics)
    messages.success(request, _("It is as it was before."))
    return redirect("notifications:stop", token)


def _page(request: PortalRequest, token: str, subscription: Subscription) -> HttpResponse:
    person, topics = subscription
    wishes = wishes_of(person)
    stopped = all(wishes.choice(topic, Channel.MAIL) == Choice.OFF for topic in topics)
    context = {"token": token, "topics": topics, "stopped": stopped}
    return render(request, "notifications/stop.html", context)


@contextmanager
def _acting_as(person: Membership) -> Iterator[None]:
    """Whoever has the link: only that person's own rows are seen and written."""
    account = person.account_id or EVERY_ACCOUNT
    with acting(tenant_id=person.tenant_id, account_id=account, user_id=person.user_id):
        yield
