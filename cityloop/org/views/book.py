"""Pages of import and export."""

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.drafts import Kind
from cityloop.org.importing import export_book, import_book, template_book
from cityloop.org.views.upload import download_book, draw_upload

ORGANISATION: Final = Kind("org", import_book)


@permission_required("org.import")
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: ActorRequest) -> HttpResponse:
    """Upload, read the report, confirm."""
    return draw_upload(request, ORGANISATION, "org/import.html", lambda: {"may_manage": True})


@permission_required("org.import")
@require_GET
def template(request: ActorRequest) -> HttpResponse:
    """The empty workbook."""
    return download_book(template_book(), _("机构导入模板"))


@permission_required("org.import")
@require_GET
def export(request: ActorRequest) -> HttpResponse:
    """Everything, in the format of the import."""
    return download_book(export_book(by=request.actor), _("机构"))
