"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.webhooks.models import Webhook
from portal.core.audit import Found, Kind, Said, register
from portal.identity.models import Membership


def _webhooks(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    """One of an account leads to the account: its own page is for the account's administrators only."""
    rows = Webhook.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return {
        pk: Found(name, reverse("identity:account", args=[key]) if key else _page_of(pk))
        for pk, name, key in rows.values_list("pk", "name", "account__key")
    }


def _page_of(pk: int) -> str:
    return reverse("webhooks:webhook", args=[pk])


def register_audited() -> None:
    register(
        Kind(
            model=Webhook,
            label=_("Webhook"),
            find=_webhooks,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the webhook %(name)s to %(host)s: %(events)s")),
                "edited": Said(_("Edited"), _("%(who)s edited the webhook %(name)s to %(host)s: %(events)s")),
                "secret_renewed": Said(
                    _("Secret renewed"), _("%(who)s renewed the secret of the webhook %(name)s")
                ),
                "switched_on": Said(_("Switched on"), _("%(who)s switched the webhook %(name)s on")),
                "switched_off": Said(_("Switched off"), _("%(who)s switched the webhook %(name)s off")),
                "held": Said(_("Stopped by support"), _("%(who)s stopped the webhook %(name)s")),
                "released": Said(_("Allowed again"), _("%(who)s allowed the webhook %(name)s again")),
                "removed": Said(_("Removed"), _("%(who)s removed the webhook %(name)s to %(host)s")),
                "failed": Said(_("Failed"), _("The webhook %(name)s failed and was switched off")),
            },
        )
    )
