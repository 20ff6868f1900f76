from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from portal.core.ui.navigation import Entry, Place, register  # needs the app registry

        register(
            Entry(
                place=Place.BAR,
                key="notifications",
                label=_("Notifications"),
                url_name="notifications:list",
                icon="bell",
                position=10,
                count_url_name="notifications:unread",
            )
        )
