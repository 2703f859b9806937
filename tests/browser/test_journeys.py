"""Journeys in Chromium, from post to post: what one person does is what the next one finds.

Beside them: `test_desk_cases` (claims, late comers, double presses, drafts), `test_patrol` (a report sent into a dead
network), `test_register` (calls).
"""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from cityloop.cases.models import Case, CaseEvent
from cityloop.codes.models import Edition, Minor
from cityloop.dispatch.actions import set_duty
from cityloop.org.actor import SYSTEM
from tests.browser.conftest import PHONE, Complaints
from tests.browser.sample.photo import draw
from tests.cases.walk import Walk
from tests.world import World

SignIn = Callable[..., None]
NO_MAP = (
    "const get = HTMLCanvasElement.prototype.getContext;"
    "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
    " return kind === 'webgl2' ? null : get.call(this, kind, ...rest) }"
)


class Seats:
    """Everybody at a screen of his own: the inspector at a phone, the others at desks without WebGL 2."""

    def __init__(self, open_page: Callable[..., Page], sign_in: SignIn, address: str, city: World, shot: Path) -> None:
        self._open, self._sign_in, self.address, self.city, self.shot = open_page, sign_in, address, city, shot
        self._pages: dict[str, Page] = {}

    def __call__(self, username: str) -> Page:
        """The page of this person, signed in."""
        if username not in self._pages:
            page = self._handset() if "inspector" in username else self._open()
            page.add_init_script(NO_MAP)
            self._sign_in(page, username)
            if "/handler" in page.url:
                page.locator("[name=handler]").first.check()
                page.click("main button.btn-primary")
                page.wait_for_url(lambda url: "/handler" not in url)
            self._pages[username] = page
        return self._pages[username]

    def _handset(self) -> Page:
        lon, lat = self.city.place(0)
        place = {"longitude": lon, "latitude": lat, "accuracy": 12}
        return self._open(PHONE, has_touch=True, is_mobile=True, geolocation=place, permissions=["geolocation"])

    def open(self, username: str, number: str) -> Page:
        """The first case of this person's desk, opened by keyboard; it is the expected one."""
        page = self(username)
        page.goto(self.address)
        page.keyboard.press("Enter")
        expect(page.locator("#case h2")).to_have_text(number)
        return page

    def add_photo(self, page: Page) -> None:
        """Choose a file as a camera would, and wait until it has arrived."""
        page.locator("[data-shoot]:visible, form:not([hidden]) [data-shoot]").first.set_input_files(self.shot)
        expect(page.locator("[data-shot=sent]")).to_have_count(1)

    def report(self, username: str, words: str = "果皮箱旁堆放垃圾") -> Case:
        """A report with a photo, from the phone's home page on."""
        page, minor = self(username), self.city.standard().minor
        page.goto(f"{self.address}/m/")
        page.locator(".cl-big").tap()
        expect(page.locator("[data-here-state]")).to_contain_text("12")
        self.add_photo(page)
        page.locator("[data-open-picker]").tap()
        page.locator("[data-picker-dialog] [name=q]").fill(minor.initials)
        expect(page.locator("[data-picker-dialog] h2")).to_have_count(0)
        page.locator("[data-picker-dialog] [data-picker-list] .cl-row").first.tap()
        page.fill("[name=address]", "东街1号")
        page.fill("[name=description]", words)
        page.locator(".cl-send button").tap()
        page.wait_for_url("**/m/cases/*")
        return Case.objects.latest("id")

    def answer(self, username: str, button: str, note: str = "") -> None:
        """The first task on the phone is answered on the spot, with a photo."""
        page = self(username)
        page.goto(f"{self.address}/m/")
        page.locator(".cl-task").first.tap()
        page.get_by_role("link", name=button, exact=True).tap()
        expect(page.locator("[data-here-state]")).to_contain_text("距问题位置约 0 米")
        self.add_photo(page)
        if note:
            page.locator("textarea").fill(note)
        page.locator(".cl-send button").tap()
        page.wait_for_url("**/m/tasks")


@pytest.fixture
def seats(new_page: Callable[..., Page], sign_in: SignIn, address: str, city: World, tmp_path: Path) -> Seats:
    """Opens a screen for whoever is named."""
    shot = tmp_path / "street.jpg"
    shot.write_bytes(draw(clean=False, width=640, height=480))
    return Seats(new_page, sign_in, address, city, shot)


def press(page: Page, *keys: str) -> None:
    """Keys, one after another."""
    for key in keys:
        page.keyboard.press(key)


def said(page: Page, words: str) -> None:
    """The desk says what was done."""
    expect(page.locator(".cl-toast")).to_contain_text(words)


