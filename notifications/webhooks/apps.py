from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "notifications.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from notifications.kinds import register as register_kinds
        from notifications.webhooks.audited import register_audited
        from notifications.webhooks.kinds import KINDS
        from notifications.webhooks.rules import manages_webhooks_of_account
        from notifications.webhooks.views import account_panel
        from portal.core.ui import panels
        from portal.core.ui.navigation import Entry, Place, register
        from portal.identity.navigation import ADMINISTRATION
        from portal.identity.rules import may_run_portal

        register_kinds(*KINDS)
        register_audited()
        for place, position, group, shown_to in (
            (Place.STAFF, 98, ADMINISTRATION, may_run_portal),
            (Place.PERSON, 81, "", manages_webhooks_of_account),
        ):
            register(
                Entry(
                    place=place,
                    key="webhooks",
                    label=_("Webhooks"),
                    url_name="webhooks:list",
                    icon="webhook",
                    position=position,
                    group=group,
                    shown_to=shown_to,
                )
            )
        panels.register(
            panels.Panel(
                place=panels.Place.ACCOUNT,
                key="webhooks",
                position=40,
                template="webhooks/panels/account.html",
                context=account_panel,
                shown_to=may_run_portal,
            )
        )
