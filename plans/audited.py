"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plans.models import Edition, Feature, Plan, Product, SeverityText
from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.identity.models import Membership


def _products(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Product.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "code", "name")
    return {pk: Found(name, reverse("plans:product", args=[code])) for pk, code, name in rows}


def _features(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Feature.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "code")
    return {pk: Found(code, reverse("plans:feature", args=[code])) for pk, code in rows}


def _plans(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Plan.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "code", "name")
    return {pk: Found(name, reverse("plans:plan", args=[code])) for pk, code, name in rows}


def _editions(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Edition.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "number")
    return {pk: Found(str(number), reverse("plans:edition", args=[number])) for pk, number in rows}


def _added_hours(entry: HistoryEntry) -> str:
    said = values_of(entry, code=entry.data["after"]["code"])
    return gettext("%(who)s added the hours %(code)s to the draft") % said


def _edited_hours(entry: HistoryEntry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    changed = ", ".join(sorted(name for name in after if after[name] != before.get(name)))
    said = values_of(entry, code=after["code"], changed=changed)
    return gettext("%(who)s edited the hours %(code)s in the draft: %(changed)s") % said


def _removed_hours(entry: HistoryEntry) -> str:
    said = values_of(entry, code=entry.data["before"]["code"])
    return gettext("%(who)s removed the hours %(code)s from the draft") % said


_OF_EDITIONS = {
    "started": Said(_("Draft started"), _("%(who)s started the draft %(number)s, a copy of %(copy_of)s")),
    "published": Said(_("Published"), _("%(who)s published the edition %(number)s")),
    "discarded": Said(_("Draft discarded"), _("%(who)s discarded the draft %(number)s")),
    "cell_set": Said(_("Cell set"), _("%(who)s set in the draft what %(plan)s has of %(feature)s")),
    "cell_removed": Said(_("Cell removed"), _("%(who)s took %(feature)s from %(plan)s in the draft")),
    "product_allowed": Said(
        _("Product allowed"), _("%(who)s made %(feature)s available for %(product)s again, in the draft")
    ),
    "product_excepted": Said(
        _("Product excepted"), _("%(who)s left the product %(product)s out of %(feature)s, in the draft")
    ),
    "target_set": Said(
        _("Target set"),
        _("%(who)s set a target in the draft: %(kind)s, severity %(severity)s, plan %(plan)s"),
    ),
    "target_removed": Said(
        _("Target removed"),
        _("%(who)s removed a target from the draft: %(kind)s, severity %(severity)s, plan %(plan)s"),
    ),
    "product_calendar_set": Said(
        _("Hours of a product set"),
        _("%(who)s set the hours of %(product)s in the draft from “%(before)s” to “%(after)s”"),
    ),
    "plan_calendar_set": Said(
        _("Hours of a plan set"),
        _("%(who)s set the hours of %(plan)s in the draft from “%(before)s” to “%(after)s”"),
    ),
    "calendar_added": Said(_("Calendar added"), _added_hours),
    "calendar_edited": Said(_("Calendar edited"), _edited_hours),
    "calendar_removed": Said(_("Calendar removed"), _removed_hours),
    "default_calendar_set": Said(
        _("Usual hours set"),
        _("%(who)s set the usual hours in the draft from “%(before)s” to “%(after)s”"),
    ),
}


def register_audited() -> None:
    reworded, renamed = _("Reworded"), _("Renamed")
    register(
        Kind(model=Edition, label=_("Edition"), find=_editions, verbs=_OF_EDITIONS),
        Kind(
            model=Product,
            label=_("Product"),
            find=_products,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the product %(name)s")),
                "renamed": Said(renamed, _("%(who)s renamed the product from “%(before)s” to “%(after)s”")),
                "version_added": Said(_("Version added"), _("%(who)s added the version %(version)s")),
                "retired": Said(_("Retired"), _("%(who)s stopped selling the product %(name)s")),
                "restored": Said(_("Restored"), _("%(who)s took up the product %(name)s again")),
            },
        ),
        Kind(
            model=Feature,
            label=_("Feature"),
            find=_features,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the feature %(name)s")),
                "moved": Said(_("Moved"), _("%(who)s moved the feature %(name)s to place %(place)s")),
                "retired": Said(_("Retired"), _("%(who)s retired the feature %(name)s")),
                "restored": Said(_("Restored"), _("%(who)s took up the feature %(name)s again")),
                "reworded": Said(
                    reworded, _("%(who)s reworded the feature in the language %(language)s: %(name)s")
                ),
            },
        ),
        Kind(
            model=Plan,
            label=_("Plan"),
            find=_plans,
            verbs={
                "added": Said(_("Added"), _("%(who)s added the plan %(name)s at rank %(rank)s")),
                "moved": Said(
                    _("Moved"), _("%(who)s moved the plan %(name)s from rank %(before)s to %(after)s")
                ),
                "retired": Said(_("Retired"), _("%(who)s retired the plan %(name)s")),
                "restored": Said(
                    _("Restored"), _("%(who)s took up the plan %(name)s again, at rank %(rank)s")
                ),
                "renamed": Said(renamed, _("%(who)s renamed the plan from “%(before)s” to “%(after)s”")),
                "reworded": Said(reworded, _("%(who)s reworded the plan in the language %(language)s")),
            },
        ),
        Kind(
            model=SeverityText,
            label=_("Severity"),
            verbs={
                "reworded": Said(
                    reworded, _("%(who)s reworded the severity %(severity)s in the language %(language)s")
                )
            },
        ),
    )
