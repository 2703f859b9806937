"""Pages of import and export."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cityloop.base.errors import Refused
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.drafts import check_upload, confirm_upload
from cityloop.org.forms import BookForm, add_refusal
from cityloop.org.importing import Report, export_book, template_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LINES = 1000


@permission_required("org.import")
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: ActorRequest) -> HttpResponse:
    """Upload, read the report, confirm."""
    if request.POST.get("draft", "").isdecimal():
        report = confirm_upload(int(request.POST["draft"]), by=request.actor, now=request.now)
        return render(request, "org/import.html", {"form": BookForm(), "may_manage": True, **_shown(report)})
    form = BookForm(request.POST, request.FILES) if request.method == "POST" else BookForm()
    context: dict[str, object] = {"form": form, "may_manage": True}
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report, draft = check_upload(file.read(), file.name, by=request.actor, now=request.now)
            context.update(_shown(report), draft=draft, name=file.name)
        except Refused as refusal:
            add_refusal(form, refusal)
    return render(request, "org/import.html", context, status=422 if form.errors else 200)


def _shown(report: Report) -> dict[str, object]:
    """The report for the page: what is wrong first, and no more lines than a browser likes."""
    lines = sorted(report.lines, key=lambda line: line.verdict != "wrong")
    return {"report": report, "lines": lines[:MOST_LINES], "hidden": len(lines[MOST_LINES:]), "counts": report.counts}


@permission_required("org.import")
@require_GET
def template(request: ActorRequest) -> HttpResponse:
    """The empty workbook."""
    return _download(template_book(), _("机构导入模板"))


@permission_required("org.import")
@require_GET
def export(request: ActorRequest) -> HttpResponse:
    """Everything, in the format of the import."""
    return _download(export_book(by=request.actor), _("机构"))


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response
