"""What this app records, in words."""

from django.utils.translation import gettext_lazy as _

from knowledge.search.models import Prevented
from portal.core.audit import Kind, Said, register


def register_audited() -> None:
    register(
        Kind(
            model=Prevented,
            label=_("Prevented incident"),
            verbs={
                "prevented": Said(
                    _("Incident prevented"),
                    _("%(who)s found the answer in “%(title)s” and logged no incident"),
                ),
            },
        )
    )
