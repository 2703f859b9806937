"""Addresses of base data. A kind is a word of `subjects.KINDS`; fixed words stand before it."""

from django.urls import path, re_path

from cityloop.grid.views import atlas, browse, duty, edit, imagery

app_name = "grid"

urlpatterns = [
    path("", browse.overview, name="overview"),
    path("atlas", atlas.atlas_page, name="atlas"),
    path("atlas/file", atlas.atlas_file, name="atlas_file"),
    path("imagery", imagery.imagery_page, name="imagery"),
    re_path(r"^imagery/(\d+)/(show|hide|remove)$", imagery.imagery_change, name="imagery_change"),
    path("imagery/<int:imagery_id>/<int:z>/<int:x>/<int:y>", imagery.imagery_tile, name="imagery_tile"),
    path("duty", duty.duty_page, name="duty"),
    path("duty/template", duty.duty_template, name="duty_template"),
    path("duty/export", duty.duty_export, name="duty_export"),
    path("extra-fields", edit.extra_fields, name="extra_fields"),
    path("area-classes", edit.area_classes, name="area_classes"),
    path("new/component", edit.component_new, name="component_new"),
    path("new/object", edit.object_new, name="object_new"),
    path("new/work-grid", edit.work_grid_new, name="work_grid_new"),
    path("rows/<slug:kind>", browse.row_list, name="list"),
    path("rows/<slug:kind>/export", browse.row_export, name="export"),
    path("rows/work_grid/<str:code>/cells", edit.work_grid_cells, name="work_grid_cells"),
    path("rows/<slug:kind>/<str:code>", browse.row_page, name="row"),
    path("rows/<slug:kind>/<str:code>/change", edit.row_change, name="change"),
    path("rows/<slug:kind>/<str:code>/move", edit.row_move, name="move"),
    path("rows/<slug:kind>/<str:code>/retire", edit.row_retire, name="retire"),
]
