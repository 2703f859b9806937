"""Imagery: the list with what is shown, an upload, and the tiles."""

import tempfile
from pathlib import Path
from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import see_other
from cityloop.grid.imagery.actions import add_imagery, get_imagery, remove_imagery, show_imagery
from cityloop.grid.imagery.tiles import read_tile, type_of
from cityloop.grid.models import Imagery
from cityloop.org.access import ActorRequest, permission_required

MOST_UPLOADED: Final = 50 << 20
FOR_GOOD: Final = "private, max-age=86400, immutable"


class ImageryForm(forms.Form):
    """A GeoTIFF and what people should know of it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    taken_on = forms.DateField(
        label=gettext_lazy("拍摄日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    attribution = forms.CharField(label=gettext_lazy("数据来源说明"), max_length=200, required=False)
    file = forms.FileField(label=gettext_lazy("GeoTIFF 文件"), widget=forms.FileInput(attrs={"accept": ".tif,.tiff"}))

    def clean_file(self) -> UploadedFile:
        """Small enough to be cut while one waits."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > MOST_UPLOADED:
            words = _("大于 %(most)s MB 的影像请在服务器上用 cityloop imagery add 加入") % {"most": MOST_UPLOADED >> 20}
            raise forms.ValidationError(words)
        return file


@permission_required("grid.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def imagery_page(request: ActorRequest) -> HttpResponse:
    """What there is; a small image is added here, a large one by the command."""
    form = ImageryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _add(request, form):
        return see_other(request, reverse("grid:imagery"))
    context = {"form": form, "rows": Imagery.objects.all(), "most": MOST_UPLOADED >> 20}
    return render(request, "grid/imagery.html", context, status=422 if form.errors else 200)


def _add(request: ActorRequest, form: ImageryForm) -> bool:
    values = dict(form.cleaned_data)
    with tempfile.NamedTemporaryFile(suffix=".tif") as copy:
        for chunk in values.pop("file").chunks():
            copy.write(chunk)
        copy.flush()
        try:
            add_imagery(Path(copy.name), by=request.actor, now=request.now, **values)
        except Refused as refusal:
            form.add_error("name" if "fields" in refusal.details else "file", refusal.message)
            return False
    return True


@permission_required("grid.manage")
@require_POST
def imagery_change(request: ActorRequest, imagery_id: int, what: str) -> HttpResponse:
    """Show, hide or remove it."""
    row = get_imagery(imagery_id)
    if what == "remove":
        remove_imagery(row, by=request.actor, now=request.now)
    else:
        show_imagery(row, is_shown=what == "show", by=request.actor, now=request.now)
    return see_other(request, reverse("grid:imagery"))


@permission_required("grid.view")
@require_GET
def imagery_tile(request: ActorRequest, imagery_id: int, z: int, x: int, y: int) -> HttpResponse:
    """One tile; 204 where the image has none. An image never changes, so a browser may keep it."""
    row = get_imagery(imagery_id)
    if not row.is_shown:
        raise Refused("not_found", _("没有此影像"), {"imagery": imagery_id})
    picture = read_tile(row.file, z, x, y)
    if picture is None:
        return HttpResponse(status=204, headers={"Cache-Control": FOR_GOOD})
    return HttpResponse(picture, content_type=type_of(picture), headers={"Cache-Control": FOR_GOOD})
