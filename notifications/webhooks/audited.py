"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.webhooks.models import Webhook
from portal.core.audit import Found, Kind, Said, register
from portal.identity.models import Membership


def _webhooks(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Webhook.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "name")
    return {pk: Found(name, reverse("webhooks:webhook", args=[pk])) for pk, name in rows}


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
                "removed": Said(_("Removed"), _("%(who)s removed the webhook %(name)s to %(host)s")),
                "failed": Said(_("Failed"), _("The webhook %(name)s failed and was switched off")),
            },
        )
    )
