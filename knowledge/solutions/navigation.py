"""This app's entries in the navigation and its panel on the staff's home."""

from django.utils.translation import gettext_lazy as _

from knowledge.solutions.views.lists import to_read_panel
from portal.core.ui import panels
from portal.core.ui.navigation import Entry, Place, register


def register_entries() -> None:
    for place, position in ((Place.STAFF, 35), (Place.CUSTOMER, 20)):
        register(
            Entry(
                place=place,
                key="solutions",
                label=_("Solutions"),
                url_name="solutions:list",
                icon="lightbulb",
                position=position,
            )
        )


def register_panels() -> None:
    panels.register(
        panels.Panel(
            place=panels.Place.STAFF_HOME,
            key="solutions",
            position=30,
            template="solutions/panels/to_read.html",
            context=to_read_panel,
        )
    )
