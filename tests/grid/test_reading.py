"""Foreign files: every format is read alike, every broken one gets one clear refusal, none reaches out."""

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cityloop.base.errors import Refused
from cityloop.grid.exchange.reading import Part, look, read_rows
from tests.grid import foreign

LAMPS: list[foreign.Feature] = [
    ({"name": "路灯", "owner": "市政"}, foreign.point(121.4, 31.2)),
    ({"name": "井盖", "owner": "水务"}, foreign.point(121.41, 31.21)),
]
CSV = "name,owner,经度,纬度\n路灯,市政,121.4,31.2\n井盖,水务,121.41,31.21\n"
Make = Callable[[Path], Path]

WHOLE: dict[str, tuple[Make, str]] = {
    "geojson": (lambda folder: foreign.geojson(folder / "a.geojson", LAMPS), "utf-8"),
    "geojson in gbk": (lambda folder: foreign.geojson(folder / "a.geojson", LAMPS, "gbk"), "gb18030"),
    "shapefile": (lambda folder: foreign.shapefile(folder, LAMPS), "utf-8"),
    "shapefile in gbk": (lambda folder: foreign.shapefile(folder, LAMPS, kind="shp-gbk"), "gb18030"),
    "gbk and no .cpg": (lambda folder: foreign.shapefile(folder, LAMPS, kind="shp-gbk", drop=[".cpg"]), "gb18030"),
    "geopackage": (lambda folder: foreign.geopackage(folder, LAMPS), "utf-8"),
    "csv": (lambda folder: foreign.csv_file(folder / "a.csv", CSV), "utf-8"),
    "csv of a Chinese Excel": (lambda folder: foreign.csv_file(folder / "a.csv", CSV, "gbk"), "gb18030"),
    "csv with a mark": (lambda folder: foreign.csv_file(folder / "a.csv", CSV, "utf-8-sig"), "utf-8-sig"),
    "semicolons": (lambda folder: foreign.csv_file(folder / "a.csv", CSV.replace(",", ";")), "utf-8"),
    "zipped geojson": (
        lambda folder: foreign.zipped(folder / "a.zip", {"x/灯.geojson": foreign.features(LAMPS).encode()}),
        "utf-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
def test_every_format_is_read_alike(kind: str, tmp_path: Path) -> None:
    make, encoding = WHOLE[kind]
    path = make(tmp_path)
    layer = look(path).layers[0]
    assert (layer.rows, layer.encoding) == (2, encoding)
    assert next(field.values for field in layer.fields if field.name == "name") == (("路灯", 1), ("井盖", 1))
    rows = list(read_rows(path, Part(encoding=layer.encoding, fields=["owner", "name"])))
    assert [(row.number, row.values, row.odd) for row in rows] == [(1, ["市政", "路灯"], []), (2, ["水务", "井盖"], [])]
    assert [xy(row.shape) for row in rows] == [(121.4, 31.2), (121.41, 31.21)]


def xy(shape: str | None) -> tuple[float, ...]:
    assert shape is not None
    return struct.unpack("<dd", bytes.fromhex(shape)[5:])


def test_layers_of_openstreetmap_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(foreign.OSM, encoding="utf-8")
    found = {layer.name: layer.rows for layer in look(path).layers}
    assert found == {"points": 1, "lines": 1, "multilinestrings": 0, "multipolygons": 0, "other_relations": 0}
    rows = list(read_rows(path, Part(layer="lines", fields=["name", "highway"])))
    assert [row.values for row in rows] == [["中山路", "primary"]]


def test_a_file_says_in_which_system_it_is(tmp_path: Path) -> None:
    source = foreign.lines(tmp_path / "rows.geojsonl", [({"n": 1}, foreign.point(500000, 3400000))])
    foreign.translate(source, tmp_path / "made.gpkg", form="gpkg", epsg=4549)
    assert look(tmp_path / "made.gpkg").layers[0].epsg == 4549


def truncated_geojson(folder: Path) -> Path:
    path = folder / "a.geojson"
    path.write_text(foreign.features(LAMPS * 500)[:-5000], encoding="utf-8")
    return path


def truncated_shapefile(folder: Path) -> Path:
    foreign.shapefile(folder, LAMPS * 500)
    whole = {f"a{part.suffix}": part.read_bytes() for part in foreign.parts(folder, [])}
    return foreign.zipped(folder / "cut.zip", whole | {"a.shp": whole["a.shp"][:600]})


def truncated_geopackage(folder: Path) -> Path:
    path = foreign.geopackage(folder, LAMPS * 5000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def bomb(folder: Path) -> Path:
    return foreign.zipped(folder / "bomb.zip", {"a.geojson": b"0" * (200 << 20)})


def liar(folder: Path) -> Path:
    """An archive whose table says that its file is small."""
    path = foreign.zipped(folder / "liar.zip", {"a.geojson": b"0" * (5 << 20)})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.find(mark) + offset
        raw[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(raw)
    return path


def slip(folder: Path) -> Path:
    return foreign.zipped(folder / "slip.zip", {"../../escaped.geojson": b"{}"})


def linked(folder: Path) -> Path:
    path = folder / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("a.geojson")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return path


def written(name: str, content: str | bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


NEITHER = foreign.features(LAMPS).encode().replace("路".encode(), b"\xff\xff\x81")
BROKEN: dict[str, tuple[Make, str]] = {
    "truncated geojson": (truncated_geojson, "damaged"),
    "truncated shapefile": (truncated_shapefile, "damaged"),
    "truncated geopackage": (truncated_geopackage, "damaged"),
    "shapefile without .shx": (lambda folder: foreign.shapefile(folder, LAMPS, drop=[".shx"]), "damaged"),
    "neither utf-8 nor gbk": (written("a.csv", b"name,x,y\n\xff\xff\x81\x20,1,2\n"), "encoding"),
    "geojson in no encoding": (written("a.geojson", NEITHER), "encoding"),
    "nothing": (written("a.geojson", ""), "empty_file"),
    "empty csv": (written("a.csv", ""), "empty_file"),
    "no archive": (written("a.zip", b"PK\x03\x04 and no more"), "zip_broken"),
    "archive of nothing we read": (lambda folder: foreign.zipped(folder / "a.zip", {"a.docx": b"x"}), "no_layer"),
    "zip bomb": (bomb, "zip_bomb"),
    "archive that lies": (liar, "zip_broken"),
    "way out of the folder": (slip, "zip_slip"),
    "link": (linked, "zip_slip"),
    "vrt": (written("a.vrt", foreign.VRT), "virtual"),
    "vrt in disguise": (written("a.geojson", foreign.VRT), "virtual"),
    "vrt behind a long start": (written("a.geojson", " " * 5000 + foreign.VRT), "damaged"),
    "executable": (written("a.exe", b"MZ"), "format"),
    "text": (written("a.geojson", "hello"), "damaged"),
    "one column": (written("a.csv", "name\nlamp\n"), "no_columns"),
    "column twice": (written("a.csv", "name,name\na,b\n"), "column_twice"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_every_broken_file_gets_one_clear_refusal(kind: str, tmp_path: Path) -> None:
    make, word = BROKEN[kind]
    path = make(tmp_path)
    with pytest.raises(Refused) as no:
        look(path)
    assert no.value.details["rule"] == word, no.value.details
    assert no.value.message
    assert not (tmp_path.parent / "escaped.geojson").exists()


def test_csv_without_places_is_refused_when_read(tmp_path: Path) -> None:
    path = foreign.csv_file(tmp_path / "a.csv", "name,owner\n路灯,市政\n")
    with pytest.raises(Refused) as no:
        list(read_rows(path, Part(fields=["name"])))
    assert no.value.details["rule"] == "no_coordinates"


def test_what_is_odd_about_a_row_is_said(tmp_path: Path) -> None:
    text = 'name,x,y\n"=HYPERLINK(""http://e.vil"")",121,31\n+86 21 6321,121,31\nlamp,here,31\nshort\n-4.5,121,31\n'
    rows = list(read_rows(foreign.csv_file(tmp_path / "a.csv", text), Part(fields=["name"])))
    assert [row.odd for row in rows] == [["formula:0"], [], [], ["width"], []]
    assert [row.shape is None for row in rows] == [False, False, True, True, False]


def test_the_child_reaches_no_network_and_no_file_of_ours(tmp_path: Path) -> None:
    """What the kernel here allows; the drivers and settings of the library close the same ways."""
    locked = look(foreign.geojson(tmp_path / "a.geojson", LAMPS)).locked
    if os.uname().release >= "6":
        assert "files" in locked


def test_an_address_in_a_file_is_not_followed(tmp_path: Path) -> None:
    text = foreign.features(LAMPS).replace(
        '"type": "FeatureCollection"',
        '"type": "FeatureCollection", "crs": {"type": "link", "properties": {"href": "http://127.0.0.1:9/x"}}',
    )
    path = tmp_path / "a.geojson"
    path.write_text(text, encoding="utf-8")
    assert look(path).layers[0].rows == 2
