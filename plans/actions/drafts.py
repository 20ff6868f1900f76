"""What every edit of a draft begins with."""

from typing import Any

from django.utils.translation import gettext as _

from plans.drafting import calendars_of
from plans.models import Calendar, Edition, Product
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from portal.identity.models import Membership
from portal.identity.rules import may_run_portal

UNSEEN: Any = object()
"""For ``seen``: nobody has looked at what is edited (the demo, say), so nobody can have missed a change."""


def check_admin(actor: Membership) -> None:
    if not may_run_portal(actor):
        raise NotAllowed(_("Only an administrator may change what is promised."))


def admins_draft(edition: Edition, actor: Membership) -> Edition:
    """The draft, held until the transaction ends, and as it is now.

    :raises NotAllowed: the actor isn't an administrator.
    :raises Conflict: the edition is published.
    """
    check_admin(actor)
    locked = Edition.objects.select_for_update().get(tenant_id=edition.tenant_id, pk=edition.pk)
    if not locked.is_draft:
        raise Conflict(
            _("Edition %(number)s is published and can no longer be changed.") % {"number": locked.number}
        )
    return locked


def check_seen(draft: Edition, *, seen: Any, now: Any, place: dict[str, Any]) -> None:
    """Nobody overwrites what they have not seen.

    :param seen: what was there when the person began, in the form of ``now``; or :data:`UNSEEN`.
    :param place: what the history of the draft calls the place by, in the data of its entries.
    :raises Conflict: (code ``changed``) somebody has changed it since; says who.
    """
    if seen is UNSEEN or seen == now:
        return
    entries = history_of(draft).filter(data__contains=place).order_by("-id")
    last = entries.values_list("actor_name", flat=True).first()
    who = last or _("Somebody")
    raise Conflict(
        _("%(name)s has changed this meanwhile. Look at what it says now, and save again if you still want.")
        % {"name": who},
        code="changed",
    )


def check_product(product: Product | None) -> None:
    if product is not None and product.retired_at is not None:
        raise Refused(
            _("%(product)s is no longer sold. Choose another product, or restore this one first.")
            % {"product": product.name},
            field="product",
        )


def check_calendar(draft: Edition, calendar: Calendar | None) -> None:
    if calendar is None:
        return
    if calendar.edition_id != draft.pk:
        raise Refused(
            _("These hours belong to another edition. Choose a calendar of edition %(number)s.")
            % {"number": draft.number},
            field="calendar",
        )
    if not calendars_of(draft).filter(pk=calendar.pk).exists():
        raise Conflict(_("These hours were removed meanwhile. Choose others."))
