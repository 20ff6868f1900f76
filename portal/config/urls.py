from django.urls import include, path

from portal.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("dev/mail/", include("portal.core.mailcatcher.urls")),
    path("account/", include("allauth.urls")),
    path("notifications/", include("notifications.urls")),
]
