"""Addresses of base data."""

from django.urls import path

from cityloop.grid import views

app_name = "grid"

urlpatterns = [
    path("duty", views.duty_page, name="duty"),
    path("duty/template", views.duty_template, name="duty_template"),
    path("duty/export", views.duty_export, name="duty_export"),
]
