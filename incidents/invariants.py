"""What has to be true of clocks, alerts, deliveries and counts at any time, whatever was killed, as queries.

Each one counts what contradicts it in one tenant; ``manage.py check_invariants`` prints them. Most are kept
by constraints as well: then the query shows that the constraint is there and works.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from incidents.alerts.raising import LATE
from incidents.clocks.replay import replay
from incidents.enums import LIVE, UNSOLVED, ClockState
from incidents.models import Alert, Clock, Incident, Score, SolutionLink
from knowledge.critical.invariants import INVARIANTS as CRITICAL
from knowledge.solutions.models import Solution, Verdict
from notifications.delivery import LEASE as MAIL_LEASE
from notifications.enums import DeliveryState, MailState
from notifications.models import Delivery, Digest
from notifications.webhooks.delivery import LEASE as CALL_LEASE
from notifications.webhooks.models import Call
from plans.enums import TargetKind
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant

Broken = Callable[[Tenant], int]


def broken_invariants(tenant: Tenant) -> dict[str, int]:
    """How often each invariant is broken in a tenant, by what is wrong then; 0 where it holds."""
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        counts = {name: count(tenant) for name, count in _INVARIANTS.items()}
    counts["due times that differ from their segments"] = sum(1 for _ in replay(tenant))
    return counts


def _alerted_twice(tenant: Tenant) -> int:
    steps = Alert.objects.filter(tenant=tenant).values("clock", "percent")
    return steps.annotate(alerts=Count("id")).filter(alerts__gt=1).count()


def _not_alerted(tenant: Tenant) -> int:
    missed = timezone.now() - LATE
    return Clock.objects.filter(tenant=tenant, state=ClockState.RUNNING, alert_at__lt=missed).count()


def _breach_unseen(tenant: Tenant) -> int:
    overdue = Clock.objects.filter(tenant=tenant, state=ClockState.RUNNING, broken=False)
    return overdue.filter(due_at__lt=timezone.now() - LATE).count()


def _noted_without_alert(tenant: Tenant) -> int:
    alert = Alert.objects.filter(tenant=tenant, clock=OuterRef("pk"), percent=OuterRef("alerted"))
    return Clock.objects.filter(tenant=tenant, alerted__gt=0).exclude(Exists(alert)).count()


def _not_scored_once(tenant: Tenant) -> int:
    scores = Score.objects.filter(tenant=tenant)
    missed = Exists(scores.filter(clock=OuterRef("pk"), kept=False))
    unscored = Clock.objects.filter(tenant=tenant, broken=True).exclude(missed)
    twice = scores.values("clock").annotate(number=Count("id")).filter(number__gt=1)
    return unscored.count() + twice.count()


def _not_the_soonest(tenant: Tenant) -> int:
    """The incident's own due time; what is resolved or closed has none."""
    live = Q(clocks__state__in=LIVE, state__in=UNSOLVED)
    incidents = Incident.objects.filter(tenant=tenant).annotate(soonest=Min("clocks__due_at", filter=live))
    return incidents.exclude(Q(due_at=F("soonest")) | Q(due_at=None, soonest=None)).count()


def _first_responses(tenant: Tenant) -> int:
    clocks = Clock.objects.filter(tenant=tenant, kind=TargetKind.FIRST_RESPONSE).values("incident")
    return clocks.annotate(number=Count("id")).filter(number__gt=1).count()


def _mails_stuck(tenant: Tenant) -> int:
    """While it is leased, ``due_at`` is the end of the lease."""
    before = timezone.now() - MAIL_LEASE
    stuck = {"tenant": tenant, "state": DeliveryState.SENDING, "due_at__lt": before}
    return Delivery.objects.filter(**stuck).count() + Digest.objects.filter(**stuck).count()


def _left_out_of_digests(tenant: Tenant) -> int:
    """Gathered, and in no digest that is still to leave."""
    gathered = Delivery.objects.filter(tenant=tenant, state=MailState.GATHERED)
    return gathered.exclude(digest__state__in=[DeliveryState.QUEUED, DeliveryState.SENDING]).count()


def _calls_stuck(tenant: Tenant) -> int:
    before = timezone.now() - CALL_LEASE
    return Call.objects.filter(tenant=tenant, state=DeliveryState.SENDING, due_at__lt=before).count()


def _links_miscounted(tenant: Tenant) -> int:
    return _miscounted(tenant, "links", SolutionLink.objects.filter(tenant=tenant))


def _verdicts_miscounted(tenant: Tenant) -> int:
    said = Verdict.objects.filter(tenant=tenant)
    return _miscounted(tenant, "helped", said.filter(helped=True)) + _miscounted(
        tenant, "not_helped", said.filter(helped=False)
    )


def _miscounted(tenant: Tenant, column: str, rows: QuerySet[Any]) -> int:
    of_one = rows.filter(solution=OuterRef("pk")).order_by().values("solution")
    number = Coalesce(Subquery(of_one.annotate(number=Count("id")).values("number")), 0)
    return Solution.objects.filter(tenant=tenant).exclude(**{column: number}).count()


_INVARIANTS: dict[str, Broken] = {
    "steps that alerted twice": _alerted_twice,
    "steps passed for more than a minute without an alert": _not_alerted,
    "promises overdue for more than a minute and not noted as broken": _breach_unseen,
    "steps noted as alerted without an alert": _noted_without_alert,
    "broken promises without exactly one score": _not_scored_once,
    "incidents that don't show their soonest due time": _not_the_soonest,
    "incidents with several first responses": _first_responses,
    "mails in sending beyond twice their lease": _mails_stuck,
    "mails gathered in no digest that is still to leave": _left_out_of_digests,
    "webhook calls in sending beyond twice their lease": _calls_stuck,
    "solutions that count other links than they have": _links_miscounted,
    "solutions that count other verdicts than were given": _verdicts_miscounted,
    **CRITICAL,
}
