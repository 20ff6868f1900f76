"""Where the hours of an edition are used, in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from plans.models import Calendar, Cell, Edition, ProductCalendar, Target
from plans.queries import feature_name

Uses = Mapping[int, list[str]]


def calendar_uses(edition: Edition) -> Uses:
    """By calendar; one that nothing uses is not in it. Four statements."""
    of_edition = {"tenant_id": edition.tenant_id, "edition": edition}
    language, uses = get_language() or "en", dict[int, list[str]]()
    for pk in Calendar.objects.filter(**of_edition, is_default=True).values_list("pk", flat=True):
        uses.setdefault(pk, []).append(_("the portal’s own hours"))
    cells = Cell.objects.filter(**of_edition, calendar__isnull=False).select_related("plan", "feature")
    for cell in cells.order_by("feature__position", "plan__rank"):
        names = {
            "plan": cell.plan.name,
            "feature": feature_name(edition.tenant_id, cell.feature.code, language),
        }
        uses.setdefault(cell.calendar_id or 0, []).append(_("%(feature)s of %(plan)s") % names)
    products = ProductCalendar.objects.filter(**of_edition).select_related("product")
    for row in products.order_by("product__position", "product_id"):
        uses.setdefault(row.calendar_id, []).append(_("product %(product)s") % {"product": row.product.name})
    counts: dict[int, int] = {}
    for pk in Target.objects.filter(**of_edition, calendar__isnull=False).values_list(
        "calendar_id", flat=True
    ):
        counts[pk or 0] = counts.get(pk or 0, 0) + 1
    for pk, count in counts.items():
        words = ngettext("%(count)d target", "%(count)d targets", count) % {"count": count}
        uses.setdefault(pk, []).append(words)
    return uses
