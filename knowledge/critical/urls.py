from django.urls import path

from knowledge.critical.views import loops, notices, registering, saying, telling

app_name = "critical"

urlpatterns = [
    path("", notices.notices, name="list"),
    path("registrations/", registering.registrations, name="registrations"),
    path("registrations/all/", registering.register_all, name="register_all"),
    path("registrations/not-now/", registering.not_now, name="not_now"),
    path("<slug:reference>/", notices.notice, name="notice"),
    path("<slug:reference>/acknowledge/", saying.acknowledge, name="acknowledge"),
    path("<slug:reference>/say/", saying.say, name="say"),
    path("<slug:reference>/tell/", telling.tell, name="tell"),
    path("<slug:reference>/export/", loops.export, name="export"),
    path("<slug:reference>/accounts/<str:key>/", loops.account, name="account"),
]
