"""The pictures of these documents, taken anew from a running demonstration city.

    make run                                   # in one terminal
    make do C="python docs/img/make.py"        # in another; or with DATABASE_URL and CITYLOOP_VAR set, plainly

`--address` names another server, `--report` one whose month is shown in the report's picture (that of a replay, with
its evaluator's name and password). Chromium and the packages of requirements/dev.txt are needed.
"""

import argparse
import io
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.config.settings")
django.setup()

from cityloop.cases.models import Case, Task  # noqa: E402
from cityloop.org.models import Post  # noqa: E402

HERE = Path(__file__).parent
DEMO = tomllib.loads((HERE.parents[1] / "demo" / "demo.toml").read_text())
CHROMIUM = os.environ.get("CITYLOOP_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--lang=zh-CN"]
DESK, PHONE, PAPER = (1366, 768), (360, 800), (900, 1180)
MOST_BYTES = 150_000
SETTLE = 1200  # milliseconds for maps and photos


class Found:
    """What of this city's cases is worth a picture; read from its database."""

    def __init__(self) -> None:
        closed = Case.objects.filter(state="closed", source__kind="inspector", unit__area_code__startswith="310101")
        case = closed.order_by("rework_count", "-id").first()
        check = Task.objects.filter(kind="check", ended=False, person__isnull=False).order_by("-id").first()
        handle = Task.objects.filter(kind="handle", ended=False, unit__isnull=False).order_by("-id").first()
        if case is None or check is None or check.person is None or handle is None:
            raise SystemExit("The demonstration city has no closed case, check or handling to show: load it afresh.")
        self.closed, self.inspector, self.task = case.number, check.person.username, check.pk
        self.handled = Task.objects.filter(case=case, kind="handle").latest("id").pk
        self.unit = Post.objects.filter(unit=handle.unit, kind="unit").latest("id").person.username


class Camera:
    """Signs people in, each in a browser of his own, and keeps what they see."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.address = browser, address

    def open(
        self, username: str, path: str, size: tuple[int, int] = DESK, *, password: str = "", address: str = ""
    ) -> Page:
        """The page at `path` as this person sees it."""
        base = address or self.address
        width, height = size
        phone = {"is_mobile": True, "has_touch": True, "device_scale_factor": 1.5} if size == PHONE else {}
        place = {"longitude": 121.4837, "latitude": 31.2226, "accuracy": 8}
        page = self._browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            geolocation=place,
            permissions=["geolocation"],
            reduced_motion="reduce",
            **phone,
        ).new_page()
        page.goto(f"{base}/sign-in?next={path}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password or DEMO["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        if "/handler" in page.url:
            page.locator("[name=handler]").first.check()
            page.click("main button.btn-primary")
            page.wait_for_url(lambda url: "/handler" not in url)
            page.goto(base + path)
        page.wait_for_load_state("networkidle")
        return page

    def take(self, page: Page, name: str) -> None:
        """Keep it, in few enough colours to be small."""
        page.wait_for_timeout(SETTLE)
        shot = Image.open(io.BytesIO(page.screenshot(caret="hide"))).convert("RGB")
        for colours in (256, 128, 64):
            out = io.BytesIO()
            shot.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
            if len(out.getvalue()) <= MOST_BYTES:
                break
        (HERE / f"{name}.png").write_bytes(out.getvalue())
        print(f"{name}.png {len(out.getvalue()) // 1000} kB")
        page.context.close()


def open_first(page: Page, wanted: Callable[[Page], bool] = lambda page: True) -> None:
    """Open the first case of the list that looks as wanted."""
    for row in page.locator("[data-open]").all()[:12]:
        row.click()
        page.wait_for_selector(f"#case h2[title='{row.get_attribute('title')}']")
        page.wait_for_load_state("networkidle")
        if wanted(page):
            return


def has_photo(page: Page) -> bool:
    """Whether a photo is to be seen, and neither a citizen's number nor another case."""
    private = page.locator("#case .cl-case__link, #case .cl-report .cl-mark").count()
    return page.locator("#case .cl-photo img").count() > 0 and private == 0


def at_desks(camera: Camera) -> None:
    """Operator, dispatcher, registration."""
    page = camera.open("huangpu-operator1", "/desk/reported")
    open_first(page, has_photo)
    camera.take(page, "desk-operator")
    page = camera.open("huangpu-dispatcher1", "/desk/filed")
    open_first(page, has_photo)
    page.keyboard.press("p")
    camera.take(page, "dispatch")
    page = camera.open("huangpu-operator2", "/intake/register")
    camera.take(page, "register")


def of_cases(camera: Camera, found: Found) -> None:
    """A closed case, its paper, and a unit at work."""
    camera.take(camera.open("huangpu-shiftleader1", f"/cases/{found.closed}/"), "case")
    camera.take(camera.open("huangpu-dispatcher1", f"/tasks/{found.handled}/print", PAPER), "print-dispatch")
    page = camera.open(found.unit, "/")
    open_first(page, has_photo)
    camera.take(page, "unit")


def on_phones(camera: Camera, found: Found) -> None:
    """An inspector with a task."""
    camera.take(camera.open(found.inspector, "/m/", PHONE), "phone-home")
    camera.take(camera.open(found.inspector, f"/m/tasks/{found.task}", PHONE), "phone-task")
    camera.take(camera.open(found.inspector, "/m/report", PHONE), "phone-report")


def main() -> None:
    """Take all pictures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--report", nargs=4, metavar=("ADDRESS", "USERNAME", "PASSWORD", "MONTH"))
    options = asked.parse_args()
    found = Found()
    with sync_playwright() as playwright:
        # Dates and file buttons are drawn in the browser's own language, not the page's.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        camera = Camera(browser, options.address)
        at_desks(camera)
        of_cases(camera, found)
        on_phones(camera, found)
        address, username, password, month = options.report or (options.address, "evaluator1", "", "")
        path = f"/evaluation/monthly/?month={month}" if month else "/evaluation/monthly/"
        page = camera.open(username, path, password=password, address=address)
        page.locator(".cl-report__figures").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, document.querySelector('.cl-report__figures').offsetTop - 60)")
        camera.take(page, "month-report")
        browser.close()


if __name__ == "__main__":
    main()
