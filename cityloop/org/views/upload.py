"""The page of an import, for every app that has one: upload, read the report, confirm."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from cityloop.base.errors import Refused
from cityloop.org.access import ActorRequest
from cityloop.org.drafts import Kind, check_upload, confirm_upload
from cityloop.org.forms import BookForm, add_refusal

More = Callable[[], Mapping[str, Any]]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def draw_upload(request: ActorRequest, kind: Kind, template: str, more: More) -> HttpResponse:
    """The page; its template includes `components/import.html` and gets `more()`, asked when all is done."""
    answer = _confirm if "draft" in request.POST else _check
    found, status = answer(request, kind)
    return render(request, template, {**found, **more()}, status=status)


def _check(request: ActorRequest, kind: Kind) -> tuple[dict[str, Any], int]:
    """Check what was uploaded, if anything was."""
    form = BookForm(request.POST, request.FILES) if request.method == "POST" else BookForm()
    found: dict[str, Any] = {"form": form}
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report, draft = check_upload(kind, file.read(), file.name, by=request.actor, now=request.now)
            found.update(report.shown(), draft=draft, name=file.name)
        except Refused as refusal:
            add_refusal(form, refusal)
    return found, 422 if form.errors else 200


def _confirm(request: ActorRequest, kind: Kind) -> tuple[dict[str, Any], int]:
    """Take the draft over; if it waits no longer, that is said above the form, ready for another upload."""
    found, number = {"form": BookForm()}, request.POST["draft"]
    try:
        report = confirm_upload(kind, int(number) if number.isdecimal() else 0, by=request.actor, now=request.now)
    except Refused as refusal:
        return {**found, "refusal": refusal}, refusal.status
    return {**found, **report.shown()}, 200 if report.applied else 409


def download_book(content: bytes, name: str) -> HttpResponse:
    """A workbook to be saved under that name."""
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response
