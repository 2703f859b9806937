"""English words are longer: the desks and the phone still fit."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.cases.walk import Walk
from tests.world import World

# Words that are cut off where nothing says so by an ellipsis, inside what must be read whole.
CUT = """() => [...document.querySelectorAll('button, .btn, th, dt, label, .cl-tabs a, .cl-boxes a')]
  .filter((one) => one.offsetParent && !one.classList.contains('visually-hidden')
    && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== 'inline' && getComputedStyle(one).overflowX !== 'visible')
  .map((one) => one.textContent.trim().slice(0, 40))"""


@pytest.fixture
def walked(city: World) -> Walk:
    """A case at every post's desk, and one that is being checked."""
    for step in ("reported", "filed", "dispatched", "fed_back"):
        getattr(Walk(city), step)()
    return Walk(city).checking()


@pytest.mark.parametrize("username", ["operator", "shift_leader", "dispatcher", "street"])
def test_desks(
    username: str,
    walked: Walk,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
) -> None:
    page = new_page(DESK, locale="en")
    sign_in(page, username)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    picture(page, f"en-desk-{username}")
    assert_fits(page)
    assert not page.evaluate(CUT)
    if page.locator("a[data-open]").count():
        page.locator("a[data-open]").first.click()
        expect(page.locator("#case .cl-casehead")).to_be_visible()
        page.wait_for_timeout(500)
        picture(page, f"en-case-{username}")
        assert_fits(page)
        assert not page.evaluate(CUT)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("username", "names"),
    [
        ("operator", ["cases:search", "intake:register"]),
        ("evaluator", ["evaluation:monthly"]),
        ("system_admin", ["org:unit_new", "org:people", "limits:handbook", "org:import"]),
    ],
    ids=["operator", "evaluator", "system_admin"],
)
def test_office_pages(
    size: dict[str, int],
    username: str,
    names: list[str],
    address: str,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
) -> None:
    page = new_page(size, locale="en")
    sign_in(page, username, then=reverse("notify:list"))
    for name in names:
        page.goto(address + reverse(name))
        picture(page, f"en-{name.replace(':', '-')}-{size['width']}")
        assert_fits(page)
        assert not page.evaluate(CUT), name


def test_phone(
    walked: Walk,
    address: str,
    new_page: Callable[..., Page],
    sign_in: Callable[..., None],
    picture: Callable[[Page, str], None],
    assert_fits: Callable[[Page], None],
) -> None:
    page = new_page(PHONE, locale="en", has_touch=True, is_mobile=True)
    sign_in(page, "inspector")
    task = reverse("patrol:task", args=[walked.task("check").pk])
    addresses = {name: reverse(f"patrol:{name}") for name in ("home", "tasks", "report", "categories", "reports")}
    for name, path in {
        **addresses,
        "task": task,
        "answer": reverse("patrol:answer", args=[walked.task("check").pk, "pass"]),
    }.items():
        page.goto(address + path)
        picture(page, f"en-phone-{name}")
        assert_fits(page)
        assert not page.evaluate(CUT), name
