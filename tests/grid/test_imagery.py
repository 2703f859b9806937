"""Imagery: a GeoTIFF comes in by the page or the command, its tiles go out; whatever else is sent is refused."""

from collections.abc import Callable
from io import BytesIO
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import GDALRaster
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from cityloop.grid.imagery.tiles import read_extent
from cityloop.grid.models import Imagery
from tests.world import World

pytestmark = pytest.mark.django_db
SIDE = 64


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.IMAGERY_ROOT = tmp_path / "imagery"
    settings.IMPORT_ROOT = tmp_path / "imports"
    return tmp_path / "imagery"


def geotiff(path: Path, *, datatype: int = 1, bands: int = 3) -> Path:
    """A square of about 600 metres in the first district, grey, with its place."""
    raster = GDALRaster(
        {
            "driver": "GTiff",
            "name": str(path),
            "width": SIDE,
            "height": SIDE,
            "srid": 4326,
            "origin": [121.0, 31.01],
            "scale": [0.0001, -0.0001],
            "datatype": datatype,
            "bands": [{"data": bytes([120, 0][:datatype]) * SIDE**2} for _ in range(bands)],
        }
    )
    del raster  # closing it writes it
    return path


def plain(path: Path) -> Path:
    Image.new("RGB", (SIDE, SIDE), (120, 120, 120)).save(path, "TIFF")
    return path


def truncated(path: Path) -> Path:
    whole = geotiff(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def virtual(path: Path) -> Path:
    text = "<VRTDataset rasterXSize='1' rasterYSize='1'><VRTRasterBand dataType='Byte' band='1'><SimpleSource>"
    text += "<SourceFilename>/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    path.write_text(text)
    return path


def picture(path: Path) -> Path:
    Image.new("RGB", (SIDE, SIDE)).save(path, "PNG")
    return path


BROKEN: dict[str, Callable[[Path], Path]] = {
    "without a place": plain,
    "truncated": truncated,
    "virtual": virtual,
    "another format": picture,
    "sixteen bits": lambda path: geotiff(path, datatype=2),
    "five bands": lambda path: geotiff(path, bands=5),
    "empty": lambda path: (path.write_bytes(b""), path)[1],
}


def upload(client: Client, path: Path, name: str = "航片") -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post("/base/imagery", {"name": name, "taken_on": "2026-03-01", "file": file})


def test_an_image_comes_in_and_its_tiles_go_out(world: World, client: Client, tmp_path: Path, root: Path) -> None:
    client.force_login(world.people["system_admin"])
    assert upload(client, geotiff(tmp_path / "a.tif")).status_code == 302
    row = Imagery.objects.get()
    assert row.west <= 121.0 < 121.006 <= row.east
    assert row.min_zoom < row.max_zoom
    extent = read_extent(root / row.file)
    assert (extent.min_zoom, extent.max_zoom) == (row.min_zoom, row.max_zoom)
    column, line = round((121.003 + 180) / 360 * 2**14 - 0.5), _row(31.007, 14)
    client.force_login(world.people["operator"])
    tile = client.get(f"/base/imagery/{row.pk}/14/{column}/{line}")
    assert tile.status_code == 200
    assert Image.open(BytesIO(tile.content)).size == (256, 256)
    assert client.get(f"/base/imagery/{row.pk}/14/0/0").status_code == 204
    (told,) = client.get("/api/v1/imagery").json()
    assert (told["name"], told["tiles"]) == ("航片", f"/base/imagery/{row.pk}/{{z}}/{{x}}/{{y}}")


def _row(lat: float, z: int) -> int:
    return int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z)


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_image_is_refused_and_leaves_nothing(
    what: str, world: World, client: Client, tmp_path: Path, root: Path
) -> None:
    client.force_login(world.people["system_admin"])
    answer = upload(client, BROKEN[what](tmp_path / "broken.tif"))
    assert answer.status_code == 422
    assert not Imagery.objects.exists()
    assert not list(root.glob("*")) if root.exists() else True


def test_hidden_is_not_drawn_and_removed_is_gone(world: World, client: Client, tmp_path: Path, root: Path) -> None:
    call_command("imagery", "add", str(geotiff(tmp_path / "a.tif")), "--name", "航片")
    row = Imagery.objects.get()
    client.force_login(world.people["system_admin"])
    tile = f"/base/imagery/{row.pk}/{row.min_zoom}/0/0"
    assert client.get(tile).status_code == 204
    client.post(f"/base/imagery/{row.pk}/hide")
    assert client.get(tile).status_code == 404
    client.post(f"/base/imagery/{row.pk}/show")
    assert client.get(tile).status_code == 204
    client.post(f"/base/imagery/{row.pk}/remove")
    assert not Imagery.objects.exists()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("imagery", "add", str(tmp_path / "none.tif"), "--name", "x")
    with pytest.raises(CommandError):
        call_command("imagery", "add", str(plain(tmp_path / "p.tif")), "--name", "x")
