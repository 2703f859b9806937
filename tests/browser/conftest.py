"""Pages in the system's Chromium, served by a live server with the real static files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import world as worlds
from tests.browser.sample.data import Sample, reset
from tests.world import World

# Playwright's synchronous calls run inside an event loop, in which Django refuses its database without this.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CITYLOOP_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Software WebGL, so that maps are drawn on a machine without a graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 800}
# Rules of WCAG 2.1 A and AA; everything else axe knows is advice.
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"Chromium is not at {CHROMIUM}. Install the package chromium, or set CITYLOOP_CHROMIUM.")
    if not settings.STATICFILES_DIRS:
        pytest.fail("web/dist is missing. Run `npm ci && npm run build` in web/.")
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield found
    found.close()


class Complaints(list[str]):
    """What the page complained about; a test that expects a complaint takes it off with `forgive`."""

    def forgive(self, words: str) -> None:
        """Drop the complaints that contain these words."""
        self[:] = [line for line in self if words not in line]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def new_page(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with cookies of its own: one person each. The test fails if one of them has errors."""
    contexts: list[BrowserContext] = []

    def open_page(size: dict[str, int] | None = None, **options: Any) -> Page:
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"} | options
        context = browser.new_context(viewport=size or DESK, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on(
            "console",
            lambda line: (
                complaints.append(f"console: {line.text} ({line.location['url']})") if line.type == "error" else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of an office screen, 1366×768."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page of a small phone, 360×800, with touch and a place in the demonstration city."""
    return new_page(
        PHONE,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        geolocation={"longitude": 121.4837, "latitude": 31.2226, "accuracy": 12},
        permissions=["geolocation"],
    )


@pytest.fixture
def city(transactional_db: None) -> World:
    """The world, there to be changed: what a journey leaves is swept away, and the next one gets it anew."""
    if not worlds.is_built():
        worlds.build()
    return worlds.find()


@pytest.fixture
def address(city: World, live_server: Any) -> str:
    """Where the world is served."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def sample_server() -> Iterator[LiveServer]:
    """A server of its own for sample pages: they read no database, so none is made or swept for them."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def sample(settings: Any) -> Sample:
    """The sample pages, with nothing done yet. The test is marked with their URLs."""
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], Path(__file__).parent / "sample" / "templates"]}]
    return reset()


@pytest.fixture
def sample_address(sample: Sample, sample_server: LiveServer) -> str:
    """Where the sample pages are served."""
    return str(sample_server.url)


@pytest.fixture
def sign_in(address: str) -> Callable[..., None]:
    """`sign_in(page, username, then="/notices/")`: by the real page, and on to the person's own or the named one."""

    def do(page: Page, username: str, password: str = worlds.PASSWORD, *, then: str = "") -> None:
        page.goto(f"{address}/sign-in?next={then}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.click("button[type=submit]:not([name=language])")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return do


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: no violation of WCAG 2.1 A and AA that axe can see."""

    def check(page: Page) -> None:
        found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        lines = [f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:4]]}" for one in found]
        assert not lines, "\n".join(lines)

    return check


@pytest.fixture
def assert_fits() -> Callable[[Page], None]:
    """`assert_fits(page)`: nothing sticks out sideways."""

    def check(page: Page) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} pixels too wide at {page.viewport_size}"

    return check


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """`picture(page, "desk")`: a screenshot to be looked at, in var/pictures."""
    folder = Path(settings.VAR_DIR) / "pictures"

    def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")

    return take
