from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntitlementsConfig(AppConfig):
    name = "entitlements"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from entitlements import rules
        from entitlements.audited import register_audited
        from entitlements.sold import contracts_with_feature, contracts_with_plan
        from entitlements.views import accounts, fortunes, own
        from plans.registry import feature_uses, plan_uses
        from plans.views import shell
        from portal.core.ui import navigation, panels
        from portal.identity.navigation import ADMINISTRATION

        register_audited()
        plan_uses.register(contracts_with_plan)
        feature_uses.register(contracts_with_feature)
        shell.add_tab(fortunes.HERE, _("Who is affected"))
        navigation.register(
            navigation.Entry(
                place=navigation.Place.CUSTOMER,
                key="plan",
                label=_("My plan"),
                url_name="entitlements:my_plan",
                icon="badge-check",
                position=60,
            ),
            navigation.Entry(
                place=navigation.Place.STAFF,
                key="contracts",
                label=_("Contracts"),
                url_name="entitlements:sheets",
                icon="file-pen-line",
                position=92,
                group=ADMINISTRATION,
                shown_to=rules.may_manage_holdings,
            ),
        )
        panels.register(
            panels.Panel(
                place=panels.Place.CUSTOMER_HOME,
                key="plan",
                position=20,
                template="entitlements/panels/home.html",
                context=own.home_panel,
                aside=True,
            ),
            panels.Panel(
                place=panels.Place.ACCOUNT,
                key="contracts",
                position=10,
                template="entitlements/panels/account.html",
                context=accounts.account_panel,
            ),
        )
