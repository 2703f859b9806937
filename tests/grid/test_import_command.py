"""`cityloop import` as a surveyor's script uses it: what it says, and how it ends."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from cityloop.grid.actions import Counts
from cityloop.grid.models import Component, DataImport
from tests.grid import foreign
from tests.grid.make import at

GOOD: foreign.Feature = ({"KIND": "lamp", "who": "=cmd()"}, foreign.point(*at(0.5, 0.5)))
AWAY: foreign.Feature = ({"KIND": "lamp", "who": ""}, foreign.point(116.4, 39.9))
MAPPING = """
[fields]
minor = "KIND"
note = "who"
[values.minor]
lamp = "0101"
"""


def run(folder: Path, rows: list[foreign.Feature], *more: str) -> int:
    """The exit code."""
    path = foreign.geojson(folder / "a.geojson", rows)
    (folder / "m.toml").write_text(MAPPING, encoding="utf-8")
    try:
        call_command("import", str(path), "--mapping", str(folder / "m.toml"), *more)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    ("rows", "more", "code", "written"),
    [
        ([GOOD], [], 0, 1),
        ([GOOD], ["--dry-run"], 0, 0),
        ([GOOD, AWAY], [], 1, 0),
        ([GOOD, AWAY], ["--good-rows"], 1, 1),
        ([AWAY], ["--good-rows"], 1, 0),
        ([], [], 2, 0),
    ],
)
def test_how_it_ends(
    rows: list[foreign.Feature], more: list[str], code: int, written: int, city: Counts, tmp_path: Path
) -> None:
    before = Component.objects.count()
    assert run(tmp_path, rows, *more) == code
    assert Component.objects.count() == before + written
    assert (tmp_path / "a.geojson").exists()
    assert not DataImport.objects.filter(state="checking").exists()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_report_names_row_field_and_value_and_calculates_nothing(ending: str, city: Counts, tmp_path: Path) -> None:
    path = tmp_path / f"r.{ending}"
    run(tmp_path, [AWAY, GOOD], "--report", str(path))
    if ending == "csv":
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert lines[1:] == ["1,错误,,不在城市范围内,", "2,警告,who,who 形如公式，按文字保存,"]
    else:
        rows = list(load_workbook(path).worksheets[0].iter_rows(values_only=True))
        assert rows[1][:2] == (1, "错误")


def test_what_cannot_be_is_said_at_once(city: Counts, tmp_path: Path) -> None:
    for words in (["--crs", "beijing54"], ["--layer", "dreams"], ["--mapping", str(tmp_path / "none.toml")]):
        with pytest.raises(CommandError):
            call_command("import", str(foreign.geojson(tmp_path / "a.geojson", [GOOD])), *words)
