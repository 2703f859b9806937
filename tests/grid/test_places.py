"""From words to a place."""

import pytest

from cityloop.grid.actions import Counts
from cityloop.grid.models import Street
from cityloop.grid.places import find_places


def labels(words: str) -> list[str]:
    return [found.label for found in find_places(words)]


@pytest.fixture
def roads(city: Counts) -> list[str]:
    return sorted(Street.objects.filter(level="ground").exclude(name="").values_list("name", flat=True).distinct())


def test_two_streets_give_their_crossing(roads: list[str]) -> None:
    first, second = crossing_pair(roads)
    found = find_places(f"{first}近{second}")
    assert [one.label for one in found] == [f"{first}/{second}"]
    assert find_places(f"{second}、{first}路口")[0].place == pytest.approx(found[0].place, abs=0.0003)


def crossing_pair(roads: list[str]) -> tuple[str, str]:
    for road in roads:
        for found in find_places(road):
            if found.crossing:
                return road, found.crossing
    raise AssertionError("no streets cross")


def test_one_street_gives_its_crossings_and_its_middle(roads: list[str]) -> None:
    road, crossing = crossing_pair(roads)
    found = labels(f"{road}12号")
    assert f"{road}/{crossing}" in found
    assert found[-1] == road


def test_initials_and_beginnings_give_streets(roads: list[str]) -> None:
    street = Street.objects.filter(name=roads[0]).first()
    assert street is not None
    assert roads[0] in labels(street.initials)
    assert roads[0] in labels(roads[0][:2])


@pytest.mark.parametrize("words", ["", "  ", "没有这条", "'; --"])
def test_what_no_street_answers_is_empty(city: Counts, words: str) -> None:
    assert find_places(words) == []
