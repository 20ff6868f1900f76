from django.urls import path

from portal.core.mailcatcher import views

urlpatterns = [
    path("", views.mail_list, name="dev_mail"),
    path("<str:key>/", views.mail, name="dev_mail_open"),
    path("<str:key>/html/", views.mail_html, name="dev_mail_html"),
]
