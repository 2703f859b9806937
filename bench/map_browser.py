"""The map in a browser: what a viewport costs at each zoom, and how smoothly the map is moved along a fixed path.

`python -m bench.map_browser http://127.0.0.1:8000 NAME PASSWORD [--at LON,LAT] [--folder var/pictures]`. Needs the
package chromium and Playwright. Chromium draws without a graphics card here, so frames are the least to be expected.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, Request, sync_playwright

CHROMIUM: Final = os.environ.get("CITYLOOP_CHROMIUM", "/usr/bin/chromium")
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SCREEN: Final = {"width": 1366, "height": 768}
ZOOMS: Final = (9, 11, 13, 15, 16, 17)
PATH: Final = ("ArrowRight",) * 8 + ("ArrowDown",) * 6 + ("ArrowLeft",) * 8 + ("ArrowUp",) * 6  # 100 pixels each
PATH_ZOOMS: Final = (13, 16)
STILL: Final = 1.5  # seconds without a new tile before a viewport counts as complete
CANVAS: Final = ".maplibregl-canvas"

_COUNT: Final = """() => {
  window.frameTimes = []
  const count = now => { window.frameTimes.push(now); window.counting = requestAnimationFrame(count) }
  window.counting = requestAnimationFrame(count)
}"""
_COUNTED: Final = "() => { cancelAnimationFrame(window.counting); return window.frameTimes }"


@dataclass(frozen=True, slots=True)
class Viewport:
    """What one view of the map asked for, with an empty cache."""

    zoom: int
    tiles: int
    packed: int  # bytes as sent
    plain: int  # bytes as read
    largest: int  # of a tile, as read
    seconds: float  # until the last tile was there


@dataclass(frozen=True, slots=True)
class Drive:
    """How a path of steps went."""

    zoom: int
    frames: float  # a second
    worst: float  # milliseconds between two frames, the 99th percentile


class Tally:
    """The tiles that a page has asked for; a worker of the map's fetches them, so the page itself does not know."""

    def __init__(self, page: Page) -> None:
        self.packed: list[int] = []
        self.plain: list[int] = []
        self.began = self.last = time.monotonic()
        page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        answer = request.response()
        if "/tiles/" not in request.url or answer is None:
            return
        self.packed.append(request.sizes()["responseBodySize"])
        self.plain.append(len(answer.body()) if answer.status == 200 else 0)
        self.last = time.monotonic()

    def rest(self, page: Page) -> None:
        """Wait until no tile has come for a while."""
        while time.monotonic() - max(self.last, self.began) < STILL:
            page.wait_for_timeout(200)


@contextmanager
def _browser() -> Iterator[Any]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/sign-in?next=/notices/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _open(page: Page, address: str, place: tuple[float, float], zoom: int) -> Tally:
    """The map there, all layers on, at rest; and what tiles it took."""
    tally = Tally(page)
    page.goto(f"{address}/map/#map={zoom}/{place[1]}/{place[0]}")
    page.wait_for_selector("[data-map-page=ready]", timeout=60_000)
    for box in page.locator("[data-layer]").all():
        box.check()
    tally.rest(page)
    return tally


def _viewport(tally: Tally, zoom: int) -> Viewport:
    plain = tally.plain or [0]
    return Viewport(zoom, len(tally.plain), sum(tally.packed), sum(plain), max(plain), tally.last - tally.began)


def _drive(page: Page, zoom: int) -> Drive:
    page.locator(CANVAS).focus()
    page.evaluate(_COUNT)
    for key in PATH:
        page.keyboard.press(key)
        page.wait_for_timeout(350)  # a step of the map takes 300
    times: list[float] = page.evaluate(_COUNTED)
    gaps = sorted(after - before for before, after in pairwise(times))
    return Drive(zoom, 1000 * len(gaps) / sum(gaps), gaps[int(len(gaps) * 0.99)])


def middle_of(page: Page, address: str) -> tuple[float, float]:
    """The middle of the city, as the map is told of it."""
    west, south, east, north = page.request.get(f"{address}/api/v1/map/layers").json()["extent"]
    return (west + east) / 2, (south + north) / 2


def measure(
    address: str, name: str, password: str, *, folder: Path, place: tuple[float, float] | None = None
) -> tuple[list[Viewport], list[Drive]]:
    """Open, photograph and move the map of this server; pictures go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    viewports, drives = [], []
    with _browser() as browser:
        for zoom in ZOOMS:
            context = browser.new_context(viewport=SCREEN, locale="zh-CN")
            page = context.new_page()
            _sign_in(page, address, name, password)
            place = place or middle_of(page, address)
            viewports.append(_viewport(_open(page, address, place, zoom), zoom))
            page.screenshot(path=folder / f"map-{zoom}.png")
            if zoom in PATH_ZOOMS:
                drives.append(_drive(page, zoom))
                page.screenshot(path=folder / f"map-{zoom}-moved.png")
            context.close()
    return viewports, drives


def main() -> None:
    """Measure, one figure a line."""
    parser = argparse.ArgumentParser(prog="python -m bench.map_browser", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("name")
    parser.add_argument("password")
    parser.add_argument("--at", default="", help="lon,lat of the middle (the city's)")
    parser.add_argument("--folder", type=Path, default=Path("var/pictures"), help="where pictures go (var/pictures)")
    words = parser.parse_args()
    lon, _, lat = words.at.partition(",")
    place = (float(lon), float(lat)) if lat else None
    viewports, drives = measure(words.address, words.name, words.password, folder=words.folder, place=place)
    for one in viewports:
        print(
            f"map viewport z{one.zoom:<2}     {one.tiles} tiles, {one.packed / 1000:.0f} KB sent, "
            f"{one.plain / 1000:.0f} KB read, largest {one.largest / 1000:.0f} KB, {one.seconds:.1f} s"
        )
    for drive in drives:
        print(f"map moved z{drive.zoom:<2}        {drive.frames:.0f} frames/s, slowest {drive.worst:.0f} ms (p99)")


if __name__ == "__main__":
    main()
