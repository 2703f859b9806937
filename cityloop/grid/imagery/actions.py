"""Imagery comes in, is shown or hidden, and goes: the one part of base data that may be deleted, for its size."""

import os
import shutil
import uuid
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.grid import version
from cityloop.grid.imagery.converting import converted
from cityloop.grid.imagery.tiles import read_extent
from cityloop.grid.models import Imagery
from cityloop.org.actor import Actor


def add_imagery(
    path: Path, *, by: Actor, now: datetime, name: str, taken_on: date | None = None, attribution: str = ""
) -> Imagery:
    """Cut a GeoTIFF into tiles and show it. Takes minutes for a large one; refused, nothing is left behind."""
    name = name.strip()
    if not 0 < len(name) <= 60:
        raise Refused("invalid", _("请给影像一个名称，最多 60 个字"), {"fields": {"name": "required"}})
    root = Path(settings.IMAGERY_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o750)
    with converted(path) as tiles:
        extent = read_extent(tiles)
        kept = root / f"{uuid.uuid4()}.gpkg"
        shutil.move(tiles, kept)
    os.chmod(kept, 0o640)
    try:
        with transaction.atomic():
            row = Imagery.objects.create(
                name=name,
                taken_on=taken_on,
                attribution=attribution.strip()[:200],
                **{field: getattr(extent, field) for field in extent.__dataclass_fields__},
                file=kept.name,
                size=kept.stat().st_size,
                added_at=now,
                added_by_id=by.person_id,
                added_by_name=by.name,
            )
            version.note("imagery_added", name, by=by, now=now, size=row.size)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return row


def show_imagery(row: Imagery, *, is_shown: bool, by: Actor, now: datetime) -> None:
    """Let it be drawn on maps, or keep it away."""
    with transaction.atomic():
        Imagery.objects.filter(pk=row.pk).update(is_shown=is_shown)
        version.note("imagery_shown" if is_shown else "imagery_hidden", row.name, by=by, now=now)


def remove_imagery(row: Imagery, *, by: Actor, now: datetime) -> None:
    """Delete it with its tiles; the file goes when the row has gone for good."""
    with transaction.atomic():
        Imagery.objects.filter(pk=row.pk).delete()
        version.note("imagery_removed", row.name, by=by, now=now, size=row.size)
        transaction.on_commit(lambda: (Path(settings.IMAGERY_ROOT) / row.file).unlink(missing_ok=True))


def get_imagery(imagery_id: int) -> Imagery:
    """The imagery of that id; refused as `not_found`."""
    found = Imagery.objects.filter(pk=imagery_id).first()
    if found is None:
        raise Refused("not_found", _("没有此影像"), {"imagery": imagery_id})
    return found
