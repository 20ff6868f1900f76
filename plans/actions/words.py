"""The words of features, plans and severities, language by language."""

from django.db import transaction

from plans.actions.rights import check_sells
from plans.memory import forget
from plans.models import Feature, FeatureText, Plan, PlanText, SeverityText
from portal.core.history import record
from portal.identity.models import Membership, Tenant


@transaction.atomic
def edit_feature_text(
    *, feature: Feature, language: str, name: str, summary: str, description: str, use: str, actor: Membership
) -> FeatureText:
    check_sells(actor, feature.tenant_id)
    text, _added = FeatureText.objects.update_or_create(
        tenant_id=feature.tenant_id,
        feature=feature,
        language=language,
        defaults={"name": name, "summary": summary, "description": description, "use": use},
    )
    record(feature, "reworded", actor, internal=True, language=language, name=name)
    forget(feature.tenant_id)
    return text


@transaction.atomic
def rename_plan(*, plan: Plan, name: str, actor: Membership) -> None:
    check_sells(actor, plan.tenant_id)
    before = Plan.objects.select_for_update().get(tenant_id=plan.tenant_id, pk=plan.pk).name
    if name == before:
        return
    plan.name = name
    plan.save(update_fields=["name"])
    record(plan, "renamed", actor, internal=True, before=before, after=name)
    forget(plan.tenant_id)


@transaction.atomic
def edit_plan_text(*, plan: Plan, language: str, summary: str, actor: Membership) -> PlanText:
    check_sells(actor, plan.tenant_id)
    text, _added = PlanText.objects.update_or_create(
        tenant_id=plan.tenant_id, plan=plan, language=language, defaults={"summary": summary}
    )
    record(plan, "reworded", actor, internal=True, language=language)
    forget(plan.tenant_id)
    return text


@transaction.atomic
def edit_severity_text(
    *,
    tenant: Tenant,
    severity: int,
    language: str,
    name: str,
    definition: str,
    example: str,
    actor: Membership,
) -> SeverityText:
    check_sells(actor, tenant.pk)
    text, _added = SeverityText.objects.update_or_create(
        tenant=tenant,
        severity=severity,
        language=language,
        defaults={"name": name, "definition": definition, "example": example},
    )
    record(text, "reworded", actor, internal=True, severity=severity, language=language)
    forget(tenant.pk)
    return text
