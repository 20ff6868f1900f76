from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from plans.actions import furnish_tenant
        from plans.audited import register_audited
        from plans.navigation import register_entries
        from portal.identity.registry import furnishings

        furnishings.register(furnish_tenant)
        register_audited()
        register_entries()
