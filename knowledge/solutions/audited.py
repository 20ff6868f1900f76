"""What this app records, in words."""

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.search.enums import Audience
from knowledge.solutions.models import Solution
from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.core.ui.formatting import formats
from portal.identity.models import Membership


def _solutions(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Solution.objects.visible_to(person).filter(pk__in=ids).values_list("pk", "reference")
    return {pk: Found(reference, reverse("solutions:solution", args=[reference])) for pk, reference in rows}


def _drafted(entry: HistoryEntry) -> str:
    return gettext("%(who)s began the solution “%(title)s” in %(language)s") % _named(entry)


def _written(entry: HistoryEntry) -> str:
    return gettext("%(who)s wrote on the %(language)s text “%(title)s”") % _named(entry)


def _discarded(entry: HistoryEntry) -> str:
    return gettext("%(who)s discarded the %(language)s draft “%(title)s”") % _named(entry)


def _review_asked(entry: HistoryEntry) -> str:
    return gettext("%(who)s asked for a review of the %(language)s text “%(title)s”") % _named(entry)


def _sent_back(entry: HistoryEntry) -> str:
    return gettext("%(who)s sent the %(language)s text back: %(reason)s") % _named(entry)


def _published(entry: HistoryEntry) -> str:
    if entry.data.get("critical"):
        return gettext("%(who)s published the %(language)s text “%(title)s” of a critical solution") % _named(
            entry
        )
    return gettext("%(who)s published the %(language)s text “%(title)s”") % _named(entry)


def _changed(entry: HistoryEntry) -> str:
    audience = entry.data["now"]["audience"]
    if entry.data["was"]["audience"] != audience:
        return gettext("%(who)s gave the solution other readers: %(audience)s") % values_of(
            entry, audience=Audience(audience).label
        )
    if entry.data["was"].get("owner_id") != entry.data["now"].get("owner_id"):
        owner = entry.data["now"]["owner"]
        return gettext("%(who)s made %(owner)s the solution’s owner") % values_of(entry, owner=owner)
    return gettext("%(who)s changed the solution’s products or review date") % values_of(entry)


def _looked_at(entry: HistoryEntry) -> str:
    until = formats().day(date.fromisoformat(entry.data["until"]))
    return gettext("%(who)s looked at the solution again; it is right until %(until)s") % values_of(
        entry, until=until
    )


def _named(entry: HistoryEntry) -> dict[str, object]:
    code = entry.data.get("language")
    return values_of(entry, language=dict(settings.LANGUAGES).get(code, code or "–"))


def register_audited() -> None:
    register(
        Kind(
            model=Solution,
            label=_("Solution"),
            find=_solutions,
            verbs={
                "drafted": Said(_("Begun"), _drafted),
                "written": Said(_("Text written"), _written),
                "discarded": Said(_("Draft discarded"), _discarded),
                "review_asked": Said(_("Review asked for"), _review_asked),
                "sent_back": Said(_("Sent back"), _sent_back),
                "published": Said(_("Published"), _published),
                "changed": Said(_("Changed"), _changed),
                "looked_at": Said(_("Looked at again"), _looked_at),
                "retired": Said(_("Retired"), _("%(who)s retired the solution: %(reason)s")),
                "restored": Said(_("Restored"), _("%(who)s restored the solution")),
                "flagged": Said(_("Flagged as wrong"), _("%(who)s said what is wrong: %(reason)s")),
                "unflagged": Said(_("Flag resolved"), _("%(who)s resolved a flag: %(reason)s")),
            },
        )
    )
