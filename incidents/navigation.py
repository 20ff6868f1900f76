"""This app's entries in the navigation and its panels on the two homes."""

from django.utils.translation import gettext_lazy as _

from incidents import rules
from incidents.reports.rules import sees_reports
from incidents.views.lists import home_panel
from incidents.views.queue import work_panel
from incidents.views.solutions import solved_panel
from plans.views import shell
from portal.core.ui import navigation, panels
from portal.core.ui.navigation import Entry, Place
from portal.identity.navigation import ADMINISTRATION


def register_entries() -> None:
    navigation.register(
        Entry(
            place=Place.CUSTOMER,
            key="incidents",
            label=_("Incidents"),
            url_name="incidents:list",
            icon="ticket",
            position=10,
        ),
        Entry(
            place=Place.ACTION,
            key="log",
            label=_("Log an incident"),
            url_name="incidents:new",
            icon="plus",
            position=10,
            shown_to=lambda person: person.is_contact,
            shortcut="n",
        ),
        Entry(
            place=Place.UNANSWERED,
            key="log",
            label=_("Log an incident"),
            url_name="incidents:new",
            icon="plus",
            position=10,
        ),
        *(
            Entry(
                place=place,
                key="reports",
                label=_("Reports"),
                url_name="incidents:reports",
                icon="chart-column",
                position=50,
                shown_to=sees_reports,
            )
            for place in (Place.STAFF, Place.CUSTOMER)
        ),
    )
    _register_staff_entries()


def _register_staff_entries() -> None:
    navigation.register(
        Entry(
            place=Place.STAFF,
            key="queue",
            label=_("Queue"),
            url_name="incidents:queue",
            icon="list-ordered",
            position=10,
        ),
        Entry(
            place=Place.STAFF,
            key="incidents",
            label=_("All incidents"),
            url_name="incidents:list",
            icon="ticket",
            position=20,
        ),
        Entry(
            place=Place.STAFF,
            key="duty",
            label=_("On duty"),
            url_name="incidents:duty",
            icon="calendar-clock",
            position=30,
            shown_to=rules.runs_rota,
        ),
        Entry(
            place=Place.STAFF,
            key="ladder",
            label=_("Alerts"),
            url_name="incidents:ladder",
            icon="bell-ring",
            position=95,
            group=ADMINISTRATION,
            shown_to=rules.edits_ladder,
        ),
    )


def register_tabs() -> None:
    shell.add_tab("incidents:rehearsal", _("Rehearsal"))


def register_panels() -> None:
    panels.register(
        panels.Panel(
            place=panels.Place.CUSTOMER_HOME,
            key="incidents",
            position=10,
            template="incidents/panels/mine.html",
            context=home_panel,
        ),
        panels.Panel(
            place=panels.Place.OWN_PLAN,
            key="plan_question",
            position=10,
            template="incidents/panels/plan_question.html",
            context=lambda request, account: {},
            aside=True,
        ),
        panels.Panel(
            place=panels.Place.STAFF_HOME,
            key="work",
            position=10,
            template="incidents/panels/work.html",
            context=work_panel,
        ),
        panels.Panel(
            place=panels.Place.SOLUTION,
            key="solved",
            position=10,
            template="incidents/panels/solved.html",
            context=solved_panel,
        ),
    )
