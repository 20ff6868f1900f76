from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications.audited import register_audited  # all need the app registry
        from portal.core.ui.navigation import Entry, Place, register

        register_audited()
        register(
            Entry(
                place=Place.BAR,
                key="notifications",
                label=_("Notifications"),
                url_name="notifications:list",
                icon="bell",
                position=10,
                count_url_name="notifications:unread",
            ),
            Entry(
                place=Place.PERSON,
                key="notification_preferences",
                label=_("How you are told"),
                url_name="notifications:preferences",
                icon="bell-ring",
                position=15,
            ),
        )
