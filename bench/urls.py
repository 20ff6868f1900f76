from django.urls import include, path

from portal.config import urls as portal

urlpatterns = [path("floor/", include("bench.floor.urls")), *portal.urlpatterns]
for _name in ("handler400", "handler403", "handler404", "handler500"):
    if hasattr(portal, _name):
        globals()[_name] = getattr(portal, _name)
