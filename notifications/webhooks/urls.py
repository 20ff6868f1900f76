from django.urls import path

from notifications.webhooks import views

app_name = "webhooks"

urlpatterns = [
    path("", views.webhooks, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/secret/", views.renew, name="renew_secret"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("<int:pk>/hold/", views.hold, name="hold"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/calls/<uuid:call_id>/again/", views.again, name="again"),
]
