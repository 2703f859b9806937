"""Addresses of base data. A kind is a word of `subjects.KINDS`; fixed words stand before it."""

from django.urls import path, re_path

from cityloop.grid.views import atlas, browse, duty, edit, export, imagery, imports, ownership, updates

app_name = "grid"

urlpatterns = [
    path("", browse.overview, name="overview"),
    path("import/", imports.list_page, name="imports"),
    path("import/<int:import_id>", imports.one_page, name="import_one"),
    path("import/<int:import_id>/progress", imports.progress, name="import_progress"),
    path("import/<int:import_id>/report/<slug:ending>", imports.report, name="import_report"),
    path("import/<int:import_id>/<slug:what>", imports.do, name="import_do"),
    path("export", export.export_page, name="export_files"),
    path("atlas", atlas.atlas_page, name="atlas"),
    path("atlas/file", atlas.atlas_file, name="atlas_file"),
    path("ownership", ownership.ownership, name="ownership"),
    path("ownership/open", ownership.ownership_open, name="ownership_open"),
    re_path(r"^ownership/rounds/(\d+)/(remind|close)$", ownership.ownership_round, name="ownership_round"),
    path("ownership/rounds/<int:round_id>/export", ownership.ownership_export, name="ownership_export"),
    path("ownership/items/<int:item_id>", ownership.ownership_item, name="ownership_item"),
    re_path(r"^ownership/items/(\d+)/(confirm|dispute|fill)$", ownership.ownership_answer, name="ownership_answer"),
    path("ownership/disputes", ownership.ownership_disputes, name="ownership_disputes"),
    re_path(r"^ownership/disputes/(\d+)/(decide|withdraw)$", ownership.ownership_dispute, name="ownership_dispute"),
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
    path("updates", updates.update_list, name="updates"),
    path("updates/approve", updates.update_batch, name="update_batch"),
    path("updates/new", updates.update_choose, name="update_choose"),
    path("updates/new/<slug:kind>", updates.update_new, name="update_new"),
    path("updates/rates", updates.update_rates, name="update_rates"),
    path("updates/rates/export", updates.rates_export, name="rates_export"),
    path("updates/<int:update_id>", updates.update_page, name="update"),
    path("updates/<int:update_id>/<slug:do>", updates.update_act, name="update_act"),
    path("rows/<slug:kind>", browse.row_list, name="list"),
    path("rows/<slug:kind>/export", browse.row_export, name="export"),
    path("rows/work_grid/<str:code>/cells", edit.work_grid_cells, name="work_grid_cells"),
    path("rows/<slug:kind>/<str:code>", browse.row_page, name="row"),
    path("rows/<slug:kind>/<str:code>/change", edit.row_change, name="change"),
    path("rows/<slug:kind>/<str:code>/move", edit.row_move, name="move"),
    path("rows/<slug:kind>/<str:code>/retire", edit.row_retire, name="retire"),
]
