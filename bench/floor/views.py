"""The floor: what the same rows cost in bare, signed-in Django.

One indexed query, one plain template with the ``date`` filter; no tenancy, no rights, no
translation, no components. The tenant and the numbers of rows come from the query string.
"""

import uuid
from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from incidents.enums import TO_DO, UNSOLVED, Kind
from incidents.models import Incident, Message, Score
from plans.enums import Severity

_FIELDS = (
    "reference", "title", "kind", "severity", "state", "coverage_check", "language",
    "account__key", "account__name", "product__code",
    "reported_by_id", "reported_by__user__name", "assignee_id", "assignee__user__name", "team_id",
    "created_at", "last_activity_at", "due_at", "due_clock_id", "resolved_at",
    "revision",
)  # fmt: skip
"""What the API says of an incident."""


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    incidents = (
        _of_tenant(request)
        .filter(state__in=TO_DO, coverage_check=False)
        .select_related("account", "product", "assignee__user")
        .order_by("severity", "plan_order", "queue_due_at", "created_at", "id")[:50]
    )
    return render(request, "floor/queue.html", {"incidents": incidents}, using="floor")


@login_required
def incident(request: HttpRequest) -> HttpResponse:
    messages = (
        Message.objects.using("floor")
        .filter(tenant_id=request.GET["tenant"], incident_id=request.GET["incident"])
        .select_related("incident", "author__user")
        .order_by("id")[: int(request.GET["messages"])]
    )
    return render(request, "floor/incident.html", {"messages": messages}, using="floor")


class LogForm(forms.Form):
    """As much as an incident needs, without a choice of anything that is looked up."""

    tenant = forms.IntegerField()
    account = forms.IntegerField()
    person = forms.IntegerField()
    product = forms.IntegerField()
    severity = forms.TypedChoiceField(choices=Severity.choices, coerce=int)
    kind = forms.ChoiceField(choices=Kind.choices)
    title = forms.CharField(max_length=160)
    description = forms.CharField(widget=forms.Textarea)


@login_required
def log(request: HttpRequest) -> HttpResponse:
    form = LogForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400)
    given = form.cleaned_data
    Incident.objects.using("floor").create(
        tenant_id=given["tenant"],
        account_id=given["account"],
        reported_by_id=given["person"],
        logged_by_id=given["person"],
        product_id=given["product"],
        number=0,
        reference=f"FLOOR-{uuid.uuid4().hex[:14]}",
        severity=given["severity"],
        kind=given["kind"],
        title=given["title"],
        description=given["description"],
        language="en",
        coverage_check=True,
    )
    return redirect("/floor/nothing/")


@login_required
def bare_json(request: HttpRequest) -> HttpResponse:
    incidents = (
        _of_tenant(request)
        .filter(state__in=UNSOLVED)
        .order_by("-last_activity_at", "-id")
        .values(*_FIELDS)[: int(request.GET["rows"])]
    )
    return JsonResponse({"results": list(incidents)})


@login_required
def promises(request: HttpRequest) -> JsonResponse:
    """What a report counts, by account alone."""
    since = timezone.now() - timedelta(days=int(request.GET["days"]))
    scores = Score.objects.using("floor").filter(tenant_id=request.GET["tenant"], decided_at__gte=since)
    counts = scores.values("account_id").annotate(promises=Count("*"), kept=Count("*", filter=Q(kept=True)))
    return JsonResponse({"results": list(counts)})


def _of_tenant(request: HttpRequest) -> QuerySet[Incident]:
    return Incident.objects.using("floor").filter(tenant_id=request.GET["tenant"])
