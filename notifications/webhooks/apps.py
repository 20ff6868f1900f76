from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "notifications.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from notifications.kinds import register as register_kinds
        from notifications.webhooks.audited import register_audited
        from notifications.webhooks.kinds import FAILED
        from portal.core.ui.navigation import Entry, Place, register
        from portal.identity.navigation import ADMINISTRATION
        from portal.identity.rules import may_run_portal

        register_kinds(FAILED)
        register_audited()
        register(
            Entry(
                place=Place.STAFF,
                key="webhooks",
                label=_("Webhooks"),
                url_name="webhooks:list",
                icon="webhook",
                position=98,
                group=ADMINISTRATION,
                shown_to=may_run_portal,
            )
        )
