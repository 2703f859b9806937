"""From words to a place, in the tiny city: streets, crossings, doors, landmarks; and from a place to words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cityloop.base.geometry import LonLat, metres_between
from cityloop.grid.actions import Counts
from cityloop.grid.geocoding.finding import Found, find_places
from cityloop.grid.geocoding.likeness import Why
from cityloop.grid.geocoding.reverse import describe, words_for
from cityloop.grid.place_actions import NewPlace, insert_places
from cityloop.grid.selectors import locate
from cityloop.org.actor import SYSTEM
from tests.grid.make import NOW, at

CROSSING = at(2, 1)  # 中山路 (west to east, row 1) and 人民路 (south to north, column 2)


@pytest.fixture
def town(city: Counts) -> Counts:
    """The tiny city with doors along 中山路, a landmark and shops; all invented."""
    south, north = 0.92, 1.08
    doors = [(11, 1, south), (15, 2.4, south), (19, 3, south), (12, 1, north), (18, 3, north)]
    rows = [
        NewPlace("door", at(x, y), street="中山路", number=number, invented=True) for number, x, y in doors
    ] + [
        NewPlace("door", at(3.2, north), street="中山路", number=22, inner="弄5", invented=True),
        NewPlace("door", at(6.1, 0.2), street="解放路", number=7, invented=True),
        NewPlace("landmark", at(2.5, 1.5), name="钟楼", aliases=("大钟",), former=("鼓楼",), invented=True),
        NewPlace("poi", at(5.5, 0.5), name="东风菜市场", category="菜市场", invented=True),
        NewPlace("poi", at(6.5, 0.5), name="解放路第一小学", invented=True),
        NewPlace("tract", at(4.5, 1.5), name="河滩", invented=True),
    ]  # fmt: skip
    insert_places(rows, by=SYSTEM, now=NOW)
    return city


def best(text: str) -> Found:
    return find_places(text)[0]


@pytest.mark.parametrize(
    ("text", "label", "why"),
    [
        ("中山路", "中山路", Why.EXACT),
        ("中山", "中山路", Why.BEGINNING),
        ("中杉路", "中山路", Why.HOMOPHONE),
        ("宗山路", "中山路", Why.HOMOPHONE),
        ("中木路", "中山路", Why.MISSPELT),
        ("zsl", "中山路", Why.INITIALS),
        ("ZSL", "中山路", Why.INITIALS),
        ("zhongshanlu", "中山路", Why.PINYIN),
        ("zhongsh", "中山路", Why.PINYIN),
        ("在中山路附近", "中山路", Why.EXACT),
        ("西区中山路", "中山路", Why.EXACT),
        ("中山路那个路灯坏了", "中山路", Why.WITHIN),
        ("二街道", "二街道", Why.EXACT),
        ("钟楼", "钟楼", Why.EXACT),
        ("大钟", "钟楼", Why.ALIAS),
        ("鼓楼", "钟楼", Why.FORMER),
        ("东风菜场", "东风菜市场", Why.MISSPELT),
        ("菜市场", "东风菜市场", Why.PART),
        ("东菜场", "东风菜市场", Why.ABBREVIATION),
        ("dfcsc", "东风菜市场", Why.INITIALS),
        ("第一小学", "解放路第一小学", Why.PART),
        ("解放路第１小学", "解放路第一小学", Why.EXACT),
        ("河滩", "河滩", Why.EXACT),
    ],
)
def test_names(town: Counts, text: str, label: str, why: Why) -> None:
    found = best(text)
    assert (found.label, found.why[0]) == (label, why)
    assert 0.5 <= found.score <= 1


@pytest.mark.parametrize(
    "text",
    ["中山路与人民路交叉口", "人民路中山路口", "人民路（近中山路）", "中山路近人民路", "zsl/rml", "中杉路与人民路路口",
     "东区中山路人民路口", "中山路上靠近人民路那里"],
)  # fmt: skip
def test_crossings(town: Counts, text: str) -> None:
    found = best(text)
    assert {found.road, found.crossing} == {"中山路", "人民路"}
    assert metres_between(found.place, CROSSING) < 1
    assert Why.CROSSING in found.why


def test_an_address_is_found_again(town: Counts) -> None:
    """What the map writes into an address field leads back to the place."""
    assert best(best("中山路人民路口").address).place == pytest.approx(CROSSING)
    hint = locate(at(2.1, 0.2), now=NOW).address_hint
    assert hint == "人民路（近中山路）"
    assert best(hint).place == pytest.approx(CROSSING)


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("中山路11号", at(1, 0.92), Why.DOOR),
        ("中山路１１号", at(1, 0.92), Why.DOOR),
        ("中山路十一号302室", at(1, 0.92), Why.DOOR),
        ("中杉路11号", at(1, 0.92), Why.DOOR),
        ("zsl11号", at(1, 0.92), Why.DOOR),
        ("中山路13号", at(1.7, 0.92), Why.BETWEEN),
        ("中山路17号", at(2.7, 0.92), Why.BETWEEN),
        ("中山路14号", at(1.6667, 1.08), Why.BETWEEN),  # on the even side
        ("中山路21号", at(3, 0.92), Why.BESIDE),
        ("中山路22弄5号", at(3.2, 1.08), Why.DOOR),
        ("中山路22弄9号", at(3.2, 1.08), Why.LANE),
        ("东区中山路11号", at(1, 0.92), Why.DOOR),
    ],
)
def test_doors(town: Counts, text: str, place: LonLat, why: Why) -> None:
    found = best(text)
    assert found.why[0] == why
    assert metres_between(found.place, place) < 1


def test_without_doors_the_street_is_given_and_says_so(town: Counts) -> None:
    found = best("人民路123号")
    assert (found.label, found.why[0]) == ("人民路", Why.NO_DOOR)
    assert found.score < 0.7
    assert "人民路/中山路" in [one.label for one in find_places("人民路123号")]


@pytest.mark.parametrize(
    ("text", "start", "east", "north"),
    [
        ("钟楼东侧50米", at(2.5, 1.5), 50, 0),
        ("钟楼向南100米", at(2.5, 1.5), 0, -100),
        ("距钟楼西北约一百米", at(2.5, 1.5), -70.7, 70.7),
        ("中山路与人民路交叉口向东150米", CROSSING, 150, 0),
        ("人民路中山路口北80米", CROSSING, 0, 80),
        ("中山路11号西侧20米", at(1, 0.92), -20, 0),
    ],
)
def test_steps(town: Counts, text: str, start: LonLat, east: float, north: float) -> None:
    found = best(text)
    place = LonLat(start.lon + east / 95_400, start.lat + north / 110_860)
    assert metres_between(found.place, place) < 10
    assert Why.STEP in found.why


def test_one_street_gives_its_middle_and_its_crossings(town: Counts) -> None:
    labels = [one.label for one in find_places("中山路")]
    assert labels[0] == "中山路"
    assert {"中山路/人民路", "中山路/解放路"} <= set(labels)


def test_a_name_inside_an_area_goes_before_one_outside(town: Counts) -> None:
    rows = [NewPlace("poi", at(x, 0.5), name="便民超市", invented=True) for x in (0.5, 7.5)]
    insert_places(rows, by=SYSTEM, now=NOW)
    assert metres_between(best("西区便民超市").place, at(7.5, 0.5)) < 1
    assert metres_between(best("东区便民超市").place, at(0.5, 0.5)) < 1
    assert Why.OTHER_AREA in find_places("东区便民超市")[1].why
    assert metres_between(find_places("便民超市", around=at(7, 0))[0].place, at(7.5, 0.5)) < 1


@pytest.mark.parametrize("text", ["", "  ", "没有这条", "'; --", "%_\\", "{}", ",", "。", "x" * 500, "\x00", "号", "1"])
def test_what_nothing_answers_is_empty(town: Counts, text: str) -> None:
    assert find_places(text) == []


def test_the_number_of_statements_is_bounded(town: Counts) -> None:
    with CaptureQueriesContext(connection) as seen:
        find_places("西区中山路11号近人民路与解放路交叉口东侧50米")
    assert len(seen) <= 12


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (at(1, 0.92), "中山路11号"),
        (at(1.4, 0.9), "中山路11号旁"),
        (at(2.5, 1.5), "钟楼"),
        (at(2.05, 0.5), "人民路（近中山路）"),
    ],
)
def test_a_place_in_words(town: Counts, place: LonLat, words: str) -> None:
    assert locate(place, now=NOW).address_hint == words
    assert describe(place, now=NOW).address == f"东区{words}"


def test_where_a_place_lies_as_seen_from_its_neighbours(town: Counts) -> None:
    found = describe(at(2.5, 1.2), now=NOW)
    assert "钟楼南侧33米" in found.nearest
    assert found.location.duty_grid_code == "G1"
    outside = describe(LonLat(0, 0), now=NOW)
    assert (outside.address, outside.nearest) == ("", ())


@pytest.mark.parametrize(
    ("metres", "azimuth", "words"),
    [(5, 1, "钟楼"), (50, 0, "钟楼北侧50米"), (20, 1.57, "钟楼东侧20米"), (30, 5.5, "钟楼西北侧30米")],
)
def test_words_for_a_bearing(metres: float, azimuth: float, words: str) -> None:
    assert words_for("钟楼", metres, azimuth) == words
