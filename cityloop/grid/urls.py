"""Addresses of base data."""

from django.urls import path

from cityloop.grid.views import atlas, duty

app_name = "grid"

urlpatterns = [
    path("atlas", atlas.atlas_page, name="atlas"),
    path("atlas/file", atlas.atlas_file, name="atlas_file"),
    path("duty", duty.duty_page, name="duty"),
    path("duty/template", duty.duty_template, name="duty_template"),
    path("duty/export", duty.duty_export, name="duty_export"),
]
