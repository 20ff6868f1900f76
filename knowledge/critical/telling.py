"""What recipients and webhooks are told of a notice, as data."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from knowledge.critical.audience import Concern, Judged, Reached
from knowledge.critical.enums import Affected
from knowledge.critical.models import Notice
from knowledge.critical.scopes import from_json
from notifications.events import Event
from notifications.webhooks.events import HookEvent, Occurrence
from plans.queries import nearest
from portal.identity.models import Membership

SOLUTION = "critical.solution"
REMINDER = "critical.reminder"
PUBLISHED = HookEvent(
    "critical.published", _("A critical solution for a product of the account is told"), for_accounts=True
)


def page_of(reference: str) -> str:
    return reverse("critical:notice", args=[reference])


def key_of(notice: Notice) -> str:
    return str(notice.pk)


def data_of(notice: Notice, affected: str, installations: Sequence[str] = ()) -> dict[str, Any]:
    """What the letter of one recipient is written from; the same for all who have the same to know."""
    return {
        "notice": notice.pk,
        "reference": notice.reference,
        "titles": notice.titles,
        "language": notice.language,
        "correction": notice.is_correction,
        "affected": affected,
        "scope": notice.scope,
        "named": len(installations),
        "own": {"installations": ", ".join(installations)},
    }


def events_of(
    notice: Notice,
    told: Iterable[Reached],
    people: Mapping[int, Membership],
    *,
    at: datetime,
) -> list[Event]:
    """One for those of an account who have the same to know, by the same ways."""
    groups: dict[tuple[Any, ...], list[Membership]] = defaultdict(list)
    for reached in told:
        names = tuple(_name(one) for one in reached.concerns if one.installation)
        groups[reached.affected, names, reached.in_portal].append(people[reached.person_id])
    return [
        Event(
            kind=SOLUTION,
            key=key_of(notice),
            recipients=recipients,
            url=page_of(notice.reference),
            data=data_of(notice, affected, names),
            at=at,
            in_portal=in_portal,
        )
        for (affected, names, in_portal), recipients in groups.items()
    ]


def occurrences_of(notice: Notice, covered: Iterable[Judged], *, at: datetime) -> list[Occurrence]:
    """One for each account: its own webhooks need no registration."""
    shared = {
        "reference": notice.reference,
        "title": nearest(notice.titles, notice.language, notice.tenant.language),
        "correction": notice.is_correction,
        "products": [
            {"product": one.name, "since": one.since, "until": one.until} for one in from_json(notice.scope)
        ],
        "url": page_of(notice.reference),
        "at": at.isoformat(),
    }
    return [
        Occurrence(
            event=PUBLISHED.code,
            key=f"{notice.pk}:{one.account_id}",
            data={
                **shared,
                "affected": one.affected,
                "installations": [
                    {"name": it.name, "version": it.version, "affected": concern.affected}
                    for concern in one.concerns
                    if (it := concern.installation)
                ],
            },
            account_id=one.account_id,
            at=at,
        )
        for one in covered
    ]


def _name(concern: Concern) -> str:
    it = concern.installation
    if it is None:
        return ""
    if concern.affected == Affected.UNKNOWN or not it.version:
        return it.name
    return f"{it.name} ({it.version})"
