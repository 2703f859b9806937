"""The page of duty grids and their holders: what there is, as a workbook out and in."""

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.grid.duty_book import export_duty, template_duty
from cityloop.grid.duty_import import import_duty
from cityloop.grid.selectors import count_duty
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.drafts import Kind
from cityloop.org.views.upload import download_book, draw_upload

DUTY: Final = Kind("duty", import_duty)


@permission_required("grid.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def duty_page(request: ActorRequest) -> HttpResponse:
    """How many there are; upload, read the report, confirm."""
    return draw_upload(request, DUTY, "grid/duty.html", lambda: {"there_are": count_duty(now=request.now)})


@permission_required("grid.manage")
@require_GET
def duty_template(request: ActorRequest) -> HttpResponse:
    """The empty workbook."""
    return download_book(template_duty(), _("责任网格导入模板"))


@permission_required("grid.manage")
@require_GET
def duty_export(request: ActorRequest) -> HttpResponse:
    """Everything, in the format of the import."""
    return download_book(export_duty(by=request.actor), _("责任网格与班次"))
