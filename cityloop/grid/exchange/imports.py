"""The life of an import: uploaded, read as told, checked, applied or discarded. Pages, commands and jobs come here."""

import os
import shutil
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.grid.exchange.applying import write_rows
from cityloop.grid.exchange.checks import Progress, check
from cityloop.grid.exchange.layers import get_spec
from cityloop.grid.exchange.mapping import guess, read_plan
from cityloop.grid.exchange.reading import Look, look
from cityloop.grid.exchange.staging import drop_tables
from cityloop.grid.models import DataImport, ImportFinding, ImportMapping, ImportState
from cityloop.grid.version import note
from cityloop.org.actor import SYSTEM, Actor
from cityloop.org.permissions import demand

CHECK: Final = "grid.check_import"
APPLY: Final = "grid.apply_import"
KEEP_DAYS: Final = 30


def keep_upload(content: BinaryIO, name: str) -> str:
    """Store an uploaded file under a name of ours; that name. Refused as `too_large`."""
    folder = Path(settings.IMPORT_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = f"{uuid.uuid4().hex}{Path(name).suffix.lower()[:10]}"
    with (folder / kept).open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    if (folder / kept).stat().st_size > settings.IMPORT_BYTES:
        (folder / kept).unlink()
        raise Refused("too_large", _("文件超过 %(size)s MB") % {"size": settings.IMPORT_BYTES >> 20}, {"rule": "size"})
    return kept


def start(path: str, name: str, *, layer: str, source: str = "", by: Actor, now: datetime) -> DataImport:
    """Look a file over and make an import of it; its mapping is what is remembered of the source, else a guess.

    Refused when the file cannot be read; an upload is thrown away then.
    """
    demand(by, "grid.import")
    spec = get_spec(layer)
    try:
        found = look(stored(path))
    except Refused:
        throw_away(path)
        raise
    chosen = next((one for one in found.layers if one.rows), found.layers[0])
    plan = guess(spec, chosen).as_json() | {"member": found.member}
    known = ImportMapping.objects.filter(source=source, layer=layer).first() if source else None
    if known:
        plan |= known.mapping | {"member": found.member, "layer": chosen.name, "encoding": chosen.encoding}
    return DataImport.objects.create(
        layer=layer,
        file_name=name[:200],
        path=path,
        source=source[:60],
        look=look_as_json(found),
        mapping=plan,
        total=chosen.rows,
        created_at=now,
        changed_at=now,
        person_id=by.person_id,
        by_name=by.name,
    )


def look_as_json(found: Look) -> dict[str, Any]:
    """What a page shows of a file: names, samples, the different values of fields."""
    layers = [
        {
            "name": layer.name,
            "geometry": layer.geometry,
            "rows": layer.rows,
            "encoding": layer.encoding,
            "epsg": layer.epsg,
            "system": layer.system,
            "fields": [
                {"name": field.name, "samples": list(field.samples[:5]), "values": field.values}
                for field in layer.fields
            ],
        }
        for layer in found.layers
    ]
    return {"members": list(found.members), "member": found.member, "layers": layers}


def stored(path: str) -> Path:
    """Where an import's file lies."""
    return Path(settings.IMPORT_ROOT) / path


def throw_away(path: str) -> None:
    """Delete an upload; a file that a command named stays where it is."""
    if path and not os.path.isabs(path):
        stored(path).unlink(missing_ok=True)


def configure(job: DataImport, mapping: Mapping[str, Any], *, by: Actor, now: datetime) -> DataImport:
    """Say how the file is read; it is remembered for the source. Refused as `invalid` where it names what is not."""
    demand(by, "grid.import")
    refuse_busy(job)
    plan = read_plan(mapping, get_spec(job.layer))
    job.mapping = plan.as_json()
    job.changed_at = now
    job.save(update_fields=["mapping", "changed_at"])
    if job.source:
        remembered = {key: value for key, value in job.mapping.items() if key not in ("member", "layer", "encoding")}
        ImportMapping.objects.update_or_create(
            source=job.source, layer=job.layer, defaults={"mapping": remembered, "changed_at": now}
        )
    return job


def refuse_busy(job: DataImport) -> None:
    """Refuse what may not be done while a job works on the import, or after its end."""
    if job.state in (ImportState.APPLIED, ImportState.DISCARDED) or job.is_busy:
        raise Refused("not_here", _("此导入当前状态不能这样操作：%(state)s") % {"state": job.get_state_display()})


def begin(job: DataImport, state: ImportState, *, by: Actor, now: datetime) -> DataImport:
    """Give the import over to a job: to be checked, or to be applied. The caller defers the job with it."""
    demand(by, "grid.import" if state == ImportState.CHECKING else "grid.approve")
    if not job.is_busy:  # what hangs may be begun again
        refuse_busy(job)
    if state == ImportState.APPLYING:
        demand_ready(job)
    DataImport.objects.filter(pk=job.pk).update(
        state=state, phase="", done=0, refusal="", changed_at=now, good_rows=job.good_rows
    )
    job.refresh_from_db()
    return job


def demand_ready(job: DataImport) -> None:
    """Refuse to apply what was not checked, has no good row, or has bad ones and is all or nothing."""
    if job.state not in (ImportState.CHECKED, ImportState.APPLYING):
        raise Refused("not_yet", _("请先检查"), {"rule": "checked"})
    if not job.counts.get("good"):
        raise Refused("not_yet", _("没有一行合格，不能入库"), {"rule": "rows"})
    if job.counts.get("bad") and not job.good_rows:
        message = _("%(count)s 行有错误：请修正后重新上传，或选择只导入合格的行") % {"count": job.counts["bad"]}
        raise Refused("not_yet", message, {"rule": "rows"})


def run_check(job: DataImport, *, now: datetime, progress: Progress | None = None) -> DataImport:
    """Check the import from the beginning, whatever was done before; the answer stands in its row."""

    def tell(phase: str, done: int) -> None:
        DataImport.objects.filter(pk=job.pk).update(phase=phase, done=done)
        if progress:
            progress(phase, done)

    try:
        job.counts = check(job, stored(job.path), today=city_date(now), progress=tell)
        job.state, job.refusal = ImportState.CHECKED, ""
    except Refused as no:
        job.counts, job.state, job.refusal = {}, ImportState.REFUSED, str(no.message)[:400]
    job.phase, job.changed_at = "", now
    job.save(update_fields=["counts", "state", "refusal", "phase", "changed_at"])
    return job


def run_apply(job: DataImport, *, by: Actor, now: datetime) -> DataImport:
    """Write the good rows into base data, in one transaction; a second call finds it done."""
    demand(by, "grid.approve")
    with transaction.atomic():
        job = DataImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if job.state == ImportState.APPLIED:
            return job
        demand_ready(job)
        count = write_rows(job, by=by, now=now, today=city_date(now))
        job.counts = {**job.counts, "written": count}
        job.state, job.phase, job.applied_at, job.changed_at = ImportState.APPLIED, "", now, now
        job.save(update_fields=["counts", "state", "phase", "applied_at", "changed_at", "good_rows"])
        note("imported", job.file_name, by=by, now=now, layer=job.layer, rows=count, batch=job.batch)
        drop_tables(job.staged_table)
    throw_away(job.path)
    return job


def refuse(job: DataImport, message: str, *, now: datetime) -> None:
    """Say why a job could not do its work; what was checked stays."""
    back = ImportState.CHECKED if job.state == ImportState.APPLYING else ImportState.REFUSED
    DataImport.objects.filter(pk=job.pk).update(state=back, phase="", refusal=message[:400], changed_at=now)


@transaction.atomic
def discard(job: DataImport, *, by: Actor, now: datetime) -> DataImport:
    """Give an import up: its rows, findings and file go, the line in the list stays."""
    demand(by, "grid.import")
    if job.state == ImportState.APPLIED:
        refuse_busy(job)
    drop_tables(job.staged_table)
    ImportFinding.objects.filter(data_import=job).delete()
    throw_away(job.path)
    job.state, job.phase, job.changed_at = ImportState.DISCARDED, "", now
    job.save(update_fields=["state", "phase", "changed_at"])
    return job


def expire(now: datetime) -> int:
    """Give up what nobody has touched for a month: staged rows and uploads are not kept for ever; how many."""
    waiting = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.REFUSED)
    old = DataImport.objects.filter(state__in=waiting, changed_at__lt=now - timedelta(days=KEEP_DAYS))
    return len([discard(job, by=SYSTEM, now=now) for job in old])
