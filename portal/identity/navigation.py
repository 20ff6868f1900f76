"""This app's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

from portal.core.ui.navigation import Entry, Place, register
from portal.identity import rules
from portal.identity.enums import Role
from portal.identity.models import Membership

ADMINISTRATION = _("Administration")
"""The group of the staff's side navigation for what administrators set; positions from 80."""


def _runs_own_account(person: Membership) -> bool:
    return person.role == Role.CUSTOMER_ADMIN


def register_entries() -> None:
    register(
        Entry(
            place=Place.CUSTOMER,
            key="home",
            label=_("Home"),
            url_name="identity:home",
            icon="house",
            position=0,
        ),
        # Behind the initials, as whatever is looked after now and then: the top bar is full.
        Entry(
            place=Place.PERSON,
            key="people",
            label=_("People"),
            url_name="identity:people",
            icon="users",
            position=80,
            shown_to=_runs_own_account,
        ),
        Entry(
            place=Place.STAFF, key="home", label=_("Home"), url_name="identity:home", icon="house", position=0
        ),
        Entry(
            place=Place.STAFF,
            key="accounts",
            label=_("Customers"),
            url_name="identity:accounts",
            icon="building-2",
            position=40,
        ),
    )
    _register_administration()
    _register_own()


def _register_administration() -> None:
    for position, key, label, icon in (
        (81, "staff", _("Staff"), "users"),
        (82, "teams", _("Teams"), "network"),
        (98, "audit", _("Audit"), "scroll-text"),
        (99, "portal_settings", _("Settings"), "settings"),
    ):
        register(
            Entry(
                place=Place.STAFF,
                key=key,
                label=label,
                url_name=f"identity:{key}",
                icon=icon,
                position=position,
                group=ADMINISTRATION,
                shown_to=rules.may_run_portal,
            )
        )


def _register_own() -> None:
    for position, (key, label, url_name, icon) in enumerate(
        (
            ("profile", _("Profile"), "identity:profile", "user"),
            ("security", _("Sign-in and security"), "account_email", "shield-check"),
            ("tokens", _("API tokens"), "identity:tokens", "key-round"),
            ("portals", _("Your portals"), "identity:portals", "arrow-left-right"),
        )
    ):
        register(
            Entry(
                place=Place.PERSON,
                key=key,
                label=label,
                url_name=url_name,
                icon=icon,
                position=10 * position,
            )
        )
