"""`cityloop cells`: what it prints, writes and leaves."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cityloop.grid.actions import Counts
from cityloop.grid.models import Cell, Draft, DutyGrid
from tests.grid.make import COMMUNITIES, cell_code

pytestmark = pytest.mark.django_db


def run(*args: Any) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("cells", *map(str, args), stdout=out)
    return out.getvalue()


def test_from_a_draft_to_a_file(city: Counts, tmp_path: Path) -> None:
    said = run("generate", "--area", COMMUNITIES[0], "--aim", 5000, "--report", tmp_path / "r.html")
    draft = Draft.objects.get()
    assert str(draft.pk) in said
    assert (tmp_path / "r.html").read_text(encoding="utf-8").count("<path") == 8
    assert "8" in run("publish", draft.pk, "--reason", "细化")
    run("export", "--area", COMMUNITIES[0], "--out", tmp_path / "c.geojson")
    features = json.loads((tmp_path / "c.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 8
    run("export", "--draft", draft.pk, "--out", tmp_path / "d.geojson")
    drafted = json.loads((tmp_path / "d.geojson").read_text(encoding="utf-8"))["features"]
    assert [one["geometry"] for one in drafted] == [one["geometry"] for one in features]


def test_trying_keeps_nothing(city: Counts, tmp_path: Path) -> None:
    run("generate", "--area", "3101", "--dry-run", "--report", tmp_path / "r.json")
    assert not Draft.objects.exists()
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["whole"]["count"] == 16


def test_checking_leaves_with_one_where_cells_are_at_fault(city: Counts, tmp_path: Path) -> None:
    run("check", "--report", tmp_path / "r.txt")
    Cell.objects.filter(code=cell_code(0, 0)).update(valid_to="2025-01-01")
    with pytest.raises(SystemExit) as left:
        run("check", "--area", COMMUNITIES[0])
    assert left.value.code == 1


def test_duty_grids(city: Counts) -> None:
    run("duty", "--area", "3101", "--groups", 4, "--street-km", 0, "--components", 0, "--cell", 1)
    run("publish", Draft.objects.get().pk)
    assert DutyGrid.objects.filter(valid_to=None).count() == 4


@pytest.mark.parametrize(
    "args",
    [
        ("generate", "--area", "99"),
        ("publish", "777"),
        ("duty", "--area", "3101"),
        ("check", "--report", "/nowhere/r.txt"),
    ],
)
def test_what_cannot_be_done_is_an_error(city: Counts, args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as no:
        run(*args)
    assert no.value.returncode == 2
