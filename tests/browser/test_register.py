"""Registering by keyboard alone: a call, a similar case, a leader's word; and what is kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cityloop.cases.models import Case, Report
from cityloop.grid.models import Street
from cityloop.grid.naming import learn_names
from tests.browser.conftest import Complaints
from tests.cases.walk import Walk
from tests.world import LONG_AGO, World

STREETS = {
    "东街": ("dj", "121.4 31.2005, 121.404 31.2005"),
    "南路": ("nl", "121.4005 31.199, 121.4005 31.201"),
    "北巷": ("bx", "121.4015 31.199, 121.4015 31.201"),
}


@pytest.fixture
def streets(city: World) -> World:
    """The world with three streets to be found by name."""
    for name, (initials, line) in STREETS.items():
        Street.objects.create(
            code=initials,
            name=name,
            initials=initials,
            road_class="primary",
            valid_from=LONG_AGO,
            geom=f"SRID=4326;MULTILINESTRING(({line}))",
        )
    learn_names()
    return city


class Hands:
    """Presses keys and counts them; nothing else touches the page."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> "Hands":
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
        return self

    def write(self, words: str) -> "Hands":
        """Letter by letter, as a hand does; Chinese as an input method gives it, at once."""
        if words.isascii():
            self.page.keyboard.type(words)
        else:
            self.page.keyboard.insert_text(words)
        self.pressed += len(words)
        return self

    def see(self, selector: str) -> "Hands":
        self.page.wait_for_selector(selector)
        return self


@pytest.fixture
def desk(page: Page, address: str, streets: World, sign_in: Callable[..., None]) -> Page:
    sign_in(page, "operator", then="/intake/register")
    page.goto(f"{address}/intake/register")
    expect(page.locator("#phone")).to_be_focused()
    return page


def test_a_call_by_keyboard_alone(
    desk: Page,
    picture: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
    assert_fits: Callable[[Page], None],
) -> None:
    hands = Hands(desk)
    hands.write("15412345678").press("Enter").see("#caller :text('没有来过电')")
    hands.write("李四").press(*["Enter"] * 5)
    expect(desk.locator("#category")).to_be_focused()
    hands.write("bllj").see("#category-list [role=option]").press("Enter").see("[name=standard_choice]")
    expect(desk.locator("#address, [name=standard_choice]").locator("visible=true").first).to_be_attached()
    if desk.evaluate("document.activeElement.name") == "standard_choice":
        hands.press("1")
    expect(desk.locator("#address")).to_be_focused()
    hands.write("东街南路").see("#address-list [role=option][aria-selected=true]").press("Enter")
    hands.see("#place :text('褚监督')")
    expect(desk.locator("#description")).to_have_value("东街（近南路）暴露垃圾")
    expect(desk.locator("#description")).to_be_focused()
    hands.press("Alt+1")
    desk.wait_for_timeout(600)
    picture(desk, "register-filled")
    assert_fits(desk)
    assert_accessible(desk)
    hands.press("Control+Enter").see("[data-saved]")
    case = Case.objects.get()
    assert case.description == "东街（近南路）暴露垃圾，一处"
    assert case.standard is not None
    assert case.cell is not None
    expect(desk.locator("[data-go]")).to_be_focused()
    picture(desk, "register-saved")
    assert_accessible(desk)
    hands.press("Enter").see("#saved :text('核实中')")
    expect(desk.locator("#phone")).to_be_focused()
    assert Case.objects.get().state == "verifying"
    # 11 digits, 2 of the name, 4 initials, 4 of the place, and these few besides:
    assert hands.pressed <= 11 + 2 + 4 + 4 + 12


def test_the_same_again_goes_to_the_case_that_is_there(
    desk: Page, streets: World, picture: Callable[[Page, str], None]
) -> None:
    walk = Walk(streets)
    walk.now = timezone.now()
    number = walk.reported(point=[121.4005, 31.2005]).number
    hands = Hands(desk)
    desk.focus("#category")
    hands.write("bllj").see("#category-list [role=option]").press("Enter").see("[name=standard_choice]")
    desk.focus("#address")
    hands.write("东街南路").see("#address-list [aria-selected=true]").press("Enter").see("#similar [name=into]")
    picture(desk, "register-similar")
    hands.press("Alt+m").see("[data-saved] :text('已并入')")
    assert Case.objects.count() == 1
    assert Report.objects.filter(case__number=number).count() == 2


def test_a_leaders_word_is_filed_at_once(desk: Page, picture: Callable[[Page, str], None]) -> None:
    hands = Hands(desk)
    desk.select_option("#source", "leader")
    desk.focus("#category")
    hands.write("bllj").see("#category-list [role=option]").press("Enter").see("[name=standard_choice]")
    desk.focus("#address")
    hands.write("东街南路").see("#address-list [aria-selected=true]").press("Enter").see("#place :text('褚监督')")
    hands.press("Control+Enter").see("#leader:focus")
    picture(desk, "register-leader")
    hands.write("吴领导").press("Tab").write("请立即清理").press("Enter").see("#saved :text('待派遣')")
    assert Case.objects.get().state == "filed"


def test_what_is_typed_survives_and_may_be_put_aside(desk: Page, picture: Callable[[Page, str], None]) -> None:
    hands = Hands(desk)
    hands.write("15412345678").press("Enter").write("李四")
    desk.focus("#category")
    hands.write("bllj").see("#category-list [role=option]").press("Enter").see("[name=standard_choice]")
    desk.wait_for_timeout(400)
    desk.reload()
    expect(desk.locator("#phone")).to_have_value("15412345678")
    expect(desk.locator("#category")).to_have_value(re.compile("暴露垃圾"))
    hands.see("[name=standard_choice]").press("Alt+s")
    expect(desk.locator("#phone")).to_have_value("")
    expect(desk.locator("[data-shelf] li")).to_have_count(1)
    desk.reload()
    desk.click("[data-take-out]")
    expect(desk.locator("#phone")).to_have_value("15412345678")
    expect(desk.locator("[data-shelf] li")).to_have_count(0)
    assert not Case.objects.exists()


def test_a_refused_form_comes_back_whole(desk: Page, complaints: Complaints) -> None:
    hands = Hands(desk)
    hands.write("12").press("Control+Enter").see("#phone.is-invalid")
    expect(desk.locator("#phone")).to_be_focused()
    expect(desk.locator("#phone")).to_have_value("12")
    complaints.forgive("422")
    assert not Case.objects.exists()


def test_seats_contacts_and_units_pages(
    new_page: Callable[..., Page],
    address: str,
    streets: World,
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
    assert_fits: Callable[[Page], None],
) -> None:
    walk = Walk(streets)
    walk.now = timezone.now()
    walk.dispatched("street")
    pages: dict[str, Any] = {
        "shift_leader": ["/intake/seats", "/intake/contacts"],
        "street": ["/dispatch/unit"],
        "system_admin": ["/dispatch/duties"],
    }
    for username, paths in pages.items():
        page = new_page()
        sign_in(page, username, then=paths[0])
        for path in paths:
            page.goto(address + path)
            picture(page, path.strip("/").replace("/", "-"))
            assert_fits(page)
            assert_accessible(page)
