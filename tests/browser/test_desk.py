"""The desk by keyboard, over a sample list: what a seat does all day, and what must never be lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Complaints
from tests.browser.sample.data import Sample

pytestmark = pytest.mark.urls("tests.browser.sample.urls")

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


@pytest.fixture
def desk(page: Page, sample_address: str) -> Page:
    """The desk on a machine without WebGL 2: so there is no map to wait for."""
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind === 'webgl2' ? null : get.call(this, kind, ...rest) }"
    )
    page.goto(sample_address)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_case(page: Page, number: int) -> None:
    """By keyboard, from the top."""
    press(page, *["j"] * number, "Enter")
    page.wait_for_selector(f"#case #action[data-draft='case-{number}-accept']")


def test_twenty_cases_by_keyboard_alone(desk: Page, sample: Sample) -> None:
    open_case(desk, 1)
    for _ in range(20):
        number = desk.get_attribute("#action", "data-draft")
        press(desk, "s")
        desk.wait_for_function(f"document.querySelector('#action')?.dataset.draft !== '{number}'")
    assert len(sample.sent) == 20
    assert 4 not in [int(one["case"]) for one in sample.sent], "a case that a colleague works on was opened"
    assert len({one["client_id"] for one in sample.sent}) == 20
    assert all(UUID.match(one["client_id"]) for one in sample.sent)
    assert {one["do"] for one in sample.sent} == {"accept"}


def test_moving_opening_and_coming_back(desk: Page) -> None:
    press(desk, "ArrowDown", "ArrowDown", "ArrowDown", "k")
    assert desk.evaluate("document.activeElement.id") == "open-2"
    press(desk, "Enter")
    desk.wait_for_selector("#case #action")
    expect(desk.locator("#row-2")).to_have_attribute("aria-current", "true")
    desk.fill("#note", "写了一半")
    press(desk, "Escape")
    assert desk.evaluate("document.activeElement.id") == "case"
    press(desk, "Escape")
    assert desk.evaluate("document.activeElement.id") == "open-2"
    press(desk, "/")
    assert desk.evaluate("document.activeElement.name") == "q"


def test_letters_in_a_note_are_text_and_alt_digits_are_phrases(desk: Page, sample: Sample) -> None:
    open_case(desk, 2)
    desk.focus("#note")
    desk.keyboard.type("shbz ")
    press(desk, "Alt+1")
    assert desk.input_value("#note") == "shbz 情况属实，予以受理。"
    assert sample.sent == []
    press(desk, "Control+Enter")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    assert sample.sent[0]["note"].startswith("shbz")


def test_the_overlay_names_the_keys_of_this_case(desk: Page, picture: Callable[[Page, str], None]) -> None:
    open_case(desk, 2)
    press(desk, "?")
    overlay = desk.locator("dialog[open]")
    for words in ("下一件", "受理", "发核实", "转值班长", "不予受理"):
        expect(overlay).to_contain_text(words)
    picture(desk, "keys")
    press(desk, "Escape")
    expect(overlay).to_have_count(0)


def test_a_refresh_keeps_text_focus_ticks_and_the_open_case(desk: Page, sample: Sample) -> None:
    open_case(desk, 2)
    desk.click("#tick-3")
    desk.click("#tick-6", modifiers=["Shift"])
    expect(desk.locator("[data-batch-count]")).to_have_text("已勾选 4 件")
    desk.fill("#note", "写了一半")
    sample.waiting.remove(9)
    with desk.expect_response("**/rows"):
        desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk.locator("#row-9")).to_have_count(0)
    expect(desk.locator(".cl-boxes a").first).to_contain_text("39")
    assert desk.title().startswith("● (39)")
    assert desk.evaluate("document.activeElement.id") == "note"
    assert desk.input_value("#note") == "写了一半"
    assert desk.locator("[data-tick]:checked").count() == 4
    expect(desk.locator("#row-2")).to_have_attribute("aria-current", "true")


def test_half_written_text_survives_leaving_the_page_and_is_gone_once_sent(desk: Page, sample: Sample) -> None:
    open_case(desk, 2)
    desk.fill("#note", "写了一半")
    client_id = desk.input_value("[name=client_id]")
    desk.reload()
    open_case(desk, 2)
    assert desk.input_value("#note") == "写了一半"
    assert desk.input_value("[name=client_id]") == client_id
    expect(desk.locator("[data-restored]")).to_be_visible()
    press(desk, "s")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    assert sample.sent[0]["client_id"] == client_id
    assert desk.evaluate("Object.keys(localStorage).filter(name => name.includes('case-2')).length") == 0


def test_a_refusal_is_read_in_place_and_keeps_the_text(
    desk: Page, sample: Sample, complaints: Complaints, picture: Callable[[Page, str], None]
) -> None:
    sample.answer = "refused"
    open_case(desk, 2)
    desk.fill("#note", "写了很久的意见")
    press(desk, "Escape", "s")
    expect(desk.locator("#case [data-refusal=stale]")).to_contain_text("李伟")
    assert desk.input_value("#note") == "写了很久的意见"
    picture(desk, "refusal")
    complaints.forgive("409")


def test_a_lost_network_is_said_and_the_retry_is_the_same_action(
    desk: Page, sample: Sample, complaints: Complaints, picture: Callable[[Page, str], None]
) -> None:
    open_case(desk, 2)
    desk.fill("#note", "断网前写的")
    desk.context.set_offline(True)
    press(desk, "Escape", "s")
    expect(desk.locator("[data-trouble]")).to_contain_text("网络中断")
    picture(desk, "offline")
    client_id = desk.input_value("[name=client_id]")
    assert desk.input_value("#note") == "断网前写的"
    desk.context.set_offline(False)
    desk.click("[data-trouble] button")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    assert [one["client_id"] for one in sample.sent] == [client_id]
    expect(desk.locator("[data-trouble]")).to_have_count(0)
    complaints.forgive("ERR_INTERNET_DISCONNECTED")
    complaints.forgive("htmx:")


@pytest.mark.parametrize(("answer", "words"), [("broken", "服务器没有完成"), ("signed_out", "登录已过期")])
def test_a_broken_server_and_an_ended_session_take_nothing_away(
    answer: str, words: str, desk: Page, sample: Sample, complaints: Complaints
) -> None:
    sample.answer = answer
    open_case(desk, 2)
    desk.fill("#note", "不能丢")
    press(desk, "Escape", "s")
    expect(desk.locator("[data-trouble]")).to_contain_text(words)
    assert desk.input_value("#note") == "不能丢"
    assert desk.evaluate("Object.keys(localStorage).filter(name => name.includes('case-2')).length") == 1
    complaints.forgive("500")


def test_a_double_press_sends_once(desk: Page, sample: Sample) -> None:
    open_case(desk, 2)

    def slowly(route: Route) -> None:
        desk.wait_for_timeout(300)
        route.continue_()

    desk.route("**/do", slowly)
    desk.evaluate("const b = document.querySelector('[data-key=s]'); b.click(); b.click(); b.click()")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    assert len(sample.sent) == 1


SLOW = 0.5


def done(sample: Sample) -> list[tuple[str, str]]:
    """What was sent: case and action."""
    return [(one["case"], one["do"]) for one in sample.sent]


def test_keys_typed_ahead_reach_the_cases_they_were_meant_for(desk: Page, sample: Sample) -> None:
    open_case(desk, 1)
    sample.seconds = {"do": SLOW, 2: SLOW, 3: SLOW, 5: SLOW}
    press(desk, "s", "h", "s", "b")
    desk.wait_for_selector("#action[data-draft='case-6-accept']")
    assert done(sample) == [("1", "accept"), ("2", "verify"), ("3", "accept"), ("5", "reject")]


def test_a_key_waits_for_the_case_that_was_opened(desk: Page, sample: Sample) -> None:
    open_case(desk, 1)
    sample.seconds = {2: SLOW}
    press(desk, "j", "Enter", "s")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    assert done(sample) == [("2", "accept")]


def test_keys_are_forgotten_when_something_else_is_opened(desk: Page, sample: Sample) -> None:
    open_case(desk, 1)
    sample.seconds = {2: SLOW, 3: SLOW / 5}
    press(desk, "j", "Enter", "s")
    desk.click("#open-3")
    desk.wait_for_selector("#action[data-draft='case-3-accept']")
    desk.wait_for_timeout(1000 * SLOW)
    assert desk.get_attribute("#action", "data-draft") == "case-3-accept", "an older answer came last and was shown"
    assert done(sample) == []


@pytest.mark.parametrize("answer", ["refused", "broken"])
def test_keys_are_forgotten_when_the_step_is_not_done(
    answer: str, desk: Page, sample: Sample, complaints: Complaints
) -> None:
    open_case(desk, 2)
    sample.answer, sample.seconds = answer, {"do": SLOW}
    press(desk, "s", "b")
    expect(desk.locator("#case [data-refusal=stale], [data-trouble]")).to_be_visible()
    desk.wait_for_timeout(200)
    assert done(sample) == [("2", "accept")]
    complaints.forgive("409")
    complaints.forgive("500")


def test_a_key_that_finds_nothing_ends_what_was_typed_ahead(desk: Page, sample: Sample) -> None:
    open_case(desk, 1)
    sample.seconds = {2: SLOW}
    press(desk, "s", "q", "s")
    desk.wait_for_selector("#action[data-draft='case-2-accept']")
    desk.wait_for_timeout(200)
    assert done(sample) == [("1", "accept")]


def test_the_sound_is_remembered(desk: Page) -> None:
    button = desk.locator("[data-sound]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    desk.reload()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_photos_zoom_together(desk: Page) -> None:
    open_case(desk, 1)
    desk.click("[data-zoom=in]")
    frames = desk.locator("[data-frame] img")
    assert frames.count() == 2
    first, second = (frames.nth(index).evaluate("image => image.style.transform") for index in (0, 1))
    assert first == second
    assert "scale(1.5)" in first


def test_without_the_map_the_place_stays_readable(desk: Page) -> None:
    open_case(desk, 2)
    expect(desk.locator("#case [data-map]")).to_contain_text("121.4838")
    expect(desk.locator("#case [data-map]")).to_contain_text("宁海东路")
