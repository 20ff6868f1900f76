"""Every change to what a tenant sells. Whoever calls one acts in the tenant and has checked the right to."""

from plans.actions.calendars import add_calendar, edit_calendar, remove_calendar
from plans.actions.catalogue import (
    add_feature,
    add_plan,
    move_feature,
    move_plan,
    restore_feature,
    restore_plan,
    retire_feature,
    retire_plan,
)
from plans.actions.cells import (
    allow_product,
    choose_exceptions,
    except_product,
    remove_cell,
    set_cell,
)
from plans.actions.editions import discard_draft, publish_draft, publish_edition, revision_of, start_draft
from plans.actions.furnishing import furnish_tenant
from plans.actions.products import add_product, add_version, edit_product, restore_product, retire_product
from plans.actions.targets import remove_target, set_target
from plans.actions.which_hours import set_default_calendar, set_plan_calendar, set_product_calendar
from plans.actions.words import edit_feature_text, edit_plan_text, edit_severity_text, rename_plan

__all__ = [
    "add_calendar",
    "add_feature",
    "add_plan",
    "add_product",
    "add_version",
    "allow_product",
    "choose_exceptions",
    "discard_draft",
    "edit_calendar",
    "edit_feature_text",
    "edit_plan_text",
    "edit_product",
    "edit_severity_text",
    "except_product",
    "furnish_tenant",
    "move_feature",
    "move_plan",
    "publish_draft",
    "publish_edition",
    "remove_calendar",
    "remove_cell",
    "remove_target",
    "rename_plan",
    "restore_feature",
    "restore_plan",
    "restore_product",
    "retire_feature",
    "retire_plan",
    "retire_product",
    "revision_of",
    "set_cell",
    "set_default_calendar",
    "set_plan_calendar",
    "set_product_calendar",
    "set_target",
    "start_draft",
]
