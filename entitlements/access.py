"""Doors: what an account holds, for a person, or the 404 of what does not exist."""

from django.http import Http404

from entitlements import rules
from entitlements.models import AllowanceUse, Contract, Grant, Installation
from portal.identity.models import Account, Membership


def contract_for(person: Membership, account: Account, pk: int) -> Contract:
    """A contract of a customer, for those who manage contracts."""
    contract = (
        Contract.objects.filter(tenant_id=person.tenant_id, account=account, pk=pk)
        .select_related("plan", "account")
        .first()
    )
    if contract is None or not rules.may_manage_holdings(person):
        raise Http404
    return contract


def installation_for(person: Membership, account: Account, pk: int) -> Installation:
    """An installation of a customer, for those who keep them."""
    installation = (
        Installation.objects.filter(tenant_id=person.tenant_id, account=account, pk=pk)
        .select_related("product", "version", "account")
        .first()
    )
    if installation is None or not rules.may_manage_holdings(person):
        raise Http404
    return installation


def use_for(person: Membership, account: Account, pk: int) -> AllowanceUse:
    """A use of an allowance that was noted, for those who note them."""
    use = (
        AllowanceUse.objects.filter(tenant_id=person.tenant_id, account=account, pk=pk)
        .select_related("feature", "contract")
        .first()
    )
    if use is None or not rules.may_note_uses(person):
        raise Http404
    return use


def grant_for(person: Membership, account: Account, pk: int) -> Grant:
    """What was granted to a customer, for those who grant."""
    grant = (
        Grant.objects.filter(tenant_id=person.tenant_id, account=account, pk=pk)
        .select_related("feature", "account")
        .first()
    )
    if grant is None or not rules.may_grant(person):
        raise Http404
    return grant
