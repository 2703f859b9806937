"""The pages of imports as an administrator walks them, with the worker beside them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cityloop.base.jobs import has_worker
from cityloop.grid.exchange import jobs
from cityloop.grid.models import Component, DataImport, ImportMapping, ImportState
from tests.grid import foreign
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world: World, client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.IMPORT_ROOT = tmp_path / "imports"
    client.force_login(world.people["system_admin"])
    return client


def upload(admin: Client, content: str | bytes, name: str = "lamps.geojson", source: str = "测绘院") -> DataImport:
    raw = content if isinstance(content, bytes) else content.encode()
    answer = admin.post(
        "/base/import/", {"layer": "components", "source": source, "file": SimpleUploadedFile(name, raw)}
    )
    assert answer.status_code == 302, answer.content.decode()
    return DataImport.objects.latest("id")


def lamps(world: World, *more: foreign.Feature) -> str:
    here: foreign.Feature = ({"KIND": "Lamp", "HEIGHT": "8"}, {"type": "Point", "coordinates": world.place()})
    return foreign.features([here, *more])


ANSWER = {
    "crs": "wgs84", "near": "0.5", "repair": "1", "field-minor": "KIND", "value-minor-0": "0101", "extra-1": "height",
    "check": "1",
}  # fmt: skip


def work(job: DataImport) -> DataImport:
    """What a worker does."""
    job.refresh_from_db()
    (jobs.check_import if job.state == ImportState.CHECKING else jobs.apply_import)(import_id=job.pk)
    job.refresh_from_db()
    return job


def test_from_upload_to_base_data(admin: Client, world: World) -> None:
    job = upload(admin, lamps(world))
    page = admin.get(f"/base/import/{job.pk}").content.decode()
    assert "HEIGHT" in page
    assert "value-minor-0" not in page
    before = Component.objects.count()
    admin.post(f"/base/import/{job.pk}", {**ANSWER, "check": ""} | {"check": "1"})
    job.refresh_from_db()
    assert job.state == ImportState.CHECKING
    waiting = admin.get(f"/base/import/{job.pk}").content.decode()
    assert "cityloop work" in waiting
    assert not has_worker()
    assert work(job).counts["bad"] == 1  # the value was not on the page yet, so nothing says what Lamp is
    admin.post(f"/base/import/{job.pk}", ANSWER)
    assert work(job).counts == {"rows": 1, "good": 1, "bad": 0, "found": {}}
    assert admin.get(f"/base/import/{job.pk}/progress").headers["HX-Refresh"] == "true"
    admin.post(f"/base/import/{job.pk}/apply")
    assert work(job).state == ImportState.APPLIED
    assert Component.objects.count() == before + 1
    written = Component.objects.latest("id")
    assert (written.minor.code, written.extension, written.code[:10]) == ("0101", {"height": "8"}, "3101010101")
    assert ImportMapping.objects.get().mapping["values"] == {"minor": {"Lamp": "0101"}}
    assert "写入 1 行" in admin.get("/base/import/").content.decode()


def test_the_next_file_of_a_source_is_mapped_already(admin: Client, world: World) -> None:
    job = upload(admin, lamps(world))
    admin.post(f"/base/import/{job.pk}", ANSWER)
    admin.post(f"/base/import/{job.pk}", ANSWER)
    work(job)
    admin.post(f"/base/import/{job.pk}", ANSWER)
    again = upload(admin, lamps(world))
    assert again.mapping["fields"] == {"minor": "KIND"}
    assert again.mapping["values"] == {"minor": {"Lamp": "0101"}}


def test_only_the_good_rows_when_that_is_chosen(admin: Client, world: World) -> None:
    job = upload(admin, lamps(world, ({"KIND": "Lamp"}, None)))
    for _round in range(2):
        admin.post(f"/base/import/{job.pk}", ANSWER)
        work(job)
    assert (job.counts["good"], job.counts["bad"]) == (1, 1)
    refused = admin.post(f"/base/import/{job.pk}/apply")
    assert refused.status_code == 409
    assert "1 行有错误" in refused.content.decode()
    admin.post(f"/base/import/{job.pk}/apply", {"good_rows": "1"})
    assert work(job).counts["written"] == 1


def test_a_worker_that_died_leaves_what_can_be_begun_again(admin: Client, world: World) -> None:
    job = upload(admin, lamps(world))
    admin.post(f"/base/import/{job.pk}", ANSWER)  # nobody works
    admin.post(f"/base/import/{job.pk}/check")
    assert work(job).state == ImportState.CHECKED
    jobs.check_import(import_id=job.pk)  # the job that was rescued meanwhile finds nothing to do
    job.refresh_from_db()
    assert job.state == ImportState.CHECKED


def test_what_goes_wrong_in_a_job_is_said_on_the_page(
    admin: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(admin, lamps(world))
    admin.post(f"/base/import/{job.pk}", ANSWER)
    with monkeypatch.context() as broken:
        broken.setattr("cityloop.grid.exchange.imports.check", lambda *args, **values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(job)
    page = admin.get(f"/base/import/{job.pk}").content.decode()
    assert "出现意外错误" in page
    admin.post(f"/base/import/{job.pk}/check")
    assert work(job).state == ImportState.CHECKED


def test_given_up(admin: Client, world: World, settings: Any) -> None:
    job = upload(admin, lamps(world))
    assert len(list(settings.IMPORT_ROOT.glob("*.geojson"))) == 1
    admin.post(f"/base/import/{job.pk}/discard")
    assert not list(settings.IMPORT_ROOT.glob("*.geojson"))
    assert admin.post(f"/base/import/{job.pk}", ANSWER).status_code == 422
    assert "已放弃" in admin.get("/base/import/").content.decode()


def test_a_broken_upload_is_refused_and_not_kept(admin: Client, settings: Any) -> None:
    file = SimpleUploadedFile("a.vrt", foreign.VRT.encode())
    answer = admin.post("/base/import/", {"layer": "components", "file": file})
    assert answer.status_code == 422
    assert "VRT" in answer.content.decode()
    assert not list(settings.IMPORT_ROOT.iterdir())
    assert not DataImport.objects.exists()


def test_the_report_as_a_file(admin: Client, world: World) -> None:
    job = upload(admin, lamps(world, ({"KIND": "Lamp"}, None)))
    admin.post(f"/base/import/{job.pk}", ANSWER)
    work(job)
    answer = admin.get(f"/base/import/{job.pk}/report/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "没有图形" in text


def test_export_gives_a_file(admin: Client) -> None:
    assert admin.get("/base/export").status_code == 200
    answer = admin.get("/base/export", {"layer": "cells", "format": "geojson", "crs": "gcj02"})
    whole = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert len(whole["features"]) == 8
    assert admin.get("/base/export", {"layer": "none"}).status_code == 422
