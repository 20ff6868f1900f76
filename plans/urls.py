from django.urls import path

from plans.views import comparison

app_name = "plans"

urlpatterns = [
    path("plans/", comparison.comparison, name="comparison"),
]
