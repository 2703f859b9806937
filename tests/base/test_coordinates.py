"""Coordinates of other systems against published points, and there and back again."""

import math

import pytest
from django.contrib.gis.geos import GEOSGeometry
from hypothesis import given
from hypothesis import strategies as st

from cityloop.base.coordinates import (
    Shift,
    bd09_to_gcj02,
    find_by_epsg,
    from_city,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    get_crs,
    list_crs,
    shape_from_city,
    shape_to_city,
    to_city,
    wgs84_to_gcj02,
)
from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, metres_between

# Test points of github.com/googollee/eviltransform (python/test.py, BSD) and of github.com/wandergis/coordtransform
# (test/app.js, MIT), each turned to (longitude, latitude).
WGS_GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),  # Shanghai, eviltransform
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),  # Shenzhen, eviltransform
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),  # Beijing, eviltransform
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),  # coordtransform
]
GCJ_BD = [((116.404, 39.915), (116.41036949371029, 39.92133699351021))]  # coordtransform
# The same author's inverses (test/app.js) are the usual approximations: within a few metres of the true ones.
ABOUT = [
    (gcj02_to_wgs84, (116.404, 39.915), (116.39775550083061, 39.91359571849836)),
    (bd09_to_gcj02, (116.404, 39.915), (116.39762729119315, 39.90865673957631)),
]
# Bounds of the areas of use as epsg.io publishes them (epsg.io/4522, /4524, /4505): the least easting is that of the
# south-west corner, the least northing that of the southern edge on the central meridian. Given to the centimetre.
GAUSS_KRUGER = [
    ("cgcs2000-gk3-34", 102, (100.5, 21.13), (34344166.57, 2337470.19)),
    ("cgcs2000-gk3-36", 108, (106.5, 18.19), (36341298.83, 2012011.42)),
    ("cgcs2000-gk-cm93", 93, (90.0, 27.71), (204050.90, 3066304.79)),
    ("cgcs2000-gk6-16", 93, (90.0, 27.71), (16204050.90, 3066304.79)),
]


@pytest.mark.parametrize(("wgs", "gcj"), WGS_GCJ)
def test_published_points_of_gcj02(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=2e-6)  # the two authors differ by a decimetre themselves
    assert gcj02_to_wgs84(*gcj) == pytest.approx(wgs, abs=2e-6)


@pytest.mark.parametrize(("gcj", "bd"), GCJ_BD)
def test_published_points_of_bd09(gcj: tuple[float, float], bd: tuple[float, float]) -> None:
    assert gcj02_to_bd09(*gcj) == pytest.approx(bd, abs=1e-9)
    assert bd09_to_gcj02(*bd) == pytest.approx(gcj, abs=1e-9)


@pytest.mark.parametrize(("inverse", "given_place", "published"), ABOUT)
def test_published_inverses(inverse: Shift, given_place: tuple[float, float], published: tuple[float, float]) -> None:
    assert metres_between(LonLat(*inverse(*given_place)), LonLat(*published)) < 3


@pytest.mark.parametrize(("name", "meridian", "corner", "least"), GAUSS_KRUGER)
def test_published_points_of_gauss_kruger(
    name: str, meridian: float, corner: tuple[float, float], least: tuple[float, float]
) -> None:
    crs = get_crs(name)
    assert from_city(LonLat(*corner), crs)[0] == pytest.approx(least[0], abs=0.01)
    assert from_city(LonLat(meridian, corner[1]), crs)[1] == pytest.approx(least[1], abs=0.01)


def test_places_abroad_are_not_shifted() -> None:
    assert wgs84_to_gcj02(-71.1, 42.37) == (-71.1, 42.37)


@given(st.floats(74, 134), st.floats(18, 53), st.sampled_from(sorted(list_crs())))
def test_there_and_back_again(lon: float, lat: float, name: str) -> None:
    crs = get_crs(name)
    if crs.is_metric:  # within two degrees of the central meridian, where the zone is used
        lon = meridian_of(name) + (lon - 104) / 30 * 2
    place = LonLat(lon, lat)
    assert metres_between(to_city(*from_city(place, crs), crs), place) < 0.001


def meridian_of(name: str) -> int:
    kind, _, number = name.removeprefix("cgcs2000-").rpartition("-")
    count = int(number.removeprefix("cm"))
    return {"gk": count, "gk3": count * 3, "gk6": count * 6 - 3}[kind]


def test_zones_are_what_their_names_say() -> None:
    """On the central meridian the easting is half a million behind the zone's number, if it has one."""
    for crs in list_crs().values():
        if crs.is_metric:
            x, _y = from_city(LonLat(meridian_of(crs.name), 30), crs)
            number = 0 if "-cm" in crs.name else int(crs.name.rpartition("-")[2])
            assert math.isclose(x, number * 1_000_000 + 500_000, abs_tol=0.001), crs.name


@pytest.mark.parametrize("name", ["gcj02", "bd09", "cgcs2000-gk-cm120", "wgs84", "cgcs2000"])
@pytest.mark.parametrize(
    "wkt",
    [
        "POINT (121.5 31.2)",
        "LINESTRING (121.5 31.2, 121.6 31.3)",
        "POLYGON ((121 31, 121.1 31, 121.1 31.1, 121 31), (121.05 31.01, 121.09 31.05, 121.09 31.02, 121.05 31.01))",
        "MULTIPOLYGON (((121 31, 121.1 31, 121.1 31.1, 121 31)))",
    ],
)
def test_shapes_go_there_and_back(name: str, wkt: str) -> None:
    crs, shape = get_crs(name), GEOSGeometry(wkt, srid=4326)
    back = shape_to_city(shape_from_city(shape, crs), crs)
    assert back.srid == 4326
    assert back.geom_type == shape.geom_type
    assert back.equals_exact(shape, 1e-8)


@pytest.mark.parametrize(("code", "name"), [(4326, "wgs84"), (4490, "cgcs2000"), (4549, "cgcs2000-gk-cm120")])
def test_numbers_in_files_are_known(code: int, name: str) -> None:
    assert find_by_epsg(code) == get_crs(name.upper())


def test_six_degree_zones_without_prefix_are_those_of_their_meridian() -> None:
    assert find_by_epsg(4509) == get_crs("cgcs2000-gk-cm117")
    assert find_by_epsg(2154) is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(Refused) as no:
        get_crs("beijing54")
    assert no.value.code == "invalid"
