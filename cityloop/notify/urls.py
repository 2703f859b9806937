"""Addresses of notices."""

from django.urls import path

from cityloop.notify import views

app_name = "notify"

urlpatterns = [
    path("", views.notices, name="list"),
    path("bell", views.bell, name="bell"),
    path("read", views.read_all, name="read_all"),
    path("<int:notice_id>", views.open_notice, name="open"),
]
