from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from incidents import rules
        from incidents.alerts.kinds import register_alert_kinds
        from incidents.alerts.standstill import watch_alerts
        from incidents.alerts.telling import ALERT
        from incidents.clocks.ladder import furnish_ladder
        from incidents.kinds import register_kinds
        from incidents.reports.rules import sees_reports
        from incidents.views.lists import home_panel
        from incidents.views.queue import work_panel
        from notifications.webhooks import events as webhooks
        from portal.core.ui import navigation, panels
        from portal.identity.navigation import ADMINISTRATION
        from portal.identity.registry import furnishings

        furnishings.register(furnish_ladder)
        register_kinds()
        register_alert_kinds()
        webhooks.register(ALERT)
        watch_alerts()
        navigation.register(
            navigation.Entry(
                place=navigation.Place.CUSTOMER,
                key="incidents",
                label=_("Incidents"),
                url_name="incidents:list",
                icon="ticket",
                position=10,
            ),
            navigation.Entry(
                place=navigation.Place.STAFF,
                key="queue",
                label=_("Queue"),
                url_name="incidents:queue",
                icon="list-ordered",
                position=10,
            ),
            navigation.Entry(
                place=navigation.Place.STAFF,
                key="incidents",
                label=_("All incidents"),
                url_name="incidents:list",
                icon="ticket",
                position=20,
            ),
            *(
                navigation.Entry(
                    place=place,
                    key="reports",
                    label=_("Reports"),
                    url_name="incidents:reports",
                    icon="chart-column",
                    position=50,
                    shown_to=sees_reports,
                )
                for place in (navigation.Place.STAFF, navigation.Place.CUSTOMER)
            ),
            navigation.Entry(
                place=navigation.Place.STAFF,
                key="duty",
                label=_("On duty"),
                url_name="incidents:duty",
                icon="calendar-clock",
                position=30,
                shown_to=rules.runs_rota,
            ),
            navigation.Entry(
                place=navigation.Place.STAFF,
                key="ladder",
                label=_("Alerts"),
                url_name="incidents:ladder",
                icon="bell-ring",
                position=95,
                group=ADMINISTRATION,
                shown_to=rules.edits_ladder,
            ),
            navigation.Entry(
                place=navigation.Place.ACTION,
                key="log",
                label=_("Log an incident"),
                url_name="incidents:new",
                icon="plus",
                position=10,
                shown_to=lambda person: person.is_contact,
                shortcut="n",
            ),
        )
        panels.register(
            panels.Panel(
                place=panels.Place.CUSTOMER_HOME,
                key="incidents",
                position=10,
                template="incidents/panels/mine.html",
                context=home_panel,
            ),
            panels.Panel(
                place=panels.Place.STAFF_HOME,
                key="work",
                position=10,
                template="incidents/panels/work.html",
                context=work_panel,
            ),
        )
