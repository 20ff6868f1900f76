from django.urls import path

from plans.views import comparison, editions, products, targets, words

app_name = "plans"

urlpatterns = [
    path("plans/", comparison.comparison, name="comparison"),
    path("settings/products/", products.products, name="products"),
    path("settings/products/<slug:code>/", products.product, name="product"),
    path("settings/products/<slug:code>/name/", products.rename_product, name="rename_product"),
    path("settings/products/<slug:code>/retire/", products.retire_product, name="retire_product"),
    path("settings/editions/", editions.editions, name="editions"),
    path("settings/editions/<int:number>/", editions.edition, name="edition"),
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
    path("settings/plans/", words.plans, name="plans"),
    path("settings/plans/<slug:code>/", words.plan, name="plan"),
    path("settings/features/", words.features, name="features"),
    path("settings/features/<slug:code>/", words.feature, name="feature"),
    path("settings/severities/", words.severities, name="severities"),
    path("settings/severities/<int:level>/", words.severity, name="severity"),
]
