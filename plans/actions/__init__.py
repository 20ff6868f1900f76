"""Every change to what a tenant sells. Whoever calls one acts in the tenant and has checked the right to."""

from plans.actions.calendars import add_calendar, edit_calendar, remove_calendar
from plans.actions.cells import except_product
from plans.actions.editions import publish_draft, start_draft
from plans.actions.furnishing import furnish_tenant
from plans.actions.products import add_product, add_version, edit_product, restore_product, retire_product
from plans.actions.targets import remove_target, set_target
from plans.actions.which_hours import set_default_calendar, set_plan_calendar, set_product_calendar
from plans.actions.words import edit_feature_text, edit_plan_text, edit_severity_text, rename_plan

__all__ = [
    "add_calendar",
    "add_product",
    "add_version",
    "edit_calendar",
    "edit_feature_text",
    "edit_plan_text",
    "edit_product",
    "edit_severity_text",
    "except_product",
    "furnish_tenant",
    "publish_draft",
    "remove_calendar",
    "remove_target",
    "rename_plan",
    "restore_product",
    "retire_product",
    "set_default_calendar",
    "set_plan_calendar",
    "set_product_calendar",
    "set_target",
    "start_draft",
]
