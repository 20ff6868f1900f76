"""The products that a tenant sells, and their versions."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.actions.rights import check_sells
from plans.memory import forget
from plans.models import Product, ProductVersion
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership, Tenant


@transaction.atomic
def add_product(*, tenant: Tenant, code: str, name: str, actor: Membership) -> Product:
    """A new product, below the others. Raises Refused where the code is taken."""
    check_sells(actor, tenant.pk)
    _lock(tenant.pk)
    if Product.objects.filter(tenant=tenant, code=code).exists():
        raise Refused(_("Another product has this code. Choose a code of its own."), field="code")
    last = Product.objects.filter(tenant=tenant).aggregate(last=Max("position"))["last"]
    product = Product.objects.create(
        tenant=tenant, code=code, name=name, position=0 if last is None else last + 1
    )
    record(product, "added", actor, internal=True, name=name)
    forget(tenant.pk)
    return product


@transaction.atomic
def edit_product(*, product: Product, name: str, actor: Membership) -> None:
    check_sells(actor, product.tenant_id)
    before = _locked(product).name
    if name == before:
        return
    product.name = name
    product.save(update_fields=["name"])
    record(product, "renamed", actor, internal=True, before=before, after=name)
    forget(product.tenant_id)


@transaction.atomic
def retire_product(*, product: Product, actor: Membership) -> None:
    """No longer sold: it stays on the contracts that name it and can be put on no new one."""
    check_sells(actor, product.tenant_id)
    if _locked(product).retired_at is None:
        _set_retired(product, actor, retired=True)


@transaction.atomic
def restore_product(*, product: Product, actor: Membership) -> None:
    check_sells(actor, product.tenant_id)
    if _locked(product).retired_at is not None:
        _set_retired(product, actor, retired=False)


@transaction.atomic
def add_version(
    *,
    product: Product,
    name: str,
    actor: Membership,
    released_on: date | None = None,
    supported_until: date | None = None,
) -> ProductVersion:
    """A version newer than the product's others. Raises Refused where it exists."""
    check_sells(actor, product.tenant_id)
    _locked(product)
    versions = ProductVersion.objects.filter(tenant_id=product.tenant_id, product=product)
    if versions.filter(name=name).exists():
        raise Refused(_("The product has this version already."), field="name")
    if released_on and supported_until and supported_until < released_on:
        raise Refused(_("Support can’t end before the release."), field="supported_until")
    last = versions.aggregate(last=Max("position"))["last"]
    version = ProductVersion.objects.create(
        tenant_id=product.tenant_id,
        product=product,
        name=name,
        position=0 if last is None else last + 1,
        released_on=released_on,
        supported_until=supported_until,
    )
    record(product, "version_added", actor, internal=True, version=name)
    forget(product.tenant_id)
    return version


def _set_retired(product: Product, actor: Membership, *, retired: bool) -> None:
    product.retired_at = timezone.now() if retired else None
    product.save(update_fields=["retired_at"])
    record(product, "retired" if retired else "restored", actor, internal=True, name=product.name)
    forget(product.tenant_id)


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update().get(tenant_id=product.tenant_id, pk=product.pk)


def _lock(tenant_id: int) -> None:
    Tenant.objects.select_for_update().get(pk=tenant_id)
