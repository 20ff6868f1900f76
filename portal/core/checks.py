"""System checks: what a newcomer could forget, found before it runs."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from portal.core.catalogue import fallen_walls
from portal.core.walls import RowPolicy, SameTenant, TenantForeignKey, TenantModel, TenantPart


@register(Tags.models)
def tenant_models_have_walls(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Each tenant model declares a row policy and a composite key for each reference."""
    models = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return [problem for model in models for problem in problems_of(model)]


def problems_of(model: type[TenantModel]) -> list[CheckMessage]:
    """What a tenant model has left undeclared."""
    problems: list[CheckMessage] = []
    constraints = model._meta.constraints
    if not any(isinstance(constraint, RowPolicy) for constraint in constraints):
        problems.append(Error(f"{model._meta.label} has no row policy.", obj=model, id="core.E001"))
    covered = {c.field for c in constraints if isinstance(c, SameTenant)}
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or not issubclass(target, TenantModel):
            continue
        if not isinstance(field, TenantForeignKey) or field.name not in covered:
            problems.append(
                Error(
                    f"{model._meta.label}.{field.name} could point into another tenant.",
                    hint="Make it a TenantForeignKey and name it in walls(refs=…).",
                    obj=model,
                    id="core.E002",
                )
            )
    if issubclass(model, TenantPart) and all(model._meta.get_field(name).null for name in covered):
        problems.append(
            Error(
                f"Nothing holds {model._meta.label} in its tenant.",
                hint="Make it a TenantModel, or name a reference that is never empty in walls(refs=…).",
                obj=model,
                id="core.E005",
            )
        )
    return problems


@register(Tags.database)
def app_role_is_bound(databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """The role that serves requests must be one that row policies bind (run by ``check --database``)."""
    if not databases or _migrates():
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public'"
            " AND tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if row and row[0]:
        return [Error("The database role of DATABASE_URL is not bound by the row policies.", id="core.E003")]
    return []


@register(Tags.database)
def walls_stand(databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """What the models declare is what the database has (run by ``check --database``)."""
    if not databases or _migrates():
        return []
    with connection.cursor() as cursor:
        return [Error(f"A wall is missing: {wall}.", id="core.E004") for wall in fallen_walls(cursor)]


def _migrates() -> bool:
    """Whether this process is the owner's, which is about to build what is checked."""
    return bool(settings.DATABASE_ROLE == "owner")
