"""Pages of the product that use the shell, signed in by the real door."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE

PAGES = ["org:units", "org:people", "limits:handbook", "notify:list"]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_pages_of_an_administrator(
    size: dict[str, int],
    address: str,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = new_page(size)
    sign_in(page, "system_admin", then=reverse("org:units"))
    for name in PAGES:
        page.goto(address + reverse(name))
        expect(page.locator("#bell")).to_be_visible()
        picture(page, f"{name.replace(':', '-')}-{size['width']}")
        assert_fits(page)
        assert_accessible(page)


def test_the_language_is_switched_and_the_session_ended(
    page: Page, sign_in: Callable[..., None], assert_accessible: Callable[[Page], None]
) -> None:
    sign_in(page, "operator", then=reverse("notify:list"))
    menu = page.locator("details.cl-menu", has=page.locator("[lang=en]"))
    menu.locator("summary").click()
    assert_accessible(page)
    page.click("button[lang=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("details.cl-menu", has=page.locator("[name=language]")).locator("summary").click()
    page.click("form[action$='/sign-out'] button")
    page.wait_for_url("**/sign-in*")
