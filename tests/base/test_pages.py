"""Pages by key: forwards and backwards over every row once, and keys that are not ours."""

from datetime import date

import pytest
from django.db.models import QuerySet
from django.test import RequestFactory

from cityloop.base.errors import Refused
from cityloop.base.pages import get_page, matching, see_other
from cityloop.org.models import Unit

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def units() -> None:
    Unit.objects.bulk_create(
        Unit(code=f"page-{number}", name=f"单位{number % 3}", path=f"{number}/", level="department", active_from=SINCE)
        for number in range(7)
    )


def ours() -> QuerySet[Unit]:
    return Unit.objects.filter(code__startswith="page-")


def codes(order: tuple[str, ...], size: int) -> list[str]:
    rows = ours()
    page = get_page(rows, order=order, size=size)
    assert not page.has_previous
    found = [unit.code for unit in page.rows]
    while page.has_next:
        page = get_page(rows, order=order, after=page.last_key, size=size)
        assert page.has_previous
        found += [unit.code for unit in page.rows]
    return found


@pytest.mark.parametrize("order", [("id",), ("-id",), ("name", "id"), ("name", "-id"), ("-name", "id")])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_forwards_every_row_comes_once_in_order(order: tuple[str, ...], size: int) -> None:
    assert codes(order, size) == [unit.code for unit in ours().order_by(*order)]


@pytest.mark.parametrize("order", [("active_to", "id"), ("-active_to", "-id")])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_rows_without_a_value_stand_last_and_turned_round_first(order: tuple[str, ...], size: int) -> None:
    for number in (0, 3, 4):
        Unit.objects.filter(code=f"page-{number}").update(active_to=SINCE.replace(year=2030 + number % 2))
    found = codes(order, size)
    assert found == [unit.code for unit in ours().order_by(*order)]
    assert sorted(found[-4:] if order[0] == "active_to" else found[:4]) == ["page-1", "page-2", "page-5", "page-6"]


def test_backwards_the_same_pages_come() -> None:
    rows, order = ours(), ("-name", "id")
    first = get_page(rows, order=order, size=3)
    second = get_page(rows, order=order, after=first.last_key, size=3)
    back = get_page(rows, order=order, before=second.first_key, size=3)
    assert [unit.code for unit in back.rows] == [unit.code for unit in first.rows]
    assert (back.has_previous, back.has_next) == (False, True)


@pytest.mark.parametrize("key", ["x", "%%%", "W10", "WzEsMl0", "eyJhIjoxfQ", "W10="])
def test_a_key_that_is_not_ours_is_refused(key: str) -> None:
    with pytest.raises(Refused) as refusal:
        get_page(ours(), order=("id",), after=key)
    assert refusal.value.code == "invalid"


def test_an_empty_list_has_no_pages() -> None:
    page = get_page(Unit.objects.none(), order=("id",))
    assert (page.rows, page.has_next, page.has_previous) == ([], False, False)


def test_every_word_of_a_search_must_be_found() -> None:
    found = matching(ours(), " ge-1 单位 ", ("code", "name"))
    assert [unit.code for unit in found] == ["page-1"]


def test_going_on_is_a_header_for_htmx_and_a_redirect_for_others() -> None:
    plain = see_other(RequestFactory().post("/"), "/there")
    assert (plain.status_code, plain["Location"]) == (302, "/there")
    fragment = see_other(RequestFactory().post("/", headers={"HX-Request": "true"}), "/there")
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/there")
