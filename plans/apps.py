from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self) -> None:
        # Models and their apps are loaded by now, not before.
        from plans.actions import furnish_tenant
        from portal.identity.registry import furnishings

        furnishings.register(furnish_tenant)
