"""The build: small enough for a first paint within a second, and readable by Chromium 90."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

DIST = Path(__file__).resolve().parent.parent.parent / "web" / "dist"
KILOBYTE = 1024


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def with_imports(path: Path, seen: set[Path] | None = None) -> set[Path]:
    """A script and what it imports at once; a dynamic import waits."""
    seen = seen if seen is not None else set()
    if path not in seen:
        seen.add(path)
        for name in re.findall(r"""(?:from|import)\s*["'](\./[^"']+\.js)["']""", path.read_text(encoding="utf-8")):
            with_imports((path.parent / name).resolve(), seen)
    return seen


@pytest.mark.parametrize(("entry", "most"), [("page.js", 30), ("desk.js", 48), ("phone.js", 20), ("citymap.js", 30)])
def test_scripts_are_small(entry: str, most: int) -> None:
    assert sum(packed(path) for path in with_imports(DIST / entry)) < most * KILOBYTE


def test_the_map_engine_is_a_file_of_its_own() -> None:
    """Which pages without a map do not fetch: see below."""
    (engine,) = DIST.glob("chunks/engine-*.js")
    assert packed(engine) > 200 * KILOBYTE
    assert all(engine not in with_imports(path) for path in DIST.glob("*.js"))


@pytest.mark.parametrize(("name", "most"), [("app.css", 44), ("print.css", 4), ("icons.svg", 6)])
def test_styles_are_small(name: str, most: int) -> None:
    assert packed(DIST / name) < most * KILOBYTE


def test_styles_use_nothing_younger_than_chromium_90() -> None:
    for path in DIST.rglob("*.css"):
        # The page's own ::selection follows Tabler's, which old browsers skip.
        text = path.read_text(encoding="utf-8").replace("::selection,.text-selected", "")
        young = re.findall(r"light-dark\(|oklch\(|@container|@layer|\bdvh\b|:where\(:has", text)
        assert not young, f"{path.name}: {set(young)}"


def test_scripts_use_no_syntax_younger_than_chromium_90() -> None:
    for path in DIST.rglob("*.js"):
        assert not re.search(r"\bstatic\{", path.read_text(encoding="utf-8")), path.name


@pytest.mark.urls("tests.browser.sample.urls")
def test_the_desk_paints_within_a_second(sample_address: str, new_page: Callable[..., Page]) -> None:
    """The best of three, each with an empty cache: the machine may be busy with something else."""
    entry = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    times = []
    for _ in range(3):
        page = new_page()
        page.goto(sample_address)
        page.wait_for_function(entry)
        times.append(page.evaluate(entry))
        names = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        assert not [name for name in names if "/engine-" in name], "the map engine is fetched where no map is"
    print(f"first contentful paint: {', '.join(f'{one:.0f}' for one in times)} ms")
    assert min(times) < 1000, times
