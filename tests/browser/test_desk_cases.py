"""The desks over real cases: a seat works by keyboard alone, two seats meet, and nothing written is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cityloop.cases.models import CaseEvent, Claim
from cityloop.evidence.actions import expire
from tests.browser.conftest import Complaints
from tests.cases.walk import Walk
from tests.evidence.make import photo
from tests.world import World

SignIn = Callable[..., None]
DESKS = {"operator": "待受理", "shift_leader": "待值班长裁定", "dispatcher": "待派遣", "water": "待签收"}


@pytest.fixture
def press(page: Page) -> Callable[..., None]:
    def do(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    return do


def opened(page: Page, walk: Walk) -> None:
    expect(page.locator("#case h2")).to_have_text(walk.number)


def without_map(page: Page) -> None:
    """A machine without WebGL 2: so there is no map to wait for."""
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind === 'webgl2' ? null : get.call(this, kind, ...rest) }"
    )


def test_five_cases_filed_by_keyboard_alone(
    city: World, page: Page, sign_in: SignIn, press: Callable[..., None]
) -> None:
    walks = [Walk(city).pass_time(minutes=number).reported() for number in range(5)]
    without_map(page)
    sign_in(page, "operator")
    press("j", "Enter")
    for walk in walks:
        opened(page, walk)
        press("l", "Enter")  # two keys a case; the next one opens by itself
        expect(page.locator(".cl-toast")).to_contain_text(walk.number[-6:])
    expect(page.locator("#case")).to_contain_text("已经办完")
    assert {walk.case.state for walk in walks} == {"filed"}
    assert not Claim.objects.exists()


def test_a_morning_typed_ahead(city: World, page: Page, sign_in: SignIn, press: Callable[..., None]) -> None:
    walks = [Walk(city).pass_time(minutes=number).reported() for number in range(4)]
    without_map(page)
    sign_in(page, "operator")
    press("j", "Enter", "l", "Enter", "l", "Enter", "m", *"jukx2")
    opened(page, walks[2])
    expect(page.locator("form[data-do=merge] [role=combobox]")).to_have_value("jukx2")
    assert [walk.case.state for walk in walks] == ["filed", "filed", "reported", "reported"]


def test_a_misclick_is_taken_back(city: World, page: Page, sign_in: SignIn, press: Callable[..., None]) -> None:
    walk = Walk(city).reported()
    without_map(page)
    sign_in(page, "operator")
    press("j", "Enter")
    opened(page, walk)
    press("l", "Enter")
    expect(page.locator(".cl-toast")).to_contain_text("立案")
    press("u")
    opened(page, walk)
    expect(page.locator("#case form[data-do=recall] [data-submit]")).to_be_focused()
    press("Enter")
    expect(page.locator(".cl-toast")).to_contain_text("撤回")
    assert walk.case.state == "reported"


def test_the_second_seat_sees_who_has_the_case(city: World, new_page: Callable[..., Page], sign_in: SignIn) -> None:
    walk, other = Walk(city).reported(), Walk(city).reported()
    first, second = new_page(), new_page()
    for page, username in ((first, "operator"), (second, "operator_two")):
        without_map(page)
        sign_in(page, username)
    first.click(f"#open-row-{walk.number}")
    opened(first, walk)
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.locator(f"#row-{walk.number}")).to_contain_text("王受理 处理中")
    second.click(f"#open-row-{walk.number}")
    expect(second.locator("#case [role=status]").first).to_contain_text("王受理 正在处理")
    first.click(f"#open-row-{other.number}")
    opened(first, other)
    assert list(Claim.objects.values_list("case__number", flat=True)) == [other.number]


def test_the_shift_leader_takes_over_by_a_key(city: World, new_page: Callable[..., Page], sign_in: SignIn) -> None:
    walk = Walk(city).reported()
    seat, leader = new_page(), new_page()
    for page in (seat, leader):
        without_map(page)
    sign_in(seat, "operator")
    seat.click(f"#open-row-{walk.number}")
    opened(seat, walk)
    sign_in(leader, "shift_leader", then=reverse("cases:case", args=[walk.number]))
    leader.keyboard.press("=")
    expect(leader.locator("#holder")).to_contain_text("已从王受理处接管")
    seat.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(seat.locator("#holder")).to_contain_text("赵值班 已接管本件")
    expect(seat.locator(f"#row-{walk.number}")).to_contain_text("赵值班 处理中")


def test_whoever_comes_late_loses_nothing(
    city: World, page: Page, sign_in: SignIn, press: Callable[..., None], complaints: Complaints
) -> None:
    walk = Walk(city).reported()
    without_map(page)
    sign_in(page, "operator")
    press("j", "Enter")
    opened(page, walk)
    press("e")
    page.fill("form[data-do=amend] textarea[name=note]", "门牌写错了，应为二号")
    walk.do("escalate", "operator_two", {"note": "请裁定"})
    press("Control+Enter")
    expect(page.locator("#case [data-refusal=stale]")).to_contain_text("李受理")
    page.click("#case [data-refusal] button")
    note = page.locator("form[data-do=amend] textarea[name=note]")
    expect(page.locator("#case .cl-mark--state")).to_have_text("待值班长裁定")
    assert walk.case.state == "escalated"
    expect(note).to_have_count(1)
    assert note.input_value() == "门牌写错了，应为二号"
    complaints.forgive("409")


def test_a_draft_survives_leaving_the_page(
    city: World, page: Page, sign_in: SignIn, press: Callable[..., None]
) -> None:
    walk = Walk(city).filed()
    without_map(page)
    sign_in(page, "dispatcher")
    press("j", "Enter")
    opened(page, walk)
    press("p")
    unit = page.locator("form[data-do=dispatch] [data-name=unit] [role=combobox]")
    expect(unit).to_be_focused()
    page.keyboard.type("水务局")
    expect(page.locator("[role=option]").first).to_contain_text("水务局")
    press("Enter")
    page.fill("form[data-do=dispatch] textarea[name=note]", "请在早高峰前处置")
    page.wait_for_timeout(400)
    page.reload()
    press("j", "Enter")
    opened(page, walk)
    form = page.locator("form[data-do=dispatch]")
    expect(form).to_be_visible()
    expect(form.locator("[data-picked]").first).to_contain_text("市水务局")
    assert form.locator("textarea").input_value() == "请在早高峰前处置"
    form.locator("textarea").focus()
    press("Control+Enter")
    expect(page.locator(".cl-toast")).to_contain_text("派遣")
    assert (walk.case.state, walk.case.unit_id) == ("handling", city.units["water"].pk)
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes('dispatch')).join()") == ""


def test_a_double_press_is_one_step(city: World, page: Page, sign_in: SignIn, press: Callable[..., None]) -> None:
    walk = Walk(city).reported()
    without_map(page)
    sign_in(page, "operator")
    press("j", "Enter")
    opened(page, walk)
    press("l")
    page.evaluate("const b = document.querySelector('form[data-do=file] [data-submit]'); b.click(); b.click()")
    expect(page.locator(".cl-toast")).to_contain_text("立案")
    assert CaseEvent.objects.filter(case=walk.case, do="file").count() == 1


def test_a_unit_feeds_back_with_a_photo(
    city: World, page: Page, sign_in: SignIn, tmp_path: Any, press: Callable[..., None]
) -> None:
    walk = Walk(city).dispatched("power")
    walk.do("acknowledge", "power", subject=walk.task("handle"))
    file = tmp_path / "after.jpg"
    file.write_bytes(photo())
    without_map(page)
    sign_in(page, "power")
    press("j", "Enter")
    opened(page, walk)
    press("f")
    form = page.locator("form[data-do=feed_back]")
    form.locator("[data-shoot]").set_input_files(str(file))
    expect(form.locator("[data-shot=sent]")).to_have_count(1)
    form.locator("textarea").focus()
    press("Alt+1")
    press("Control+Enter")
    expect(page.locator(".cl-toast")).to_contain_text("处置反馈")
    assert walk.case.state == "feedback"


def test_an_uploaded_photo_survives_leaving_the_page_until_it_expires(
    city: World,
    page: Page,
    sign_in: SignIn,
    tmp_path: Any,
    press: Callable[..., None],
    picture: Callable[[Page, str], None],
    complaints: Complaints,
) -> None:
    walk = Walk(city).dispatched("power")
    walk.do("acknowledge", "power", subject=walk.task("handle"))
    file = tmp_path / "after.jpg"
    file.write_bytes(photo())
    without_map(page)
    sign_in(page, "power")
    form = page.locator("form[data-do=feed_back]")
    photos = form.locator("[data-shot=sent] img")

    def again() -> None:
        page.wait_for_timeout(400)
        page.reload()
        press("j", "Enter")
        opened(page, walk)

    press("j", "Enter")
    opened(page, walk)
    press("f")
    form.locator("[data-shoot]").set_input_files(str(file))
    expect(photos).to_have_count(1)
    again()
    expect(photos).to_have_js_property("naturalWidth", 64)  # the test photo is smaller than a thumbnail
    picture(page, "draft-photo")
    form.locator("[data-restored] button").click()
    expect(photos).to_have_count(0)
    again()
    expect(photos).to_have_count(0)
    press("f")
    form.locator("[data-shoot]").set_input_files([str(file)])
    expect(photos).to_have_count(1)
    page.wait_for_timeout(400)
    expire(datetime.now(UTC) + timedelta(days=8))
    again()
    expect(form.locator("[data-shots-state]")).to_have_text("1 张照片已过期或已用过，请重新上传")
    expect(photos).to_have_count(0)
    picture(page, "draft-photo-expired")
    form.locator("[data-shoot]").set_input_files(str(file))
    expect(photos).to_have_count(1)
    form.locator("textarea").fill("已修复")
    press("Control+Enter")
    expect(page.locator(".cl-toast")).to_contain_text("处置反馈")
    assert walk.case.evidence.filter(purpose="after").count() == 1
    complaints.forgive("404")


def test_a_batch_is_reported_row_by_row(city: World, page: Page, sign_in: SignIn, press: Callable[..., None]) -> None:
    walks = [Walk(city).fed_back() for _ in range(3)]
    without_map(page)
    sign_in(page, "dispatcher", then=reverse("cases:box", args=["feedback"]))
    press("j", "x", "j", "x")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-batch] [name=do]")
    expect(page.locator("#case")).to_contain_text("2 / 2")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert sorted(walk.case.state for walk in walks) == ["feedback", "to_check", "to_check"]


@pytest.mark.parametrize("username", DESKS)
def test_every_desk_fits_and_is_accessible(
    username: str,
    city: World,
    page: Page,
    sign_in: SignIn,
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    long = "东街1号门前人行道靠近第三棵行道树与公交站牌之间" * 4
    Walk(city).reported(address=long[:200], description=long * 3)
    walk = Walk(city).dispatched()
    sign_in(page, username)
    if "/handler" in page.url:
        page.locator("[name=handler]").first.check()
        page.click("main button.btn-primary")
    expect(page.locator("#boxes")).to_contain_text(DESKS[username])
    assert_fits(page)
    assert_accessible(page)
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + reverse("cases:case", args=[walk.number]))
    expect(page.locator("#case h2")).to_have_text(walk.number)
    picture(page, f"case-{username}")
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize("name", ["cases:search", "cases:print", "cases:print_task"])
def test_the_other_pages_are_accessible(
    name: str,
    address: str,
    city: World,
    page: Page,
    sign_in: SignIn,
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    walk = Walk(city).closed()
    args = {"cases:search": [], "cases:print": [walk.number], "cases:print_task": [walk.task("handle").pk]}
    sign_in(page, "dispatcher", then=reverse(name, args=args[name]))
    expect(page.locator("main")).to_contain_text(walk.number[-6:])
    assert_fits(page)
    assert_accessible(page)


def test_on_a_phone_results_stand_before_filters(
    city: World, phone: Page, sign_in: SignIn, assert_fits: Callable[[Page], None]
) -> None:
    walk = Walk(city).reported()
    sign_in(phone, "operator", then=reverse("cases:search", query={"phase": "received"}))
    found, filters, unfold = phone.locator(".cl-found"), phone.locator("#filters"), phone.locator("[data-unfold]")
    expect(found).to_contain_text(walk.number[-6:])
    expect(found).to_be_in_viewport()
    expect(filters).to_be_hidden()
    expect(unfold).to_have_text("筛选1")
    unfold.click()
    expect(filters).to_be_visible()
    expect(unfold).to_have_attribute("aria-expanded", "true")
    assert_fits(phone)
