"""`/api/v1/handbook`: limits of the filing standards, and a city's handbook in and out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile

from cityloop.base.time import city_date
from cityloop.codes.changes import Plan
from cityloop.limits.handbook import check_handbook, edition_of, export_handbook, import_handbook, open_limits
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth())
admin = ApiAuth("codes.import")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EditionCode = Annotated[str, Query(max_length=20)]


class LimitOut(Schema):
    """A limit: 4 `work_hour`."""

    amount: Decimal
    unit: str


class LimitsOut(Schema):
    """Limits by standard id and class of area, of an edition's standards that have no end."""

    edition: str
    limits: dict[int, dict[str, LimitOut]]


class LineOut(Schema):
    """One line of the workbook: `verdict` is added, changed, retired, same or wrong."""

    number: int
    verdict: str
    message: str
    kind: str = ""
    code: str = ""
    seq: int | None = None


class ReportOut(Schema):
    """What a workbook changes, line by line, and whether that has been written."""

    edition: str
    on: date
    imported: bool
    counts: dict[str, int]
    lines: list[LineOut]


@router.get("/handbook/limits", response=LimitsOut, url_name="handbook_limits")
def read_limits(request: ActorRequest, edition: EditionCode = "") -> dict[str, Any]:
    """The limits to the standards that `GET /codes` lists."""
    found = edition_of(edition)
    limits = {
        standard_id: {area_class: limit._asdict() for area_class, limit in classes.items()}
        for standard_id, classes in open_limits(found).items()
    }
    return {"edition": found.code, "limits": limits}


@router.get("/handbook/export", auth=admin, url_name="handbook_export")
def export(request: ActorRequest, edition: EditionCode = "") -> HttpResponse:
    """The handbook as it is as an Excel workbook, in the format of the import."""
    return HttpResponse(export_handbook(edition_of(edition)), content_type=XLSX)


@router.post("/handbook/import", response=ReportOut, auth=admin, url_name="handbook_import")
def import_workbook(
    request: ActorRequest,
    file: Annotated[UploadedFile, File()],
    *,
    edition: EditionCode = "",
    on: date | None = None,
    source: Annotated[str, Query(max_length=120)] = "",
    dry_run: bool = False,
) -> ReportOut:
    """Check a workbook and, unless `dry_run`, write it, all or nothing: with a wrong line nothing is written.

    `on` is the day from which it holds, today if not given; `source` what the conditions rest on.
    """
    found = edition_of(edition)
    day = on or city_date(request.now)
    content = file.read()
    if dry_run:
        plan = check_handbook(content, edition=found, on=day)
    else:
        plan = import_handbook(
            content, edition_code=found.code, on=day, source=source, by=request.actor, now=request.now
        )
    return report_of(plan, found.code, imported=plan.is_sound and not dry_run)


def report_of(plan: Plan, edition: str, *, imported: bool) -> ReportOut:
    """The plan as it is answered."""
    lines = [
        LineOut(
            number=change.number,
            verdict=change.verdict,
            message=change.message,
            kind=change.row.kind if change.row else "",
            code=change.row.code if change.row else "",
            seq=change.seq,
        )
        for change in plan.changes
    ]
    return ReportOut(edition=edition, on=plan.on, imported=imported, counts=plan.counts(), lines=lines)
