"""Pages of imports: upload, map, check, report, apply or discard."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityloop.base.coordinates import list_crs
from cityloop.base.errors import Refused
from cityloop.base.jobs import has_worker
from cityloop.base.pages import get_page, see_other
from cityloop.grid.exchange import imports, jobs
from cityloop.grid.exchange.layers import get_spec, list_specs
from cityloop.grid.exchange.report import counts_of, field_labels, line_of, write_report
from cityloop.grid.exchange.screens import extra_lines, field_lines, layer_of, read_answer, source_choices
from cityloop.grid.models import DataImport, ImportMapping, ImportState, Severity
from cityloop.grid.views.browse import tabs_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.org.permissions import has_permission

ENCODINGS: Final = (("utf-8", "UTF-8"), ("gb18030", "GBK / GB18030"), ("big5", "Big5"))
REPORTS: Final = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
ACCEPTED: Final = ".geojson,.json,.zip,.gpkg,.osm,.pbf,.csv,.txt"


class UploadForm(forms.Form):
    """A file of base data and what it is to become."""

    layer = forms.ChoiceField(label=gettext_lazy("图层"))
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("例如测绘单位的名称；字段对应按来源记住，下次自动带出"),
    )
    file = forms.FileField(label=gettext_lazy("文件"), widget=forms.FileInput(attrs={"accept": ACCEPTED}))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        layer: Any = self.fields["layer"]
        layer.choices = [(spec.name, spec.label) for spec in list_specs().values()]


@permission_required("grid.import")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def list_page(request: ActorRequest) -> HttpResponse:
    """Every import with where it stands, and a new one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = _start(request, form)
        if job is not None:
            return see_other(request, reverse("grid:import_one", args=[job.pk]))
    page = get_page(
        DataImport.objects.defer("look", "mapping"),
        order=["-id"],
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        **tabs_of(request, "imports"),
        "form": form,
        "page": page,
        "labels": {spec.name: spec.label for spec in list_specs().values()},
        "sources": ImportMapping.objects.order_by("source").values_list("source", flat=True).distinct(),
    }
    return render(request, "grid/imports.html", context, status=422 if form.errors else 200)


def _start(request: ActorRequest, form: UploadForm) -> DataImport | None:
    file = form.cleaned_data["file"]
    try:
        path = imports.keep_upload(file, file.name)
        return imports.start(
            path,
            file.name,
            layer=form.cleaned_data["layer"],
            source=form.cleaned_data["source"].strip(),
            by=request.actor,
            now=request.now,
        )
    except Refused as no:
        form.add_error("file", no.message)
        return None


def _get(import_id: int) -> DataImport:
    found = DataImport.objects.filter(pk=import_id).first()
    if found is None:
        raise Refused("not_found", _("没有此导入"), {"import": import_id})
    return found


@permission_required("grid.import")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def one_page(request: ActorRequest, import_id: int) -> HttpResponse:
    """One import: its mapping, its progress or its report. A posted mapping is kept, and checked if asked."""
    job, refusal = _get(import_id), ""
    if request.method == "POST":
        try:
            imports.configure(job, read_answer(job, request.POST.dict()), by=request.actor, now=request.now)
            if "check" in request.POST:
                _hand_over(request, job, ImportState.CHECKING)
            return see_other(request, reverse("grid:import_one", args=[job.pk]))
        except Refused as no:
            refusal = no.message
    return render(request, "grid/import.html", _context(request, job, refusal), status=422 if refusal else 200)


def _hand_over(request: ActorRequest, job: DataImport, state: ImportState) -> None:
    """To a worker, together with the state that says so."""
    with transaction.atomic():
        jobs.defer(imports.begin(job, state, by=request.actor, now=request.now))


def _context(request: ActorRequest, job: DataImport, refusal: str = "") -> dict[str, Any]:
    context: dict[str, Any] = {
        **tabs_of(request, "imports"),
        "job": job,
        "refusal": refusal,
        "spec": get_spec(job.layer),
        "may_apply": has_permission(request.actor, "grid.approve"),
        "can_map": job.state in (ImportState.UPLOADED, ImportState.CHECKED, ImportState.REFUSED),
        "no_worker": job.is_busy and not has_worker(),
    }
    if context["can_map"]:
        context |= {
            "layer": layer_of(job),
            "fields": field_lines(job),
            "sources": source_choices(job),
            "extras": extra_lines(job),
            "systems": list_crs().values(),
            "encodings": ENCODINGS,
        }
    if job.counts:
        severity = request.GET.get("severity", "")
        found = job.findings.filter(severity=severity) if severity in Severity.values else job.findings.all()
        page = get_page(
            found, order=["row", "id"], after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
        labels = field_labels(job)
        context |= {"page": page, "lines": [line_of(row, labels) for row in page.rows], "found": counts_of(job)}
        context |= {"severity": severity, "severities": Severity.choices}
    return context


@permission_required("grid.import")
@require_safe
@never_cache
def progress(request: ActorRequest, import_id: int) -> HttpResponse:
    """How far the job is; the whole page again once it has ended."""
    job = _get(import_id)
    if not job.is_busy:
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "grid/import_progress.html", {"job": job, "no_worker": not has_worker()})


def _check(request: ActorRequest, job: DataImport) -> None:
    _hand_over(request, job, ImportState.CHECKING)


def _apply(request: ActorRequest, job: DataImport) -> None:
    job.good_rows = "good_rows" in request.POST
    _hand_over(request, job, ImportState.APPLYING)


def _discard(request: ActorRequest, job: DataImport) -> None:
    imports.discard(job, by=request.actor, now=request.now)


DEEDS: Final[dict[str, Callable[[ActorRequest, DataImport], None]]] = {
    "check": _check,
    "apply": _apply,
    "discard": _discard,
}


@permission_required("grid.import")
@require_POST
def do(request: ActorRequest, import_id: int, what: str) -> HttpResponse:
    """Check again, apply, discard."""
    job = _get(import_id)
    if what not in DEEDS:
        raise Refused("not_found", _("没有此操作"), {"what": what})
    try:
        DEEDS[what](request, job)
    except Refused as no:
        return render(request, "grid/import.html", _context(request, _get(import_id), no.message), status=no.status)
    return see_other(request, reverse("grid:import_one", args=[job.pk]))


@permission_required("grid.import")
@require_safe
def report(request: ActorRequest, import_id: int, ending: str) -> FileResponse:
    """The check report as a file."""
    job = _get(import_id)
    if ending not in REPORTS:
        raise Refused("not_found", _("没有此格式：%(name)s") % {"name": ending}, {"format": ending})
    file = tempfile.NamedTemporaryFile(suffix=f".{ending}")  # noqa: SIM115 (the response closes it)
    write_report(job, Path(file.name))
    name = f"{_('检查报告')}-{job.pk}.{ending}"
    response = FileResponse(file, content_type=REPORTS[ending])
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
