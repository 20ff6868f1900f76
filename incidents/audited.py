"""What this app records, in words."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import AlertStep, Duty, Incident
from incidents.sentences import sentence_of
from portal.core.audit import Found, Kind, Said, register, values_of
from portal.core.models import HistoryEntry
from portal.core.ui.formatting import formats
from portal.identity.models import Membership

_OF_INCIDENTS = {
    "logged": _("Logged"),
    "first_response": _("First response"),
    "call": _("Call noted"),
    "assigned": _("Assigned"),
    "team": _("Moved to a team"),
    "state": _("State changed"),
    "severity": _("Severity changed"),
    "severity_contested": _("Severity contested"),
    "resolved": _("Resolved"),
    "reopened": _("Reopened"),
    "closed": _("Closed"),
    "breached": _("Promise broken"),
    "committed": _("New commitment"),
    "covered": _("Put under cover"),
    "follower": _("Follower added"),
    "solution_linked": _("Solution linked"),
    "solution_unlinked": _("Solution unlinked"),
}


def _incidents(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = Incident.objects.visible_to(person).filter(pk__in=ids).values_list("pk", "reference")
    return {pk: Found(reference, reverse("incidents:incident", args=[reference])) for pk, reference in rows}


def _steps(person: Membership, ids: Collection[int]) -> Mapping[int, Found]:
    rows = AlertStep.objects.filter(tenant_id=person.tenant_id, pk__in=ids).values_list("pk", "percent")
    return {pk: Found(f"{percent} %", reverse("incidents:step", args=[pk])) for pk, percent in rows}


def _told(entry: HistoryEntry) -> str:
    """As on the incident's page, the reason after it."""
    _icon, text, words = sentence_of(entry)
    return f"{text}: {words}" if words else text


def _duty_added(entry: HistoryEntry) -> str:
    return gettext("%(who)s put a turn of duty on the rota, from %(start)s to %(end)s") % _turn(entry)


def _duty_removed(entry: HistoryEntry) -> str:
    return gettext("%(who)s took a turn of duty off the rota, from %(start)s to %(end)s") % _turn(entry)


def _turn(entry: HistoryEntry) -> Mapping[str, object]:
    start, end = _time(entry.data.get("starts_at")), _time(entry.data.get("ends_at"))
    return values_of(entry, start=start, end=end)


def _time(text: str | None) -> str:
    at = parse_datetime(text) if text else None
    return formats().full(at) if at else "–"


def register_audited() -> None:
    register(
        Kind(
            model=Incident,
            label=_("Incident"),
            find=_incidents,
            verbs={verb: Said(label, _told) for verb, label in _OF_INCIDENTS.items()},
        ),
        Kind(
            model=Duty,
            label=_("Duty"),
            verbs={
                "added": Said(_("Added"), _duty_added),
                "removed": Said(_("Removed"), _duty_removed),
            },
        ),
        Kind(
            model=AlertStep,
            label=_("Step of the alert ladder"),
            find=_steps,
            verbs={
                "added": Said(_("Added"), _("%(who)s added a step at %(percent)s %% to the alert ladder")),
                "edited": Said(_("Edited"), _("%(who)s edited a step of the alert ladder: %(changes)s")),
                "removed": Said(
                    _("Removed"), _("%(who)s removed the step at %(percent)s %% from the alert ladder")
                ),
            },
        ),
    )
