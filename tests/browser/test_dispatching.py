"""Dispatching by keyboard: the recommended unit stands in the form already."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from cityloop.codes.models import Edition
from cityloop.dispatch.actions import set_duty
from cityloop.org.actor import SYSTEM
from tests.cases.walk import Walk
from tests.world import World


def test_the_recommended_unit_is_two_keys_away(
    page: Page,
    address: str,
    city: World,
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    walk = Walk(city)
    walk.now = timezone.now()
    case = walk.filed().case
    assert case.minor is not None
    edition = Edition.objects.get(is_default=True)
    set_duty(edition, "event", case.minor.code, unit_codes=["water", "power"], by=SYSTEM, now=timezone.now())
    sign_in(page, "dispatcher", then="/desk/filed")
    page.goto(f"{address}/desk/filed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#case [data-key=p]")
    page.keyboard.press("p")
    expect(page.locator("[data-picked] li").first).to_contain_text("市水务局")
    expect(page.locator("form:not([hidden]) [data-submit]")).to_be_focused()
    picture(page, "dispatch-form")
    assert_accessible(page)
    page.keyboard.press("2")
    expect(page.locator("[data-picked] li").first).to_contain_text("供电公司")
    page.keyboard.press("1")
    expect(page.locator("[data-picked] li").first).to_contain_text("市水务局")
    page.locator("form:not([hidden]) [data-submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('#list [data-row]')")
    assert city.case(case.number).unit == city.units["water"]
