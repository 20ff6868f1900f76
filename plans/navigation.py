"""This app's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

from portal.core.ui.navigation import Entry, Place, register
from portal.identity.navigation import ADMINISTRATION
from portal.identity.rules import may_run_portal


def register_entries() -> None:
    for position, (key, label, icon) in enumerate(
        (
            ("products", _("Products"), "package"),
            ("plans", _("Plans"), "layers"),
            ("features", _("Features"), "list-checks"),
            ("severities", _("Severities"), "triangle-alert"),
            ("editions", _("Editions"), "book-copy"),
        ),
        start=90,
    ):
        register(
            Entry(
                place=Place.STAFF,
                key=key,
                label=label,
                url_name=f"plans:{key}",
                icon=icon,
                position=position,
                group=ADMINISTRATION,
                shown_to=may_run_portal,
            )
        )
