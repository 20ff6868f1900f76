"""This app's entries in the navigation and its panels on the homes."""

from django.utils.translation import gettext_lazy as _

from knowledge.critical import rules
from knowledge.critical.views import loops, notices, registering, telling
from portal.core.ui import navigation, panels
from portal.core.ui.navigation import Entry, Place


def register_entries() -> None:
    """For contacts behind their initials, two clicks from what they are told of; the top bar is full."""
    navigation.register(
        Entry(
            place=Place.STAFF,
            key="critical",
            label=_("Critical solutions"),
            url_name="critical:list",
            icon="shield-alert",
            position=45,
            shown_to=rules.watches_loops,
        ),
        Entry(
            place=Place.PERSON,
            key="critical",
            label=_("Critical solutions"),
            url_name="critical:registrations",
            icon="shield-alert",
            position=16,
            shown_to=rules.registers,
        ),
    )


def register_panels() -> None:
    panels.register(
        panels.Panel(
            place=panels.Place.CUSTOMER_HOME,
            key="critical_suggestion",
            position=4,
            template="critical/panels/suggestion.html",
            context=registering.suggestion,
            shown_to=rules.registers,
        ),
        panels.Panel(
            place=panels.Place.CUSTOMER_HOME,
            key="critical",
            position=5,
            template="critical/panels/own.html",
            context=notices.own_panel,
            shown_to=rules.registers,
        ),
        panels.Panel(
            place=panels.Place.SOLUTION,
            key="critical",
            position=5,
            template="critical/panels/solution.html",
            context=telling.solution_panel,
            shown_to=rules.watches_loops,
        ),
        panels.Panel(
            place=panels.Place.STAFF_HOME,
            key="critical",
            position=20,
            template="critical/panels/exposed.html",
            context=loops.exposed_panel,
            shown_to=rules.follows_own_accounts,
        ),
    )
