from django.urls import path

from plans.views import (
    calendars,
    catalogue,
    changes,
    comparison,
    editions,
    grid,
    hours,
    products,
    targets,
    words,
)

app_name = "plans"

urlpatterns = [
    path("plans/", comparison.comparison, name="comparison"),
    path("settings/products/", products.products, name="products"),
    path("settings/products/<slug:code>/", products.product, name="product"),
    path("settings/products/<slug:code>/name/", products.rename_product, name="rename_product"),
    path("settings/products/<slug:code>/retire/", products.retire_product, name="retire_product"),
    path("settings/plans/", words.plans, name="plans"),
    path("settings/plans/new/", catalogue.add_plan, name="add_plan"),
    path("settings/plans/<slug:code>/move/", catalogue.move_plan, name="move_plan"),
    path("settings/plans/<slug:code>/retire/", catalogue.retire_plan, name="retire_plan"),
    path("settings/plans/<slug:code>/", words.plan, name="plan"),
    path("settings/features/", words.features, name="features"),
    path("settings/features/new/", catalogue.add_feature, name="add_feature"),
    path("settings/features/<slug:code>/move/", catalogue.move_feature, name="move_feature"),
    path("settings/features/<slug:code>/retire/", catalogue.retire_feature, name="retire_feature"),
    path("settings/features/<slug:code>/", words.feature, name="feature"),
    path("settings/severities/", words.severities, name="severities"),
    path("settings/severities/<int:level>/", words.severity, name="severity"),
    path("settings/editions/", editions.editions, name="editions"),
    path("settings/editions/start/", editions.start, name="start_edition"),
    path("settings/editions/<int:number>/", grid.edition, name="edition"),
    path("settings/editions/<int:number>/discard/", editions.discard, name="discard_edition"),
    path("settings/editions/<int:number>/changes/", changes.changes, name="edition_changes"),
    path("settings/editions/<int:number>/cells/<slug:plan>/<slug:feature>/", grid.cell, name="cell"),
    path("settings/editions/<int:number>/products/<slug:feature>/", grid.exceptions, name="exceptions"),
    path("settings/editions/<int:number>/targets/", targets.targets, name="edition_targets"),
    path(
        "settings/editions/<int:number>/targets/<slug:kind>/<int:severity>/<slug:plan>/",
        targets.target,
        name="edition_target",
    ),
    path(
        "settings/editions/<int:number>/targets/<slug:kind>/<int:severity>/<slug:plan>/<slug:product>/",
        targets.target,
        name="edition_product_target",
    ),
    path("settings/editions/<int:number>/hours/", hours.hours, name="edition_hours"),
    path("settings/editions/<int:number>/new-hours/", calendars.new_calendar, name="new_calendar"),
    path("settings/editions/<int:number>/hours/<slug:code>/", calendars.calendar, name="calendar"),
    path(
        "settings/editions/<int:number>/hours/<slug:code>/edit/",
        calendars.edit_calendar,
        name="edit_calendar",
    ),
    path(
        "settings/editions/<int:number>/hours/<slug:code>/remove/",
        calendars.remove_calendar,
        name="remove_calendar",
    ),
]
