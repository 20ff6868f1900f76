from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements import rules
from entitlements.actions.locks import lock_account, require
from entitlements.enums import Environment, InstallationKind
from entitlements.models import Installation
from plans.models import Product, ProductVersion
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Account, Membership


@transaction.atomic
def add_installation(
    *,
    account: Account,
    product: Product,
    version: ProductVersion | None,
    name: str,
    environment: Environment,
    kind: InstallationKind,
    actor: Membership,
) -> Installation:
    """Raises Refused where the account has one of this name, or the version is another product's."""
    require(rules.may_manage_holdings, actor)
    lock_account(account)
    _check_version(product, version)
    _check_name(account.tenant_id, account.pk, name)
    installation = Installation.objects.create(
        tenant_id=account.tenant_id,
        account=account,
        product=product,
        version=version,
        name=name,
        environment=environment,
        kind=kind,
    )
    record(installation, "added", actor, **_facts(installation))
    return installation


@transaction.atomic
def change_installation(
    *,
    installation: Installation,
    version: ProductVersion | None,
    name: str,
    environment: Environment,
    kind: InstallationKind,
    actor: Membership,
) -> None:
    """Its product stays; another product is another installation. Raises Refused as for a new one."""
    require(rules.may_manage_holdings, actor)
    lock_account(installation.account)
    _check_version(installation.product, version)
    _check_name(installation.tenant_id, installation.account_id, name, but=installation.pk)
    installation.version = version
    installation.name = name
    installation.environment = environment
    installation.kind = kind
    installation.save(update_fields=["version", "name", "environment", "kind"])
    record(installation, "changed", actor, **_facts(installation))


@transaction.atomic
def retire_installation(*, installation: Installation, actor: Membership) -> None:
    """No longer run: it can't be chosen any more, and the incidents that name it keep it."""
    require(rules.may_manage_holdings, actor)
    if installation.retired_at is None:
        installation.retired_at = timezone.now()
        installation.save(update_fields=["retired_at"])
        record(installation, "retired", actor, name=installation.name)


@transaction.atomic
def restore_installation(*, installation: Installation, actor: Membership) -> None:
    require(rules.may_manage_holdings, actor)
    if installation.retired_at is not None:
        installation.retired_at = None
        installation.save(update_fields=["retired_at"])
        record(installation, "restored", actor, name=installation.name)


def _facts(installation: Installation) -> dict[str, Any]:
    return {
        "name": installation.name,
        "product": installation.product.code,
        "version": installation.version.name if installation.version else "",
        "environment": installation.environment,
        "kind": installation.kind,
    }


def _check_version(product: Product, version: ProductVersion | None) -> None:
    if version is not None and version.product_id != product.pk:
        raise Refused(_("This version belongs to another product."), field="version")


def _check_name(tenant_id: int, account_id: int, name: str, but: int = 0) -> None:
    others = Installation.objects.filter(tenant_id=tenant_id, account_id=account_id, name=name)
    if others.exclude(pk=but).exists():
        raise Refused(_("This customer has an installation of that name already."), field="name")
