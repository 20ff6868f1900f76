from django.urls import path

from bench.floor import views

urlpatterns = [
    path("nothing/", views.nothing),
    path("queue/", views.queue),
    path("incident/", views.incident),
    path("log/", views.log),
    path("list/", views.bare_json),
    path("promises/", views.promises),
]
