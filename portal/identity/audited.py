"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.identity.enums import Role
from portal.identity.models import Account, ApiToken, Invitation, Membership, Team, Tenant


def _accounts(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Account.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "key", "name")
    return {pk: Found(name, reverse("identity:account", args=[key])) for pk, key, name in rows}


def _teams(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Team.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "name")
    return {pk: Found(name, reverse("identity:team", args=[pk])) for pk, name in rows}


def _people(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    """A person without access any more is named, but has no page."""
    rows = Membership.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return {
        pk: Found(name, "" if removed_at else reverse("identity:person", args=[pk]))
        for pk, name, removed_at in rows.values_list("pk", "user__name", "removed_at")
    }


def _portal(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    found = Found(person.tenant.name, reverse("identity:portal_settings"))
    return dict.fromkeys(ids, found)


def register_audited() -> None:
    register(
        Kind(
            model=Account,
            label=_("Customer"),
            find=_accounts,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the customer %(name)s")),
                "edited": Said(_("Edited"), _("%(who)s edited the customer: %(changes)s")),
            },
        ),
        Kind(
            model=Team,
            label=_("Team"),
            find=_teams,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the team %(name)s")),
                "renamed": Said(_("Renamed"), _("%(who)s renamed the team from “%(was)s” to “%(now)s”")),
            },
        ),
        Kind(
            model=Tenant,
            label=_("Portal"),
            find=_portal,
            verbs={
                "sales_contact_set": Said(
                    _("Sales contact chosen"),
                    _("%(who)s changed the sales contact from “%(was)s” to “%(now)s”"),
                ),
                "opened": Said(_("Opened"), _("%(who)s opened the portal at %(label)s")),
                "edited": Said(_("Edited"), _("%(who)s edited the portal’s settings: %(changes)s")),
            },
        ),
    )
    _register_people()


def _register_people() -> None:
    register(
        Kind(
            model=Membership,
            label=_("Person"),
            find=_people,
            verbs={
                "joined": Said(_("Joined"), _joined),
                "role_changed": Said(_("Role changed"), _role_changed),
                "served": Said(
                    _("Team or languages changed"), _("%(who)s changed what %(name)s serves: %(changes)s")
                ),
                "removed": Said(_("Access ended"), _("%(who)s ended the access of %(name)s")),
            },
        ),
        Kind(
            model=Invitation,
            label=_("Invitation"),
            verbs={
                "invited": Said(_("Invited"), _("%(who)s invited %(email)s")),
                "sent_again": Said(_("Sent again"), _("%(who)s sent the invitation to %(email)s again")),
                "revoked": Said(_("Taken back"), _("%(who)s took back the invitation to %(email)s")),
                "accepted": Said(_("Accepted"), _("%(who)s accepted the invitation to %(email)s")),
            },
        ),
        Kind(
            model=ApiToken,
            label=_("API token"),
            verbs={
                "made": Said(_("Made"), _("%(who)s made the API token %(name)s with the scope “%(scope)s”")),
                "revoked": Said(_("Revoked"), _("%(who)s revoked the API token %(name)s")),
            },
        ),
    )


def _joined(entry: HistoryEntry) -> str:
    values = values_of(entry, role=_role(entry.data.get("role")))
    if entry.actor_id == entry.subject_id:
        return gettext("%(name)s joined as %(role)s") % values
    return gettext("%(who)s let %(name)s in as %(role)s") % values


def _role_changed(entry: HistoryEntry) -> str:
    values = values_of(entry, was=_role(entry.data.get("was")), now=_role(entry.data.get("now")))
    sentence = gettext("%(who)s changed the role of %(name)s from “%(was)s” to “%(now)s”")
    return sentence % values


def _role(code: str | None) -> str:
    return str(Role(code).label) if code in Role.values else code or "–"
