"""This app's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

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
