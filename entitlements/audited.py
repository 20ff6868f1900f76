"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entitlements.models import AllowanceUse, Contract, Grant, Installation
from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.identity.models import Account, Membership


def _contracts(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Contract.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return {
        pk: Found(number, reverse("entitlements:contracts", args=[key]))
        for pk, number, key in rows.values_list("pk", "number", "account__key")
    }


def _installations(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Installation.objects.filter(tenant_id=person.tenant_id, pk__in=ids)
    return {
        pk: Found(name, reverse("entitlements:installation", args=[key, pk]))
        for pk, name, key in rows.values_list("pk", "name", "account__key")
    }


def _granted(entry: HistoryEntry) -> str:
    """With or without a product: none stands for every one."""
    if entry.data["product"] is None:
        words = gettext("%(who)s granted %(feature)s from %(starts_on)s to %(ends_on)s: %(reason)s")
    else:
        words = gettext(
            "%(who)s granted %(feature)s for %(product)s from %(starts_on)s to %(ends_on)s: %(reason)s"
        )
    return words % values_of(entry)


def _refused(entry: HistoryEntry) -> str:
    """The reason by its code, as the API gives it."""
    if entry.data["product"] is None:
        words = gettext("%(who)s asked for %(feature)s, which was refused: %(reason)s")
    else:
        words = gettext("%(who)s asked for %(feature)s for %(product)s, which was refused: %(reason)s")
    return words % values_of(entry)


def _renewed(entry: HistoryEntry) -> str:
    after = entry.data["after"]
    values = values_of(entry, renewal=after["number"], plan=after["plan"], day=after["ends_on"])
    return (
        gettext("%(who)s renewed the contract %(number)s as %(renewal)s, with %(plan)s until %(day)s")
        % values
    )


def _upgraded(entry: HistoryEntry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    values = values_of(entry, was=before["plan"], now=after["plan"], day=after["starts_on"])
    return (
        gettext("%(who)s upgraded the contract %(number)s from %(was)s to %(now)s, from %(day)s on") % values
    )


def _extended(entry: HistoryEntry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    added = [code for code in after["products"] if code not in before["products"]]
    values = values_of(entry, products=", ".join(added), day=after["starts_on"])
    return gettext("%(who)s extended the contract %(number)s to %(products)s, from %(day)s on") % values


def _grace_set(entry: HistoryEntry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    values = values_of(entry, was=before["grace_days"], now=after["grace_days"])
    return (
        gettext("%(who)s changed the days of grace of the contract %(number)s from %(was)s to %(now)s")
        % values
    )


def register_audited() -> None:
    register(
        Kind(
            model=Contract,
            label=_("Contract"),
            find=_contracts,
            verbs={
                "signed": Said(
                    _("Signed"),
                    _("%(who)s signed the contract %(number)s for the plan %(plan)s, for %(products)s"),
                ),
                "cancelled": Said(_("Cancelled"), _("%(who)s cancelled the contract %(number)s")),
                "renewed": Said(_("Renewed"), _renewed),
                "upgraded": Said(_("Upgraded"), _upgraded),
                "extended": Said(_("Extended"), _extended),
                "grace_set": Said(_("Grace changed"), _grace_set),
            },
        ),
        Kind(
            model=AllowanceUse,
            label=_("Use of an allowance"),
            verbs={
                "noted": Said(_("Noted"), _("%(who)s noted a use of %(feature)s on %(used_on)s")),
                "cancelled": Said(_("Taken back"), _("%(who)s took back the use on %(used_on)s")),
            },
        ),
        Kind(
            model=Account,
            label=_("Customer"),
            verbs={
                "refused": Said(_("Use refused"), _refused),
            },
        ),
        Kind(
            model=Grant,
            label=_("Grant"),
            verbs={
                "granted": Said(_("Granted"), _granted),
                "revoked": Said(_("Revoked"), _("%(who)s revoked the grant of %(feature)s")),
            },
        ),
        Kind(
            model=Installation,
            label=_("Installation"),
            find=_installations,
            verbs={
                "added": Said(
                    _("Added"),
                    _("%(who)s added the installation %(name)s: %(product)s %(version)s, %(kind)s"),
                ),
                "changed": Said(
                    _("Changed"),
                    _("%(who)s changed the installation %(name)s: %(product)s %(version)s, %(kind)s"),
                ),
                "retired": Said(_("Retired"), _("%(who)s retired the installation %(name)s")),
                "restored": Said(_("Restored"), _("%(who)s restored the installation %(name)s")),
            },
        ),
    )
