"""What the pages of one edition share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plans.models import Edition

TABS = (
    ("edition", _("Matrix")),
    ("edition_targets", _("Targets")),
    ("edition_hours", _("Hours")),
    ("edition_changes", _("What changes")),
)
"""(URL name with the edition's number, label), as they stand beside each other."""
_more: dict[str, Any] = {}


def add_tab(url_name: str, label: Any) -> None:
    """Of an upper app, after ours."""
    _more[url_name] = label


def edition_context(edition: Edition, here: str) -> dict[str, Any]:
    """For pages in ``plans/edition_frame.html``; ``here`` is the URL name of the tab that is open."""
    here = here if ":" in here else f"plans:{here}"
    return {
        "edition": edition,
        "is_draft": edition.is_draft,
        "tabs": [
            {"label": label, "url": reverse(name, args=[edition.number]), "current": name == here}
            for name, label in (*((f"plans:{name}", label) for name, label in TABS), *_more.items())
        ],
    }
