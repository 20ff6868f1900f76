"""In a draft: what each plan has of each feature."""

from django.db import transaction
from django.utils.translation import gettext as _

from plans.actions.drafts import locked_draft
from plans.models import Edition, Feature, Product, ProductException
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def except_product(*, edition: Edition, feature: Feature, product: Product, actor: Membership) -> None:
    """In a draft: the feature isn't available for the product. Only features marked ``*`` can be excepted."""
    locked = locked_draft(edition)
    if not feature.product_limited:
        raise Refused(_("This feature is available for every product."), field="feature")
    _row, added = ProductException.objects.get_or_create(
        tenant_id=locked.tenant_id, edition=locked, feature=feature, product=product
    )
    if added:
        record(locked, "product_excepted", actor, internal=True, feature=feature.code, product=product.code)
