from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "portal.identity"
    label = "identity"

    def ready(self) -> None:
        from portal.identity import audited, navigation  # need the models, which are loaded by now

        audited.register_audited()
        navigation.register_entries()
