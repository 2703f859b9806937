"""The inspector's pages on a small old phone: 360×800, touch, a camera that is a file, a place that is given."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from cityloop.base.geometry import LonLat
from cityloop.cases.models import Case, Report
from cityloop.grid.place_actions import NewPlace, insert_places
from cityloop.org.actor import SYSTEM
from tests.browser.conftest import PHONE, Complaints
from tests.browser.sample.photo import draw
from tests.cases.walk import Walk
from tests.world import NOW, World

SignIn = Callable[..., None]
Picture = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """A photo as a camera leaves it."""
    path = tmp_path / "street.jpg"
    path.write_bytes(draw(clean=False))
    return path


@pytest.fixture
def handset(new_page: Callable[..., Page], city: World) -> Page:
    """A phone that stands in the world's first cell."""
    lon, lat = city.place(0)
    return new_page(
        PHONE,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 12},
        permissions=["geolocation"],
    )


def take_photo(page: Page, shot: Path, part: str = "[data-shots]") -> None:
    """Choose a file, as the camera would, and wait until it has arrived."""
    before = page.locator(f"{part} [data-shot=sent]").count()
    page.locator(f"{part} [data-shoot]").first.set_input_files(shot)
    expect(page.locator(f"{part} [data-shot=sent]")).to_have_count(before + 1)


def choose_category(page: Page, initials: str) -> None:
    """By pinyin: the category has one filing condition, so one tap chooses both."""
    page.locator("[data-open-picker]").tap()
    page.locator("[data-picker-dialog] [name=q]").fill(initials)
    first = page.locator("[data-picker-dialog] [data-picker-list] .cl-row").first
    expect(page.locator("[data-picker-dialog] h2")).to_have_count(0)
    first.tap()
    expect(page.locator("[data-picker-dialog]")).not_to_be_visible()


@pytest.fixture
def look(picture: Picture, assert_fits: Check, assert_accessible: Check) -> Callable[[Page, str], None]:
    """`look(page, "name")`: a picture of a page that fits and can be used."""

    def do(page: Page, name: str) -> None:
        picture(page, name)
        assert_fits(page)
        assert_accessible(page)

    return do


def test_an_address_is_found_as_one_types(
    handset: Page, city: World, address: str, sign_in: SignIn, look: Picture
) -> None:
    """Touching a proposed place takes its words and its point, whatever the phone's own position said."""
    lon, lat = city.place(2)
    insert_places([NewPlace("landmark", LonLat(lon, lat), name="东风钟楼", invented=True)], by=SYSTEM, now=NOW)
    page = handset
    sign_in(page, "inspector", then="/m/report")
    expect(page.locator("[data-here-state]")).to_contain_text("12")
    page.locator("#address").fill("")
    page.locator("#address").press_sequentially("dfzl")
    proposed = page.locator("[data-find-take]")
    expect(proposed).to_have_count(1)
    expect(proposed).to_contain_text("首字母相符")
    look(page, "m-report-places")
    proposed.tap()
    expect(page.locator("#address")).to_have_value("东风钟楼")
    expect(page.locator("#lon")).to_have_value(f"{lon:.6f}")
    expect(page.locator("[data-find-list]")).to_be_hidden()


def test_from_report_to_answer(
    handset: Page, city: World, address: str, sign_in: SignIn, shot: Path, look: Picture
) -> None:
    """A report with a photo, its case, a check of it, and the answer with another photo."""
    page = handset
    sign_in(page, "inspector", then="/m/")
    page.locator(".cl-big").tap()
    expect(page.locator("[data-here-state]")).to_contain_text("12")
    look(page, "m-report-empty")
    write_report(page, city, shot)
    look(page, "m-report-bottom")
    page.evaluate("window.scrollTo(0, 0)")
    look(page, "m-report-top")
    page.locator(".cl-send button").tap()
    page.wait_for_url("**/m/cases/*")
    case = Case.objects.get()
    assert case.evidence.count() == 1
    look(page, "m-case")

    send_to_check(city, case)
    page.goto(f"{address}/m/")
    look(page, "m-home")
    page.locator(".cl-task").first.tap()
    page.wait_for_url("**/m/tasks/*")
    look(page, "m-task-top")
    page.locator("[data-jump] a").tap()
    expect(page.locator(".cl-answers a").last).to_be_in_viewport()
    look(page, "m-task-bottom")
    page.get_by_role("link", name="核查不通过").tap()
    expect(page.locator("[data-here-state]")).to_contain_text("距问题位置约 0 米")
    take_photo(page, shot)
    page.get_by_role("button", name="没有处理").tap()
    look(page, "m-answer")
    page.locator(".cl-send button").tap()
    page.wait_for_url("**/m/tasks")
    case.refresh_from_db()
    assert (case.state, case.check_result) == ("to_close", "fail")


def write_report(page: Page, city: World, shot: Path) -> None:
    """Photo, category, address, and words by two taps."""
    name = city.standard().minor.name
    take_photo(page, shot)
    choose_category(page, city.standard().minor.initials)
    expect(page.locator("[data-choice-words]")).to_contain_text(name)
    page.fill("[name=address]", "东街1号")
    page.locator("[data-sentence]").tap()
    page.locator("[data-phrase]").first.tap()
    expect(page.locator("[name=description]")).to_have_value(f"东街1号 {name}，一处")


