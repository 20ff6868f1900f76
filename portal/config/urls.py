from django.urls import include, path

from portal.core import health
from portal.core.ui import views as ui
from portal.identity.guards import person_required

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("dev/mail/", include("portal.core.mailcatcher.urls")),
    path("dev/ui/", ui.gallery, name="gallery"),
    path("text/preview/", person_required(ui.markdown_preview), name="markdown_preview"),
    path("api/v1/", include("portal.config.api")),
    path("account/", include("allauth.urls")),
    path("", include("portal.identity.urls")),
    path("", include("plans.urls")),
    path("", include("entitlements.urls")),
    path("search/", include("knowledge.search.urls")),
    path("solutions/", include("knowledge.solutions.urls")),
    path("releases/", include("knowledge.releases.urls")),
    path("critical/", include("knowledge.critical.urls")),
    path("", include("incidents.urls")),
    path("settings/webhooks/", include("notifications.webhooks.urls")),
    path("notifications/", include("notifications.urls")),
]
