"""Whoever counts on a feature at our discretion is told when it is granted, revoked, and soon to end.

Here, because entitlements and notifications know nothing of each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext

from entitlements.models import Grant
from incidents.holders import by_page, holders_of, while_it_stands
from incidents.topics import CONTRACTS
from notifications.actions import notify_many
from notifications.events import Event
from notifications.kinds import Kind, register
from plans.queries import feature_name, product_names
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.ui.formatting import formats
from portal.identity.models import Membership, Tenant

GRANTED = "incidents.grant_made"
REVOKED = "incidents.grant_revoked"
ENDS = "incidents.grant_ends"
DAYS_BEFORE = 7
"""How many days before its end the people of a grant are told."""
LONG_DAYS = 14
"""Who was given something for no more days than these remembers until when."""
_ONE_DAY = timedelta(days=1)


def tell_granted(grant: Grant, actor: Membership) -> None:
    _tell(GRANTED, grant, actor, grant.granted_at)


def tell_revoked(grant: Grant, actor: Membership) -> None:
    _tell(REVOKED, grant, actor, timezone.now())


def _tell(kind: str, grant: Grant, actor: Membership, at: datetime) -> None:
    """All but the actor, who is not told in any of their roles."""
    people = holders_of(grant.tenant_id, [grant.account])
    others = [person for person in people if person.user_id != actor.user_id]
    notify_many(tenant=actor.tenant, events=_events(kind, grant, others, actor, at))


def tell_grant_endings() -> int:
    """Tell once of each grant that ends soon. Returns how many people were told anew, in all tenants."""
    return sum(_remind(tenant) for tenant in Tenant.objects.order_by("pk"))


def _remind(tenant: Tenant) -> int:
    now = timezone.now()
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        soon = _to_end(tenant.pk).filter(
            ends_on__gte=now.date() - _ONE_DAY, ends_on__lte=now.date() + timedelta(days=DAYS_BEFORE + 1)
        )
        read = soon.select_related("account", "feature", "granted_by__user").order_by("ends_on", "pk")
        due = [grant for grant in read if _is_due(grant, now)]
        people = holders_of(tenant.pk, [grant.account for grant in due])
        events = [event for one in due for event in _events(ENDS, one, people, one.granted_by, now)]
        return notify_many(tenant=tenant, events=events)


def _is_due(grant: Grant, now: datetime) -> bool:
    day = reminded_from(grant.account.localdate(grant.granted_at), grant.starts_on, grant.ends_on)
    return day is not None and day <= grant.account.localdate(now) <= grant.ends_on


def reminded_from(granted_on: date, starts_on: date, ends_on: date) -> date | None:
    """The first day on which people are told that a grant ends; None where it was short."""
    given_for = (ends_on - max(granted_on, starts_on)).days + 1
    return ends_on - timedelta(days=DAYS_BEFORE) if given_for > LONG_DAYS else None


def _events(
    kind: str, grant: Grant, people: Sequence[Membership], by: Membership, at: datetime
) -> Iterator[Event]:
    """``by`` made the grant, or revoked it where that is told."""
    for recipients, url in by_page(grant.account, people):
        yield Event(
            kind=kind,
            key=str(grant.pk),
            recipients=recipients,
            url=url,
            at=at,
            data={
                "grant": grant.pk,
                "tenant": grant.tenant_id,
                "account": grant.account.name,
                "feature": grant.feature.code,
                "product": product_names(grant.tenant_id).get(grant.product_id or 0, ""),
                "starts_on": grant.starts_on.isoformat(),
                "ends_on": grant.ends_on.isoformat(),
                "reason": grant.reason,
                "by": by.name,
            },
        )


def _made(tenant_id: int) -> QuerySet[Grant]:
    return Grant.objects.filter(tenant_id=tenant_id)


def _given(tenant_id: int) -> QuerySet[Grant]:
    return _made(tenant_id).filter(revoked_at=None)


def _to_end(tenant_id: int) -> QuerySet[Grant]:
    """Without those after which another one goes on giving the same."""
    further = _given(tenant_id).filter(
        Q(product=None) | Q(product=OuterRef("product")),
        account=OuterRef("account"),
        feature=OuterRef("feature"),
        starts_on__lte=OuterRef("ends_on") + _ONE_DAY,
        ends_on__gt=OuterRef("ends_on"),
    )
    return _given(tenant_id).filter(~Exists(further))


def feature_in(data: Mapping[str, Any]) -> str:
    """The feature's name in the active language."""
    return feature_name(data["tenant"], data["feature"], get_language() or "en")


def _words(data: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        "feature": feature_in(data),
        "account": data["account"],
        "day": formats().day(date.fromisoformat(data["ends_on"])),
    }


def _granted(data: Mapping[str, Any]) -> str:
    return gettext("“%(feature)s” is granted to %(account)s until %(day)s") % _words(data)


def _revoked(data: Mapping[str, Any]) -> str:
    return gettext("The grant of “%(feature)s” to %(account)s is revoked") % _words(data)


def _ends(data: Mapping[str, Any]) -> str:
    return gettext("The grant of “%(feature)s” to %(account)s ends on %(day)s") % _words(data)


def register_grant_kinds() -> None:
    register(
        *(
            Kind(
                code=code,
                title=title,
                template=code.replace(".", "/"),
                icon=icon,
                still_right_many=while_it_stands("grant", standing),
                topic=CONTRACTS,
                in_bulk=code == ENDS,
            )
            for code, icon, title, standing in (
                (GRANTED, "gift", _granted, _given),
                (REVOKED, "badge-x", _revoked, _made),
                (ENDS, "calendar-clock", _ends, _to_end),
            )
        )
    )
