from django.urls import path

from notifications.views import preferences, stopping, told

app_name = "notifications"

urlpatterns = [
    path("", told.notifications, name="list"),
    path("unread/", told.unread, name="unread"),
    path("read/", told.read_all, name="read_all"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("stop/<str:token>/", stopping.stop, name="stop"),
    path("stop/<str:token>/undo/", stopping.undo, name="undo_stop"),
    path("<uuid:pk>/", told.open_notification, name="open"),
]
