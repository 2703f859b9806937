"""The map page by its door: layers, clusters and points, drawing and listing, keys alone, the list without a map."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import GDALRaster
from django.contrib.gis.geos import Point
from PIL import Image
from playwright.sync_api import Page, expect

from cityloop.codes.models import Minor
from cityloop.grid.imagery.actions import add_imagery
from cityloop.grid.models import Component, GridVersion
from cityloop.org.actor import SYSTEM
from tests.browser.conftest import DESK, PHONE, Complaints
from tests.cases.walk import Walk
from tests.world import LONG_AGO, NOW, World

SignIn = Callable[..., None]
NO_MAP = (
    "const get = HTMLCanvasElement.prototype.getContext;"
    "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
    " return kind === 'webgl2' ? null : get.call(this, kind, ...rest) }"
)
CANVAS = ".maplibregl-canvas"


@pytest.fixture
def covers(city: World) -> list[Component]:
    """Six manhole covers in the first two cells, a few metres from each other."""
    minor = Minor.objects.filter(kind="component", code="0101", edition__is_default=True).get()
    made = []
    for number in range(6):
        cell = city.cells[number // 3]
        place = cell.geom.centroid
        made.append(
            Component.objects.create(
                code=f"3101010101{number + 1:06d}",
                minor=minor,
                name=minor.name,
                cell=cell,
                geom=Point(place.x + number % 3 * 0.0001, place.y, srid=4326),
                place=f"中山路{number + 1}号",
                valid_from=LONG_AGO,
            )
        )
    GridVersion.objects.update_or_create(id=1, defaults={"stamp": "with covers"})
    return made


@pytest.fixture
def open_map(address: str, sign_in: SignIn) -> Callable[..., Page]:
    """`open_map(page, place, zoom)`: the map page there, signed in."""

    def do(page: Page, place: Point, zoom: float = 18, *, user: str = "operator") -> Page:
        sign_in(page, user, then="/notices/")
        page.goto(f"{address}/map/#map={zoom}/{place.y:.6f}/{place.x:.6f}")
        page.wait_for_selector("[data-map-page=ready]")
        return page

    return do


def show(page: Page, layer: str) -> None:
    """Tick a layer and wait for a tile of it."""
    with page.expect_response(lambda answer: f"/tiles/{layer}/" in answer.url):
        page.locator(f"[data-layer={layer}]").check()
    page.wait_for_timeout(600)  # until it is drawn


def middle(page: Page) -> tuple[float, float]:
    box = page.locator(CANVAS).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def zoom_of(page: Page) -> float:
    found = re.search(r"#map=([\d.]+)/", page.url)
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_map_fits_and_can_be_used(
    size: dict[str, int],
    covers: list[Component],
    new_page: Callable[..., Page],
    open_map: Callable[..., Page],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = open_map(new_page(size), covers[0].geom, 16.5)
    for side in ("panel", "list"):
        button = page.locator(f"[data-side={side}]")
        if button.get_attribute("aria-expanded") == "false":
            button.click()
        expect(page.locator(f"#map-{side}")).to_be_visible()
        page.wait_for_timeout(500)
        picture(page, f"city-map-{side}-{size['width']}")
        assert_fits(page)
        assert_accessible(page)


def test_layers_go_on_and_off_and_are_remembered(
    covers: list[Component], page: Page, open_map: Callable[..., Page]
) -> None:
    open_map(page, covers[0].geom)
    expect(page.locator("[data-layer=ground]")).to_be_checked()
    expect(page.locator("[data-layer=components]")).not_to_be_checked()
    show(page, "components")
    page.locator("[data-layer=ground]").uncheck()
    page.reload()
    page.wait_for_selector("[data-map-page=ready]")
    expect(page.locator("[data-layer=components]")).to_be_checked()
    expect(page.locator("[data-layer=ground]")).not_to_be_checked()


def test_a_filter_asks_for_what_is_ticked(covers: list[Component], page: Page, open_map: Callable[..., Page]) -> None:
    open_map(page, covers[2].geom, 17)
    show(page, "components")
    expect(page.locator("[data-part=list-rows] li")).to_have_count(6)
    page.locator(".cl-layer", has=page.locator("[data-layer=components]")).locator("summary").first.click()
    with page.expect_request(lambda request: "/tiles/components/" in request.url and "of=02,03,04,05" in request.url):
        page.get_by_role("checkbox", name=re.compile("^01 ")).uncheck()
    expect(page.locator("[data-part=list-rows]")).to_contain_text("这里没有部件")


def test_a_cluster_opens(covers: list[Component], page: Page, open_map: Callable[..., Page]) -> None:
    open_map(page, covers[1].geom, 14)
    show(page, "components")
    page.mouse.click(*middle(page))
    page.wait_for_function("() => Number(location.hash.slice(5).split('/')[0]) > 15.9")
    assert zoom_of(page) > 15.9


def test_what_is_clicked_is_listed(covers: list[Component], page: Page, open_map: Callable[..., Page]) -> None:
    open_map(page, covers[4].geom, 19)
    show(page, "components")
    page.mouse.click(*middle(page))
    here = page.locator("[data-part=here]")
    expect(here).to_contain_text("3101010101000005")
    expect(here).not_to_contain_text("3101010101000001")
    page.keyboard.press("Escape")
    expect(here).to_be_hidden()


def test_a_drawn_polygon_lists_what_is_inside(
    covers: list[Component], page: Page, open_map: Callable[..., Page]
) -> None:
    open_map(page, covers[1].geom, 17)
    rows = page.locator("[data-part=list-rows] li")
    page.click("[data-list=components]")
    expect(rows).to_have_count(6)
    page.click("[data-tool=polygon]")
    x, y = middle(page)
    for dx, dy in ((-45, -40), (45, -40), (45, 40)):
        page.mouse.click(x + dx, y + dy)
    page.mouse.dblclick(x - 45, y + 40)
    expect(page.locator("[data-part=list-scope]")).to_contain_text("多边形内")
    expect(rows).to_have_count(3)
    expect(page.locator("[data-list=components]")).to_contain_text("3")
    page.click("[data-part=list-clear]")
    expect(page.locator("[data-part=list-scope]")).to_have_text("地图范围内")
    expect(rows).to_have_count(6)


def test_keys_alone_draw_a_circle_and_read_the_list(
    covers: list[Component], page: Page, open_map: Callable[..., Page]
) -> None:
    open_map(page, covers[1].geom, 18)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("画圆查询")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(CANVAS)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=list-scope]")).to_contain_text("圆内")
    page.locator("[data-list=components]").press("Enter")
    rows = page.locator("[data-part=list-rows] [data-row-go]")
    expect(rows).to_have_count(3)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("已在地图上标出")


def test_a_way_is_measured(covers: list[Component], page: Page, open_map: Callable[..., Page]) -> None:
    open_map(page, covers[0].geom, 18)
    page.keyboard.press("d")
    x, y = middle(page)
    page.mouse.click(x - 100, y)
    page.mouse.dblclick(x + 100, y)
    # 200 of the 512 · 2^18 pixels around the equator, at this latitude.
    metres = 40_075_016.686 * 200 / (512 * 2**18) * 0.8555
    said = page.locator("[data-part=sketch] strong").inner_text()
    assert abs(float(said.split()[0]) - metres) < 1, (said, metres)


def test_without_a_map_the_list_does_the_same(
    covers: list[Component],
    page: Page,
    open_map: Callable[..., Page],
    picture: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page.add_init_script(NO_MAP)
    open_map(page, covers[0].geom)
    place = covers[0].geom
    page.fill("[data-map-search]", f"{place.x:.6f}, {place.y:.6f}")
    expect(page.locator("#map-found [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.select_option("[data-metres]", "100")
    expect(page.locator("[data-part=list-scope]")).to_contain_text("周围 100 米")
    page.locator("[data-list=components]").click()
    expect(page.locator("[data-part=list-rows] li").first).to_contain_text("3101010101000001")
    page.locator("[data-list=cells]").click()
    expect(page.locator("[data-part=list-rows] li").first).to_contain_text("310101001001001")
    picture(page, "city-map-plain")
    assert_accessible(page)


def test_whoever_is_signed_out_reads_so(
    covers: list[Component], page: Page, open_map: Callable[..., Page], complaints: Complaints
) -> None:
    open_map(page, covers[0].geom)
    page.context.clear_cookies()
    page.locator("[data-list=cells]").click()
    expect(page.locator("[data-part=list-rows]")).to_contain_text("请重新登录")
    page.get_by_role("button", name="重新登录").first.click()
    page.wait_for_url(lambda url: "/sign-in" in url)
    complaints.forgive("401")


def test_cases_are_coloured_by_lamp_or_phase_and_open(
    city: World, page: Page, open_map: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    walk = Walk(city).reported()
    open_map(page, walk.case.point, 17)
    expect(page.locator("[data-layer=cases]")).to_be_checked()
    row = page.locator("[data-part=list-rows] li")
    expect(row).to_contain_text(walk.number)
    page.wait_for_timeout(800)
    by_lamp = page.locator(CANVAS).screenshot()
    legend = page.locator(".cl-layer", has=page.locator("[data-layer=cases]"))
    legend.locator("summary").first.click()
    expect(legend.get_by_text("即将超期")).to_be_visible()
    page.get_by_label("按阶段").check()
    expect(legend.get_by_text("即将超期")).to_be_hidden()
    page.wait_for_timeout(800)
    picture(page, "city-map-cases")
    assert page.locator(CANVAS).screenshot() != by_lamp
    with page.expect_request(lambda request: "/tiles/cases/" in request.url and "of=" in request.url):
        page.get_by_role("checkbox", name="待立案").uncheck()
    expect(page.locator("[data-part=list-rows]")).to_contain_text("这里没有案件")
    page.get_by_role("button", name="全选").last.click()
    row.get_by_role("link").click()
    page.wait_for_url(f"**/cases/{walk.number}/")


def test_an_outside_map_lies_beneath_and_is_credited(
    covers: list[Component], page: Page, open_map: Callable[..., Page], settings: Any
) -> None:
    settings.BASE_MAP = ("xyz", "/outside/{z}/{x}/{y}.png")
    settings.BASE_MAP_ATTRIBUTION = "示范底图公司"
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), (0, 160, 60)).save(buffer, "PNG")
    page.context.route("**/outside/**", lambda route: route.fulfill(body=buffer.getvalue(), content_type="image/png"))
    with page.expect_request("**/outside/*/*/*.png"):
        open_map(page, covers[0].geom)
    page.wait_for_timeout(1500)
    expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("示范底图公司")
    shot = Image.open(io.BytesIO(page.locator(CANVAS).screenshot())).convert("RGB")
    assert shot.getpixel((30, 60)) == (0, 160, 60)


def test_imagery_is_shown_when_ticked(
    city: World, page: Page, open_map: Callable[..., Page], settings: Any, tmp_path: Path
) -> None:
    settings.IMAGERY_ROOT, settings.IMPORT_ROOT = tmp_path / "imagery", tmp_path / "imports"
    grey = {
        "driver": "GTiff",
        "name": str(tmp_path / "grey.tif"),
        "width": 64,
        "height": 64,
        "srid": 4326,
        "datatype": 1,
    }
    bands = [{"data": bytes([120]) * 64**2} for _ in range(3)]
    GDALRaster(grey | {"origin": [121.399, 31.203], "scale": [0.0001, -0.0001], "bands": bands})
    add_imagery(tmp_path / "grey.tif", by=SYSTEM, now=NOW, name="航片", attribution="测绘院")
    open_map(page, city.cells[0].geom.centroid, 16)
    with page.expect_response(lambda answer: "/imagery/" in answer.url and answer.status == 200):
        page.get_by_role("checkbox", name="航片").check()
    expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("测绘院")
    page.wait_for_timeout(800)
    shot = Image.open(io.BytesIO(page.locator(CANVAS).screenshot())).convert("RGB")
    assert (120, 120, 120) in {colour for _, colour in shot.getcolors(1 << 24) or []}
