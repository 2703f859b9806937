"""Addresses of base data."""

from django.urls import path, re_path

from cityloop.grid.views import atlas, duty, imagery

app_name = "grid"

urlpatterns = [
    path("atlas", atlas.atlas_page, name="atlas"),
    path("atlas/file", atlas.atlas_file, name="atlas_file"),
    path("imagery", imagery.imagery_page, name="imagery"),
    re_path(r"^imagery/(\d+)/(show|hide|remove)$", imagery.imagery_change, name="imagery_change"),
    path("imagery/<int:imagery_id>/<int:z>/<int:x>/<int:y>", imagery.imagery_tile, name="imagery_tile"),
    path("duty", duty.duty_page, name="duty"),
    path("duty/template", duty.duty_template, name="duty_template"),
    path("duty/export", duty.duty_export, name="duty_export"),
]
