"""The grid atlas: a page for every duty grid, by the page and by the command; refusals are read."""

from pathlib import Path
from unicodedata import normalize

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pypdf import PdfReader

from cityloop.grid.actions import Counts
from cityloop.grid.models import DutyGrid
from tests.world import World

pytestmark = pytest.mark.django_db
BLANKS = dict.fromkeys(map(ord, "\0 \n"))


def texts(path: Path) -> list[str]:
    """The text of each page, without the blanks that lie between the letters of a PDF."""
    return [normalize("NFKC", page.extract_text()).translate(BLANKS) for page in PdfReader(path).pages]


def test_every_duty_grid_has_its_page_after_the_index(city: Counts, tmp_path: Path) -> None:
    file = tmp_path / "atlas.pdf"
    call_command("atlas", str(file))
    pages, grids = texts(file), list(DutyGrid.objects.order_by("code"))
    assert len(pages) == len(grids) + 1
    assert all(grid.name in pages[0] for grid in grids)
    for grid, page in zip(grids, pages[1:], strict=True):
        assert grid.name in page
        assert grid.code in page
        assert all(cell.code[-6:] in page for cell in grid.cells.all())


def test_one_duty_grid_is_one_page(city: Counts, tmp_path: Path) -> None:
    file, grid = tmp_path / "one.pdf", DutyGrid.objects.order_by("code").first()
    assert grid is not None
    call_command("atlas", str(file), "--grid", grid.code)
    assert [grid.name in page for page in texts(file)] == [True]


@pytest.mark.parametrize("words", [["--area", "999999"], ["--grid", "none"]])
def test_nothing_is_written_where_there_is_nothing(words: list[str], city: Counts, tmp_path: Path) -> None:
    file = tmp_path / "none.pdf"
    with pytest.raises(CommandError):
        call_command("atlas", str(file), *words)
    assert not file.exists()


def test_the_page_gives_the_file_and_reads_refusals(world: World, client: Client) -> None:
    client.force_login(world.people["operator"])
    page = client.get("/base/atlas")
    assert page.status_code == 200
    found = client.get("/base/atlas/file", {"area": "310101"})
    assert (found.status_code, found["Content-Type"], found.content[:5]) == (200, "application/pdf", b"%PDF-")
    refused = client.get("/base/atlas/file", {"area": "999999"})
    assert refused.status_code == 404
    assert "没有符合条件的责任网格" in refused.content.decode()
