"""Opening a portal, and editing what it is like."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity import hosts, labels, rules
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant, User
from portal.identity.registry import furnishings

EDITABLE = (
    "name",
    "language",
    "time_zone",
    "accent",
    "support_email",
    "support_phone",
    "consulting_url",
    "consulting_email",
    "require_second_factor",
    "customers_see_company",
    "grace_days",
    "close_after_days",
)


def open_tenant(
    *, name: str, label: str, language: str, time_zone: str, admin: User, at: datetime | None = None
) -> Membership:
    """A new portal with everything that a portal starts with; returns its first administrator.

    :raises Refused: when the label is reserved or taken.
    """
    if problem := labels.problem_of(label):
        raise Refused(problem, code="label", field="label")
    at = at or timezone.now()
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(
                name=name, label=label, language=language, time_zone=time_zone, created_at=at
            )
    except IntegrityError:
        raise Refused(
            _("This address is taken already. Choose another."), code="label", field="label"
        ) from None
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT, user_id=admin.pk):
        person = Membership.objects.create(tenant=tenant, user=admin, role=Role.ADMIN, joined_at=at)
        record(tenant, "opened", person, at=at, label=label)
        furnishings.tell(tenant, person)
    return person


@transaction.atomic
def set_sales_contact(*, actor: Membership, person: Membership | None) -> None:
    """Whom questions about plans go to; without anybody, to the administrator who has been there longest."""
    if not rules.may_run_portal(actor):
        raise NotAllowed(_("Only an administrator may change the portal."))
    if person is not None and (not person.is_staff_member or person.removed_at is not None):
        raise Refused(_("Choose somebody of your staff."), field="sales_contact")
    Tenant.objects.select_for_update().get(pk=actor.tenant_id)
    staff = Membership.objects.filter(tenant_id=actor.tenant_id)
    before = staff.filter(sales_contact=True).first()
    if before == person:
        return
    staff.filter(sales_contact=True).update(sales_contact=False)
    if person is not None:
        staff.filter(pk=person.pk).update(sales_contact=True)
    was, now = (one.name if one else None for one in (before, person))
    record(actor.tenant, "sales_contact_set", actor, internal=True, was=was, now=now)


def edit_tenant(*, tenant: Tenant, actor: Membership, **values: Any) -> Tenant:
    """Change what the portal is like; ``values`` are among ``EDITABLE``."""
    if not rules.may_run_portal(actor) or actor.tenant_id != tenant.pk:
        raise NotAllowed(_("Only an administrator may change the portal."))
    current = Tenant.objects.select_for_update().get(pk=tenant.pk)
    changed = {
        name: values[name] for name in EDITABLE if name in values and getattr(current, name) != values[name]
    }
    if changed:
        was = {name: getattr(current, name) for name in changed}
        for name, value in changed.items():
            setattr(current, name, value)
        current.save(update_fields=list(changed))
        record(current, "edited", actor, internal=True, was=was, now=changed)
        transaction.on_commit(hosts.forget_tenants)
    return current
