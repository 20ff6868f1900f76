"""What a new tenant starts with: three plans, 23 features in six languages, and the first edition."""

from typing import Any

from django.db import transaction

from plans.actions.editions import publish_draft
from plans.defaults import brochure, defaults
from plans.enums import FeatureCode
from plans.memory import forget
from plans.models import (
    Calendar,
    Cell,
    Edition,
    Feature,
    FeatureText,
    Plan,
    PlanText,
    SeverityText,
    Target,
)
from portal.identity.models import Membership, Tenant


@transaction.atomic
def furnish_tenant(tenant: Tenant, admin: Membership) -> None:
    """Fill an empty tenant from the product's data; its first edition is in force from its first moment."""
    plans = _add_plans(tenant)
    features = _add_features(tenant)
    _add_severities(tenant)
    edition = Edition.objects.create(tenant=tenant, number=1)
    calendars = _add_calendars(edition)
    _add_cells(edition, plans, features, calendars)
    _add_targets(edition, plans)
    opened = tenant.created_at
    publish_draft(edition=edition, actor=admin, effective_at=opened, note="", at=opened)
    forget(tenant.pk)


def _add_plans(tenant: Tenant) -> dict[str, Plan]:
    data = brochure()["plans"]
    plans = Plan.objects.bulk_create(
        Plan(tenant=tenant, code=plan["code"], name=plan["name"], rank=plan["rank"]) for plan in data
    )
    PlanText.objects.bulk_create(
        PlanText(tenant=tenant, plan=row, language=language, summary=summary)
        for row, plan in zip(plans, data, strict=True)
        for language, summary in plan["description"].items()
    )
    return {plan.code: plan for plan in plans}


def _add_features(tenant: Tenant) -> dict[str, Feature]:
    data = brochure()["features"]
    features = Feature.objects.bulk_create(
        Feature(
            tenant=tenant,
            code=feature["code"],
            category=feature["category"],
            position=position,
            product_limited=feature["product_limited"],
            discretionary=feature["discretionary"],
        )
        for position, feature in enumerate(data)
    )
    FeatureText.objects.bulk_create(
        FeatureText(
            tenant=tenant,
            feature=row,
            language=language,
            **{part: feature[part][language] for part in ("name", "summary", "description", "use")},
        )
        for row, feature in zip(features, data, strict=True)
        for language in feature["name"]
    )
    return {feature.code: feature for feature in features}


def _add_severities(tenant: Tenant) -> None:
    SeverityText.objects.bulk_create(
        SeverityText(
            tenant=tenant,
            severity=severity["severity"],
            language=language,
            **{part: severity[part][language] for part in ("name", "definition", "example")},
        )
        for severity in defaults()["severities"]
        for language in severity["name"]
    )


def _add_calendars(edition: Edition) -> dict[str, Calendar]:
    rows = Calendar.objects.bulk_create(
        Calendar(
            tenant_id=edition.tenant_id,
            edition=edition,
            code=calendar["code"],
            names=calendar["names"],
            week=calendar["week"],
            holidays=calendar["holidays"],
            is_default=calendar["code"] == defaults()["default_calendar"],
        )
        for calendar in defaults()["calendars"]
    )
    return {row.code: row for row in rows}


def _add_cells(
    edition: Edition, plans: dict[str, Plan], features: dict[str, Feature], calendars: dict[str, Calendar]
) -> None:
    Cell.objects.bulk_create(
        Cell(
            tenant_id=edition.tenant_id,
            edition=edition,
            plan=plans[tier],
            feature=features[feature["code"]],
            **_needs_of(feature["code"], calendars),
        )
        for feature in brochure()["features"]
        for tier in feature["tiers"]
    )


def _needs_of(code: str, calendars: dict[str, Calendar]) -> dict[str, Any]:
    needs = defaults()["cells"].get(code, {})
    calendar = needs.get("calendar")
    if code == FeatureCode.PHONE_ACCESS:
        calendar = defaults()["default_calendar"]
    return {
        "calendar": calendars[calendar] if calendar else None,
        "allowance": needs.get("allowance"),
        "notice_days": needs.get("notice_days", 0),
    }


def _add_targets(edition: Edition, plans: dict[str, Plan]) -> None:
    Target.objects.bulk_create(
        Target(
            tenant_id=edition.tenant_id,
            edition=edition,
            kind=target["kind"],
            severity=target["severity"],
            plan=plans[target["plan"]],
            minutes=target["minutes"],
            unit=target["unit"],
        )
        for target in defaults()["targets"]
    )
