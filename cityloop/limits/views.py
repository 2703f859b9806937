"""Pages of the handbook: look it up, bring a city's own in, take it out."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes import selectors
from cityloop.codes.catalogue import EditionNode, MinorNode, StandardNode
from cityloop.codes.changes import Plan
from cityloop.codes.data import AREA_CLASSES
from cityloop.codes.sheets import write_sheet
from cityloop.limits.forms import HandbookForm, seal, unseal
from cityloop.limits.handbook import check_handbook, edition_of, export_handbook, import_handbook
from cityloop.limits.selectors import limit_for
from cityloop.limits.words import limit_words
from cityloop.org.access import ActorRequest, permission_required, signed_in
from cityloop.org.permissions import has_permission

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LINES: Final = 1000
MOST_FOUND: Final = 30


@signed_in
@require_safe
def handbook_page(request: ActorRequest) -> HttpResponse:
    """The handbook in force today: one major category, or what answers a search."""
    on = city_date(request.now)
    edition = edition_of(request.GET.get("edition", ""))
    majors = selectors.catalogue(edition.id, on, fileable_only=False)
    words = request.GET.get("q", "").strip()[:40]
    chosen = next((row for row in majors if str(row.id) == request.GET.get("major")), majors[0] if majors else None)
    if words:
        minors = selectors.search(edition.id, words, on, limit=MOST_FOUND, fileable_only=False)
    else:
        minors = list(chosen.minors) if chosen else []
    context = {
        "editions": selectors.snapshot().editions.values(),
        "edition": edition,
        "majors": majors,
        "chosen": None if words else chosen,
        "words": words,
        "minors": [_shown(minor, on) for minor in minors],
        "may_import": has_permission(request.actor, "codes.import"),
    }
    return render(request, "limits/handbook.html", context)


def _shown(minor: MinorNode, on: date) -> dict[str, Any]:
    """A minor category with its conditions and their limits by class of area."""
    rows = [{"standard": row, "limits": _limits(row, on)} for row in minor.standards]
    return {"minor": minor, "rows": rows, "span": max(len(rows), 1)}


def _limits(row: StandardNode, on: date) -> list[str]:
    found = (limit_for(row.id, area_class, on) for area_class in AREA_CLASSES)
    return [limit_words(limit) if limit else "" for limit in found]


@permission_required("codes.import")
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: ActorRequest) -> HttpResponse:
    """Upload, read the report, confirm."""
    if "sealed" in request.POST:
        return _confirm(request)
    form = HandbookForm(request.POST or None, request.FILES or None, initial={"on": city_date(request.now)})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        upload = form.as_upload()
        try:
            plan = check_handbook(upload.content, edition=edition_of(upload.edition), on=upload.on)
            context.update(_report(plan), sealed=seal(upload, person_id=request.actor.person_id), upload=upload)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    return render(request, "limits/handbook_import.html", context, status=422 if form.errors else 200)


def _confirm(request: ActorRequest) -> HttpResponse:
    upload = unseal(request.POST["sealed"], person_id=request.actor.person_id)
    plan = import_handbook(
        upload.content,
        edition_code=upload.edition,
        on=upload.on,
        source=upload.source,
        by=request.actor,
        now=request.now,
    )
    form = HandbookForm(initial={"on": city_date(request.now)})
    context = {"form": form, "upload": upload, "done": plan.is_sound, **_report(plan)}
    return render(request, "limits/handbook_import.html", context)


def _report(plan: Plan) -> dict[str, Any]:
    """The report for the page: what is wrong first, what stays as it is left out, no more than a browser likes."""
    lines = [change for change in plan.changes if change.verdict != "same"]
    lines.sort(key=lambda change: change.verdict != "wrong")
    return {"plan": plan, "lines": lines[:MOST_LINES], "hidden": len(lines[MOST_LINES:]), "counts": plan.counts()}


@permission_required("codes.import")
@require_safe
def template(request: ActorRequest) -> HttpResponse:
    """The empty workbook."""
    return _download(write_sheet([]), [_("指挥手册导入模板")])


@permission_required("codes.import")
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """The handbook as it is, in the format of the import."""
    edition: EditionNode = edition_of(request.GET.get("edition", ""))
    return _download(export_handbook(edition), [_("指挥手册"), edition.code, city_date(request.now).isoformat()])


def _download(content: bytes, name: Iterable[str]) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{'-'.join(name)}.xlsx") or ""
    return response
