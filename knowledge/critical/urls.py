from django.urls import URLPattern

app_name = "critical"

urlpatterns: list[URLPattern] = []
