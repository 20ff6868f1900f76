"""Listing, logging and reading incidents, and what is promised for one."""

import re
from typing import Any

from django.db.models import Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from entitlements.api import holdings_asked, installation_of
from entitlements.decide import decide
from entitlements.models import Installation
from entitlements.sentences import remedy_sentence, sentence
from incidents import actions, explain
from incidents.access import incident_for
from incidents.api import answers, inputs, named, shapes
from incidents.enums import UNSOLVED, Channel, Kind
from incidents.listing import LATEST_FIRST
from incidents.models import Incident, IncidentQuerySet
from incidents.promise import first_response
from incidents.sight import Sight, kept, keys_of, sight_of
from plans.api import product_asked, product_codes, product_with
from plans.enums import FeatureCode, Severity
from portal.core.api import PAGE_SIZE, Nothing
from portal.core.keyset import Page, PreparedPages
from portal.core.openapi import page_of
from portal.identity.models import Account, Membership
from portal.identity.operations import PersonView

_KEY = re.compile(r"[!-~]{1,64}")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern=f"^{_KEY.pattern}$",
    description="Names this submission: sent again with the same content, it has no second effect.",
)


def key_of(request: Request) -> str:
    """The idempotency key of a request; empty if it has none."""
    key: str = request.headers.get("Idempotency-Key", "")
    if key and not _KEY.fullmatch(key):
        raise ValidationError({"Idempotency-Key": [_("Use 1 to 64 letters, digits and signs.")]})
    return key


_USUAL: tuple[frozenset[str], ...] = (frozenset(), frozenset(UNSOLVED))
"""The states that programs ask for again and again: any, and what is open. These lists are prepared."""


class Incidents(PersonView):
    @extend_schema(
        operation_id="list_incidents",
        summary="The incidents that the person may see, the latest activity first",
        parameters=[inputs.StaffIncidentsQuery],
        responses=page_of(shapes.IncidentShape),
        tags=["incidents"],
    )
    def get(self, request: Request) -> Response:
        staff = self.person.is_staff_member
        asked = self.asked(inputs.StaffIncidentsQuery if staff else inputs.IncidentsQuery)
        page = _page(self.person, asked)
        codes = product_codes(self.person.tenant)
        return Response(
            {"results": [answers.listed(row, codes) for row in page.rows], "next": page.next or None}
        )

    @extend_schema(
        operation_id="log_incident",
        summary="Log an incident",
        parameters=[IDEMPOTENCY_KEY],
        request=inputs.LogForContact,
        responses={201: shapes.IncidentDetailShape},
        tags=["incidents"],
    )
    def post(self, request: Request) -> Response:
        person, staff = self.person, self.person.is_staff_member
        given = self.given(inputs.LogForContact if staff else inputs.Log)
        contact = named.contact(person, given.get("reported_by")) if staff else person
        logged = actions.log_incident(
            person=person,
            reported_by=contact,
            incident=_new_incident(person, contact, given),
            channel=Channel.API,
            key=key_of(request),
        )
        found = incident_for(person, logged.reference)
        return Response(answers.detailed(person, found), status=status.HTTP_201_CREATED)


def _page(person: Membership, asked: dict[str, Any]) -> Page[answers.Row]:
    states = frozenset(asked.get("state") or ())
    narrowed = any(asked.get(name) for name in ("severity", "product", "account"))
    if states in _USUAL and asked["size"] == PAGE_SIZE and not narrowed:
        return _usual(sight_of(person), states).page(Incident, asked["after"], **keys_of(person))
    found = _narrowed(person, Incident.objects.visible_to(person), asked)
    return LATEST_FIRST.page(
        found, asked["after"], asked["size"], columns=answers.COLUMNS, row=answers.Row._make
    )


@kept
def _usual(sight: Sight, states: frozenset[str]) -> PreparedPages:
    def read(tenant: int, account: int, person: int) -> IncidentQuerySet:
        viewer = sight.viewer(tenant=tenant, account=account, person=person)
        return _narrowed(viewer, Incident.objects.visible_to(viewer), {"state": sorted(states)})

    return PreparedPages(LATEST_FIRST, read, columns=answers.COLUMNS, row=answers.Row._make, size=PAGE_SIZE)


def _narrowed(person: Membership, incidents: IncidentQuerySet, asked: dict[str, Any]) -> IncidentQuerySet:
    for name in ("state", "severity"):
        if asked.get(name):
            incidents = incidents.filter(**{f"{name}__in": asked[name]})
    if product := product_asked(person.tenant, asked):
        incidents = incidents.filter(product_id=product.id)
    if "account" in asked:
        account = Account.objects.filter(tenant_id=person.tenant_id, key=asked["account"]).values("pk")
        incidents = incidents.filter(account_id=Subquery(account))
    return incidents


def _new_incident(person: Membership, contact: Membership, given: dict[str, Any]) -> actions.NewIncident:
    product = named.product_to_log(person, given["product"])
    installation = None
    if given["installation"] is not None:
        installation = _installation(contact.account_id or 0, product.pk, person, given["installation"])
    return actions.NewIncident(
        kind=Kind(given["kind"]),
        severity=Severity(given["severity"]),
        product=product,
        title=given["title"],
        description=given["description"],
        installation=installation,
        attachments=given["attachments"],
    )


def _installation(account_id: int, product_id: int, person: Membership, pk: int) -> Installation:
    installation = installation_of(account_id, person.tenant_id, pk)
    if installation.product_id != product_id:
        raise ValidationError({"installation": [_("This installation is of another product.")]})
    return installation


class OneIncident(PersonView):
    @extend_schema(
        operation_id="read_incident",
        summary="One incident",
        responses=shapes.IncidentDetailShape,
        tags=["incidents"],
    )
    def get(self, request: Request, reference: str) -> Response:
        self.asked(Nothing)
        return Response(answers.detailed(self.person, incident_for(self.person, reference)))


class Why(PersonView):
    @extend_schema(
        operation_id="explain_incident",
        summary="Why a time is promised: the clock that is due, or the one that is asked for",
        parameters=[inputs.WhyQuery],
        responses=shapes.WhyShape,
        tags=["incidents"],
    )
    def get(self, request: Request, reference: str) -> Response:
        asked = self.asked(inputs.WhyQuery)
        incident = incident_for(self.person, reference)
        clocks = explain.clocks_of(incident)
        clock = explain.clock_to_explain(incident, clocks, asked.get("clock"))
        if clock is None:
            raise Http404
        return Response(answers.why(explain.explained(clock)))


class ThePromise(PersonView):
    @extend_schema(
        operation_id="promise",
        summary="What would be promised for an incident that is logged now",
        parameters=[inputs.PromiseQuery],
        responses=shapes.PromiseShape,
        tags=["incidents"],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(inputs.PromiseQuery)
        product = product_with(self.person.tenant, asked["product"])
        holdings = holdings_asked(self.person, asked)
        now = timezone.now()
        cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=now, product_id=product.id)
        kind = None
        if "installation" in asked:
            kind = _installation(holdings.account_id, product.id, self.person, asked["installation"]).kind
        promise = first_response(
            holdings, severity=asked["severity"], product_id=product.id, at=now, installation_kind=kind
        )
        return Response(
            {
                "covered": cover.allowed,
                "sentence": sentence(cover),
                "remedy": remedy_sentence(cover),
                "due_at": promise.due_at if promise else None,
                "target_minutes": promise.promised.minutes if promise else None,
                "unit": promise.promised.unit if promise else None,
                "next_target_minutes": promise.following.minutes if promise and promise.following else None,
                "time_zone": holdings.time_zone if promise else None,
            }
        )
