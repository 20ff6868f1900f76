"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.models import MailHours
from portal.core.audit import Found, Kind, Said, register
from portal.identity.models import Membership


def _people(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = MailHours.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return {
        pk: Found(name, "" if removed_at else reverse("identity:person", args=[person_id]))
        for pk, name, removed_at, person_id in rows.values_list(
            "pk", "person__user__name", "person__removed_at", "person_id"
        )
    }


def register_audited() -> None:
    register(
        Kind(
            model=MailHours,
            label=_("Notifications of a person"),
            find=_people,
            verbs={
                "chose": Said(_("Chosen"), _("%(who)s chose how they are told: %(changes)s")),
                "timed": Said(_("Hours chosen"), _("%(who)s chose when mail reaches them: %(changes)s")),
                "stopped": Said(_("Mail stopped"), _("%(who)s stopped mail by a link, about: %(topics)s")),
                "resumed": Said(_("Mail resumed"), _("%(who)s took that back, about: %(topics)s")),
            },
        )
    )
