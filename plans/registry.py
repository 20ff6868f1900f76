"""What upper apps know about plans and features."""

from collections.abc import Collection

from plans.models import Feature, Plan
from portal.core.registry import Registry

plan_uses = Registry[[Plan], str]()
"""Who needs a plan that is to be retired. Asked in that transaction, acting for every account; answers with a
sentence that says who needs it and what to do, or with nothing."""
feature_uses = Registry[[Feature], str]()
"""As :data:`plan_uses`, of a feature."""
rank_followers = Registry[[int, Collection[int]], None]()
"""What else changes with the ranks of plans, in the same transaction: given the tenant, and the plans whose
ranks have changed, by id."""
