"""Addresses of the desk and of cases."""

from django.urls import path

from cityloop.cases.views import act, base_photos, case, desk, prints, search

app_name = "cases"

urlpatterns = [
    path("desk/leave", desk.leave, name="leave"),
    path("desk/counts", desk.counts, name="counts"),
    path("desk/<slug:name>", desk.box, name="box"),
    path("desk/<slug:name>/rows", desk.rows, name="rows"),
    path("desk/<slug:name>/batch", desk.batch, name="batch"),
    path("cases/", search.search, name="search"),
    path("cases/export", search.export, name="export"),
    path("cases/suggest", search.suggest, name="suggest"),
    path("cases/<slug:number>/", case.case, name="case"),
    path("cases/<slug:number>/keep", case.keep, name="keep"),
    path("cases/<slug:number>/take-over", case.take_over, name="take_over"),
    path("base-photos/updates/<int:update_id>/<uuid:uuid>", base_photos.update_photo, name="update_photo"),
    path(
        "base-photos/updates/<int:update_id>/<uuid:uuid>/thumbnail",
        base_photos.update_thumbnail,
        name="update_thumbnail",
    ),
    path("base-photos/<slug:kind>/<str:code>/<uuid:uuid>", base_photos.base_photo, name="base_photo"),
    path("base-photos/<slug:kind>/<str:code>/<uuid:uuid>/thumbnail", base_photos.base_thumbnail, name="base_thumbnail"),
    path("cases/<slug:number>/evidence/<uuid:uuid>", case.evidence, name="evidence"),
    path("cases/<slug:number>/evidence/<uuid:uuid>/thumbnail", case.thumbnail, name="thumbnail"),
    path("cases/<slug:number>/reports/<int:report_id>/contact", case.contact, name="contact"),
    path("cases/<slug:number>/late/<int:reply_id>", case.late_seen, name="late_seen"),
    path("cases/<slug:number>/do/<slug:do>", act.on_case, name="act_case"),
    path("cases/<slug:number>/print", prints.case_file, name="print"),
    path("tasks/<int:task_id>/do/<slug:do>", act.on_task, name="act_task"),
    path("tasks/<int:task_id>/print", prints.dispatch_sheet, name="print_task"),
    path("requests/<int:request_id>/do/<slug:do>", act.on_request, name="act_request"),
]