def feed_back(seats: Seats, number: str) -> None:
    """The unit signs if it has not yet, and feeds back with a photo and a phrase for words."""
    page = seats.open("water", number)
    if page.locator("#case [data-key=s]").count():
        press(page, "s", "Enter")
        said(page, "签收")
        seats.open("water", number)
    press(page, "f")
    seats.add_photo(page)
    page.locator("form[data-do=feed_back] textarea").focus()
    press(page, "Alt+1", "Control+Enter")
    said(page, "处置反馈")


def test_the_whole_loop_by_eight_accounts(seats: Seats, city: World) -> None:
    """From the street to the month's report; the responsible unit is the recommended one."""
    case = seats.report("inspector")
    assert case.minor is not None
    edition = Edition.objects.get(is_default=True)
    set_duty(edition, "event", case.minor.code, unit_codes=["water"], by=SYSTEM, now=timezone.now())

    operator = seats.open("operator", case.number)
    expect(operator.locator("#case img").first).to_be_visible()
    press(operator, "l", "Enter")
    said(operator, "立案")

    dispatcher = seats.open("dispatcher", case.number)
    press(dispatcher, "p")
    expect(dispatcher.locator("form[data-do=dispatch] [data-picked] li")).to_contain_text("市水务局")
    press(dispatcher, "Enter")
    said(dispatcher, "派遣")

    feed_back(seats, case.number)
    seats.open("dispatcher", case.number)
    press(dispatcher, "t", "Enter")
    said(dispatcher, "审核通过")

    second = seats.open("operator_two", case.number)
    press(second, "h", "Enter")
    said(second, "发核查")
    seats.answer("inspector", "核查通过")

    leader_of_shift = seats.open("shift_leader", case.number)
    press(leader_of_shift, "a", "Enter", "Enter", "Enter")
    said(leader_of_shift, "结案")

    sees_the_end(seats, case)


def sees_the_end(seats: Seats, case: Case) -> None:
    """The inspector is told, the evaluator counts one, the leader reads the file."""
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")
    phone = seats("inspector")
    phone.goto(f"{seats.address}/m/reports")
    expect(phone.locator(".cl-task").first).to_contain_text("已结案")
    evaluator = seats("evaluator")
    evaluator.goto(f"{seats.address}/evaluation/monthly/")
    expect(evaluator.locator(".cl-report__figures dd a").first).to_have_text("1")
    evaluator.locator(".cl-report__figures dd a").first.click()
    expect(evaluator.locator("main")).to_contain_text(case.number)
    leader = seats("leader")
    leader.goto(f"{seats.address}/cases/{case.number}/")
    expect(leader.locator(".cl-timeline > li")).to_have_count(CaseEvent.objects.filter(case=case).count())
    assert len(set(CaseEvent.objects.filter(case=case).values_list("actor_id", flat=True)) - {None}) == 6


def test_a_failed_check_comes_back_as_rework(seats: Seats, city: World) -> None:
    """The unit finds the same case again, marked, with the inspector's words; then it is solved."""
    walk = Walk(city)
    walk.now = timezone.now() - timedelta(minutes=30)
    number = walk.checking().number
    seats.answer("inspector", "核查不通过", "果皮箱后面还有")
    operator = seats.open("operator", number)
    expect(operator.locator("#case")).to_contain_text("果皮箱后面还有")
    press(operator, "f")
    operator.fill("form[data-do=rework] textarea", "请按现场照片清理干净")
    press(operator, "Control+Enter")
    said(operator, "返工")
    unit = seats.open("water", number)
    expect(unit.locator(".cl-casehead")).to_contain_text("返工 1 次")
    expect(unit.locator("#case")).to_contain_text("请按现场照片清理干净")
    feed_back(seats, number)
    assert walk.case.state == "feedback"


def test_the_sender_of_a_rejected_report_sees_why(seats: Seats, city: World) -> None:
    """Reason and words of the operator, on the phone that sent it."""
    case = seats.report("inspector", "小区里面乱停车")
    operator = seats.open("operator", case.number)
    press(operator, "b")
    reason = operator.locator("form[data-do=reject] select")
    expect(reason).to_be_focused()
    reason.select_option("out_of_scope")
    operator.fill("form[data-do=reject] textarea", "小区内部道路，请向物业公司反映")
    press(operator, "Control+Enter")
    said(operator, "不予受理")
    phone = seats("inspector")
    phone.goto(f"{seats.address}/m/")
    news = phone.locator(".cl-task").first
    expect(news).to_contain_text("小区内部道路，请向物业公司反映")
    news.tap()
    expect(phone.locator(".cl-sheet--refused")).to_contain_text("请向物业公司反映")


