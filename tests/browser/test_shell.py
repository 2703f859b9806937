"""The look of every kind of page, at the two sizes that matter; pictures go to var/pictures to be looked at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Complaints

pytestmark = pytest.mark.urls("tests.browser.sample.urls")

NARROW = {"width": 1024, "height": 700}


@pytest.mark.parametrize(
    ("name", "path", "sizes"),
    [
        ("desk", "/", [DESK, NARROW, PHONE]),
        ("page", "/page", [DESK, PHONE]),
        ("card", "/card", [DESK, PHONE]),
        ("sheet", "/sheet", [DESK]),
        ("map", "/map", [DESK, PHONE]),
        ("phone", "/phone", [PHONE]),
        ("report", "/report", [PHONE]),
        ("refused", "/refuse", [DESK, PHONE]),
        ("missing", "/nowhere", [DESK, PHONE]),
    ],
)
def test_pages_fit_and_can_be_used(
    name: str,
    path: str,
    sizes: list[dict[str, int]],
    sample_address: str,
    new_page: Callable[..., Page],
    complaints: Complaints,
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    for size in sizes:
        page = new_page(size, geolocation={"longitude": 121.4837, "latitude": 31.2226}, permissions=["geolocation"])
        page.goto(sample_address + path)
        if page.query_selector("[data-map]"):
            page.wait_for_selector("[data-map-ready]")
        page.wait_for_timeout(300)
        picture(page, f"{name}-{size['width']}")
        assert_fits(page)
        assert_accessible(page)
    complaints.forgive("404 (Not Found)")
    complaints.forgive("403 (Forbidden)")


@pytest.mark.parametrize("size", [DESK, NARROW, PHONE])
def test_the_open_case_fits(
    size: dict[str, int],
    sample_address: str,
    new_page: Callable[..., Page],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = new_page(size)
    page.goto(sample_address)
    page.click("#open-2")
    page.locator("[data-map]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-map-ready]")
    page.wait_for_timeout(400)
    picture(page, f"case-{size['width']}")
    assert_fits(page)
    assert_accessible(page)
