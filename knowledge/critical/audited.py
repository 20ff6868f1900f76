"""What this app records, in words."""

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.critical.enums import NoticeKind, Standing
from knowledge.critical.models import Answer, Loop, Notice
from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.identity.models import Membership


def _notices(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Notice.objects.visible_to(person).filter(pk__in=ids).values_list("pk", "reference")
    return {pk: Found(reference, reverse("critical:notice", args=[reference])) for pk, reference in rows}


def _loops(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Loop.objects.visible_to(person).filter(pk__in=ids).values_list("pk", "notice__reference")
    return {pk: Found(reference, reverse("critical:notice", args=[reference])) for pk, reference in rows}


def _told(entry: HistoryEntry) -> str:
    if entry.data.get("kind") == NoticeKind.CORRECTION:
        return gettext("%(who)s told customers of a correction of %(reference)s") % values_of(entry)
    return gettext("%(who)s told customers of critical solution %(reference)s") % values_of(entry)


def _said(entry: HistoryEntry) -> str:
    return gettext("%(who)s said of %(reference)s at the account: %(standing)s") % _word(entry)


def _said_for(entry: HistoryEntry) -> str:
    if entry.data.get("note"):
        return gettext(
            "%(who)s said of %(reference)s for the account: %(standing)s. How they know: “%(note)s”"
        ) % _word(entry)
    return gettext("%(who)s said of %(reference)s for the account: %(standing)s") % _word(entry)


def _word(entry: HistoryEntry) -> dict[str, Any]:
    standing = entry.data.get("standing")
    return values_of(entry, standing=dict(Standing.choices).get(standing, standing or "–"))


def register_audited() -> None:
    register(
        Kind(
            model=Notice,
            label=_("Critical solution"),
            find=_notices,
            verbs={"told": Said(_("Customers told"), _told)},
        ),
        Kind(
            model=Loop,
            label=_("Critical solution at an account"),
            find=_loops,
            verbs={
                "acknowledged": Said(_("Acknowledged"), _("%(who)s acknowledged %(reference)s")),
                "said": Said(_("Said what became of it"), _said),
                "said_for": Said(_("Said for the account what became of it"), _said_for),
            },
        ),
        Kind(
            model=Answer,
            label=_("Registration for critical solutions"),
            verbs={
                "registered": Said(
                    _("Registration changed"),
                    _("%(who)s changed what critical solutions they are told of: %(changes)s"),
                )
            },
        ),
    )
