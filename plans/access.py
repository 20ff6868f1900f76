"""Doors: what a tenant sells, for those who edit it, or the 404 of what does not exist."""

from typing import TypeVar

from django.http import Http404

from plans.drafting import calendars_of
from plans.enums import Severity
from plans.models import Calendar, Edition, Feature, Plan, Product
from portal.identity import rules
from portal.identity.models import Membership

FoundT = TypeVar("FoundT")


def product_for(person: Membership, code: str) -> Product:
    return _for_editor(person, Product.objects.filter(tenant_id=person.tenant_id, code=code).first())


def feature_for(person: Membership, code: str) -> Feature:
    return _for_editor(person, Feature.objects.filter(tenant_id=person.tenant_id, code=code).first())


def plan_for(person: Membership, code: str) -> Plan:
    return _for_editor(person, Plan.objects.filter(tenant_id=person.tenant_id, code=code).first())


def edition_for(person: Membership, number: int) -> Edition:
    return _for_editor(person, Edition.objects.filter(tenant_id=person.tenant_id, number=number).first())


def calendar_for(person: Membership, edition: Edition, code: str) -> Calendar:
    return _for_editor(person, calendars_of(edition).filter(code=code).first())


def severity_for(person: Membership, level: int) -> Severity:
    return _for_editor(person, Severity(level) if level in Severity.values else None)


def _for_editor(person: Membership, row: FoundT | None) -> FoundT:
    if row is None or not rules.may_run_portal(person):
        raise Http404
    return row
