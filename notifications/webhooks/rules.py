"""What a person may do with webhooks."""

from notifications.webhooks.models import Webhook
from portal.identity.enums import Role
from portal.identity.models import Membership
from portal.identity.rules import may_run_portal


def manages_webhooks(person: Membership, tenant_id: int, account_id: int | None) -> bool:
    """Add, edit, try and remove them and read their log: the tenant's, or an account's own."""
    if person.tenant_id != tenant_id:
        return False
    if account_id is None:
        return may_run_portal(person)
    return person.role == Role.CUSTOMER_ADMIN and person.account_id == account_id


def manages_own_webhooks(person: Membership) -> bool:
    """Those of the side that the person is on: of the tenant, or of their account."""
    return manages_webhooks(person, person.tenant_id, person.account_id)


def manages_webhooks_of_account(person: Membership) -> bool:
    return person.account_id is not None and manages_own_webhooks(person)


def may_hold(person: Membership, webhook: Webhook) -> bool:
    """Stop a webhook of an account that does harm, and allow it again, without reading what it holds."""
    return webhook.account_id is not None and webhook.tenant_id == person.tenant_id and may_run_portal(person)