def test_an_action_whose_answer_was_lost_is_taken_once(seats: Seats, city: World, complaints: Complaints) -> None:
    """The server had done it; the operator presses again, and is told that it is done."""
    walk = Walk(city).reported()
    page = seats.open("operator", walk.number)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/do/file", lose, times=1)
    press(page, "l", "Enter")
    expect(page.locator("[data-trouble]")).to_contain_text("网络中断")
    assert walk.case.state == "filed"
    page.click("[data-trouble] button")
    said(page, "立案")
    assert CaseEvent.objects.filter(case=walk.case, do="file").count() == 1
    complaints.forgive("net::ERR_FAILED")
    complaints.forgive("htmx:")


def test_two_operators_on_one_case(seats: Seats, city: World, complaints: Complaints) -> None:
    """The second sees whose it is; whoever comes late is told so and keeps his words."""
    walk = Walk(city).reported()
    first = seats.open("operator", walk.number)
    second = seats.open("operator_two", walk.number)
    expect(second.locator("#case [role=status]").first).to_contain_text("王受理 正在处理")
    press(second, "b")
    second.locator("form[data-do=reject] select").select_option("out_of_scope")
    second.fill("form[data-do=reject] textarea", "写了很久的说明")
    press(first, "l", "Enter")
    said(first, "立案")
    press(second, "Control+Enter")
    expect(second.locator("#case [data-refusal]")).to_contain_text("王受理")
    assert second.input_value("form[data-do=reject] textarea") == "写了很久的说明"
    assert walk.case.state == "filed"
    complaints.forgive("409")


def test_a_wrong_category_is_amended(seats: Seats, city: World) -> None:
    """By initials; the condition for filing follows the new category, and the case's history says both."""
    walk = Walk(city).reported()
    wanted = Minor.objects.filter(edition__is_default=True, kind="event", standards__is_offered=True)
    other = wanted.exclude(pk=walk.case.minor_id).order_by("code").first()
    assert other is not None
    page = seats.open("operator", walk.number)
    press(page, "e")
    form = page.locator("form[data-do=amend]")
    form.locator("[data-name=minor] [role=combobox]").fill(other.name)
    expect(page.locator("[role=option]").first).to_contain_text(other.name)
    press(page, "Enter")
    form.locator("select[data-standards]").select_option(index=1)
    form.locator("textarea[name=note]").fill("照片上是另一类")
    press(page, "Control+Enter")
    said(page, "案卷修正")
    assert walk.case.minor == other
    assert walk.case.standard is not None
    assert walk.case.standard.minor_id == other.pk
    expect(page.locator("#case .cl-facts")).to_contain_text(other.name)
    expect(page.locator("#case .cl-timeline")).to_contain_text("照片上是另一类")
    press(page, "l", "Enter")
    said(page, "立案")


def test_fifty_cases_by_keyboard_alone(seats: Seats, city: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Forty to file, then, in the next box that waits, ten to close: each key press is counted by the page."""
    new = [Walk(city).pass_time(minutes=one).reported() for one in range(40)]
    done = [Walk(city, photos=False).checked() for _ in range(10)]
    page = seats("operator")
    page.add_init_script(
        "addEventListener('keydown', () => sessionStorage.keys = Number(sessionStorage.keys || 0) + 1, true)"
    )
    page.goto(f"{seats.address}/desk/reported")
    began = time.monotonic()
    press(page, "Enter")
    work_through(page, new, "l", "Enter")
    press(page, "]", "Enter")
    page.wait_for_url("**/desk/to_close")
    press(page, "Enter")
    work_through(page, done, "a", "Enter", "Enter", "Enter")
    seconds = time.monotonic() - began
    presses = int(page.evaluate("sessionStorage.keys"))
    with capsys.disabled():
        print(f"\n50 cases, {presses} key presses, {presses / 50:.2f} a case, {seconds / 50:.2f} s a case", end=" ")
    assert presses == 40 * 2 + 10 * 4 + 4
    assert {walk.case.state for walk in new} == {"filed"}
    assert {walk.case.state for walk in done} == {"closed"}


def work_through(page: Page, walks: list[Walk], *keys: str) -> None:
    """The same keys for each case; the next one opens by itself."""
    head: Locator = page.locator("#case h2")
    left = {walk.number for walk in walks}
    while left:
        expect(head).to_be_visible()
        number = str(head.text_content())
        left.remove(number)
        press(page, *keys)
        said(page, number[-6:])
        page.wait_for_function("number => document.querySelector('#case h2')?.textContent !== number", arg=number)
    expect(page.locator("#case")).to_contain_text("已经办完")
