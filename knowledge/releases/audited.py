"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from knowledge.releases.models import Release
from portal.core.audit import Found, Kind, Said, register
from portal.identity.models import Membership

_VERBS = {
    "drafted": Said(_("Drafted"), _("%(who)s drafted the release %(release)s: %(title)s")),
    "edited": Said(_("Edited"), _("%(who)s edited the draft %(release)s")),
    "worded": Said(_("Words written"), _("%(who)s wrote the words of the draft %(release)s (%(language)s)")),
    "corrected": Said(
        _("Words corrected"),
        _("%(who)s corrected the words of the release %(release)s (%(language)s): %(changes)s"),
    ),
    "file_added": Said(
        _("File added"), _("%(who)s added %(name)s to the draft %(release)s, with the SHA-256 %(sha256)s")
    ),
    "file_removed": Said(_("File removed"), _("%(who)s removed %(name)s from the draft %(release)s")),
    "discarded": Said(_("Discarded"), _("%(who)s discarded the draft %(release)s")),
    "published": Said(_("Published"), _("%(who)s published the release %(release)s with %(files)s")),
    "withdrawn": Said(_("Withdrawn"), _("%(who)s withdrew the release %(release)s: %(reason)s")),
}


def _releases(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Release.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "number")
    return {pk: Found(f"R-{number}", reverse("releases:release", args=[number])) for pk, number in rows}


def register_audited() -> None:
    register(Kind(model=Release, label=_("Release"), find=_releases, verbs=_VERBS))
