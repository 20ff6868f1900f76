from django.urls import path

from knowledge.search import views

app_name = "search"

urlpatterns = [
    path("", views.everything, name="search"),
]
