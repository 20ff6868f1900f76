"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from entitlements.models import AllowanceUse, Contract, Installation
from portal.core.audit import Found, Kind, Said, register
from portal.identity.models import Membership


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