def send_to_check(city: World, case: Case) -> None:
    """The case goes round, until the inspector is asked to check it."""
    walk = Walk(city)
    walk.number = case.number
    walk.do("file", "operator")
    walk.do("dispatch", "dispatcher", {"unit": city.units["water"].pk})
    walk.handle()
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator", {"note": "看看果皮箱后面"})


def test_a_dead_network_loses_nothing_and_sends_nothing_twice(
    handset: Page, city: World, address: str, sign_in: SignIn, shot: Path, picture: Picture, complaints: Complaints
) -> None:
    """The answer to a report is lost: the draft is there when the page is opened again, and sending it is one case."""
    page = handset
    sign_in(page, "inspector", then="/m/report")
    take_photo(page, shot)
    choose_category(page, city.standard().minor.initials)
    page.fill("[name=address]", "东街1号")
    page.fill("[name=description]", "写了一半的话")

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/m/report", swallow, times=1)
    page.locator(".cl-send button").tap()
    expect(page.locator("[data-trouble]")).to_contain_text("内容已保存在本机")
    picture(page, "m-offline")
    assert Report.objects.count() == 1
    page.goto(f"{address}/m/")
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.locator("[data-unsent] a").tap()
    expect(page.locator("[name=description]")).to_have_value("写了一半的话")
    expect(page.locator("[data-shot=sent] img")).to_have_count(0)  # it is used already, the first sending got through
    complaints.forgive("Failed to load resource")
    take_photo(page, shot)
    page.locator(".cl-send button").tap()
    page.wait_for_url("**/m/cases/*")
    expect(page.locator(".alert")).to_contain_text("没有重复上报")
    assert Report.objects.count() == 1
    page.goto(f"{address}/m/")
    expect(page.locator("[data-unsent]")).not_to_be_visible()


def test_a_photo_tries_again_and_a_draft_keeps_it(
    handset: Page, city: World, sign_in: SignIn, shot: Path, complaints: Complaints
) -> None:
    page = handset
    sign_in(page, "inspector", then="/m/report")
    page.route("**/api/v1/evidence/*", lambda route: route.abort(), times=1)
    page.locator("[data-shoot]").first.set_input_files(shot)
    expect(page.locator("[data-shot=failed]")).to_have_count(1)
    page.locator("[data-shot=failed] [data-again]").tap()
    expect(page.locator("[data-shot=sent]")).to_have_count(1)
    complaints.forgive("Failed to load resource")
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator("[data-shot=sent] img")).to_have_count(1)
    page.locator("[data-restored] button").tap()
    expect(page.locator("[data-shot]")).to_have_count(0)
    expect(page.locator("[data-shots-ids]").first).to_have_value("")


def test_offline_is_said_and_links_wait(handset: Page, city: World, sign_in: SignIn, complaints: Complaints) -> None:
    page = handset
    sign_in(page, "inspector", then="/m/report")
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_contain_text("网络已断开")
    page.locator(".cl-tabs a").first.tap()
    page.wait_for_timeout(200)
    assert page.url.endswith("/m/report")
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_have_count(0)
    complaints.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_similar_problem_and_a_refused_form(
    handset: Page,
    city: World,
    sign_in: SignIn,
    shot: Path,
    picture: Picture,
    assert_accessible: Check,
    complaints: Complaints,
) -> None:
    """What is missing is said at once; a problem like it near the place asks for one tick more."""
    walk = Walk(city)
    walk.now = timezone.now()
    walk.reported(by="inspector_two")
    page = handset
    sign_in(page, "inspector", then="/m/report")
    page.locator(".cl-send button").tap()
    expect(page.locator(".alert")).to_be_visible()
    picture(page, "m-report-refused")
    assert_accessible(page)
    complaints.forgive("422")
    take_photo(page, shot)
    choose_category(page, city.standard().minor.initials)
    expect(page.locator(".cl-similar")).to_contain_text(walk.number)
    page.locator(".cl-similar").scroll_into_view_if_needed()
    picture(page, "m-report-similar")
    assert_accessible(page)
    page.locator(".cl-similar label").tap()
    page.locator(".cl-send button").tap()
    page.wait_for_url("**/m/cases/*")
    assert Report.objects.count() == 2


PAGES = ["/m/", "/m/tasks", "/m/reports", "/m/notices", "/m/report", "/m/categories", "/m/categories?major={major}"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits(
    language: str,
    handset: Page,
    city: World,
    address: str,
    sign_in: SignIn,
    picture: Picture,
    assert_fits: Check,
    assert_accessible: Check,
) -> None:
    rejected = Walk(city).reported(description="小区里面乱停车", address="东街1弄内部道路靠近北门的垃圾房旁边")
    rejected.do("reject", "operator", {"reason": "out_of_scope", "note": "小区内部道路, 请向物业公司反映"})
    Walk(city).checking()
    Walk(city).reported("hotline", by="operator").do("send_verify", "operator", {"note": "看清楚数量"})
    page = handset
    sign_in(page, "inspector", then="/m/")
    if language == "en":
        page.locator("details.cl-menu summary").tap()
        picture(page, "m-menu")
        page.locator("button[lang=en]").tap()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in [*PAGES, f"/m/cases/{rejected.number}", "/m/tasks?lon=121.401&lat=31.201"]:
        page.goto(address + path.format(major=city.standard().minor.major_id))
        page.wait_for_timeout(150)
        name = path.split("?")[0].strip("/").replace("/", "-").replace(rejected.number, "rejected")
        picture(page, f"{name}{'-more' if '?' in path else ''}-{language}")
        assert_fits(page)
        assert_accessible(page)
