from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from incidents.clocks.ladder import furnish_ladder
        from incidents.kinds import register_kinds
        from incidents.reports.rules import sees_reports
        from incidents.views.lists import home_panel
        from incidents.views.queue import work_panel
        from portal.core.ui import navigation, panels
        from portal.identity.registry import furnishings

        furnishings.register(furnish_ladder)
        register_kinds()
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
