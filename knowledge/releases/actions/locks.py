"""What every change of a release shares: the right, the lock, and that a draft is still one."""

from django.utils.translation import gettext as _

from knowledge.releases import rules
from knowledge.releases.models import Release
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.identity.models import Membership


def check_right(actor: Membership) -> None:
    if not rules.may_release(actor):
        raise NotAllowed(_("A team lead or an administrator gives out releases."))


def locked(release: Release) -> Release:
    """The row as it is now, held until the transaction ends; its keys stay free to be referred to."""
    tenant = release.tenant
    rows = Release.objects.select_for_update(no_key=True)
    row = rows.get(tenant_id=release.tenant_id, pk=release.pk)
    row.tenant = tenant
    return row


def locked_draft(release: Release) -> Release:
    """:raises Refused: it was published meanwhile."""
    row = locked(release)
    if not row.is_draft:
        raise Refused(
            _("%(release)s is published and stays as it is. What is wrong with it, a new release puts right.")
            % {"release": row.reference},
            code="published",
        )
    return row


def check_revision(now: int, seen: int | None) -> None:
    """:param seen: the one that the person's form was made from; None where there was no form."""
    if seen is not None and seen != now:
        raise Conflict(
            _("Somebody changed this meanwhile. Look at it as it is now, then decide again."), code="stale"
        )
