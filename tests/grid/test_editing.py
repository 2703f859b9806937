"""Base data by the API: one door a verb. What a row was stays in its history, and refusals are clear."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from cityloop.base.geometry import LonLat
from cityloop.codes.models import Minor
from cityloop.grid.actions import set_area_class, settle_classes
from cityloop.grid.models import Cell, Change, Component
from cityloop.grid.numbering import NUMBERING
from cityloop.grid.selectors import grid_version, list_cells, locate
from cityloop.journal.models import Entry
from tests.cases.walk import Walk
from tests.promises.http import JSON, signed_in
from tests.world import NOW, World

Call = Callable[..., tuple[int, Any]]
TODAY = "2026-03-02"


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


def caller(client: Client) -> Call:
    """POST a body, or GET without one, below /api/v1/base/: status and answer."""

    def call(address: str, **body: Any) -> tuple[int, Any]:
        where = f"/api/v1/base/{address}"
        found = client.post(where, json.dumps(body), content_type=JSON) if body else client.get(where)
        return found.status_code, found.json()

    return call


@pytest.fixture
def call(world: World) -> Call:
    """As the system administrator."""
    return caller(signed_in(world, "system_admin"))


def lamp(call: Call, world: World, cell: int = 0, **values: Any) -> str:
    """The code of a new street lamp in the middle of a cell."""
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137")
    status, row = call("components", minor_id=minor.pk, geometry=point(world, cell), values=values)
    assert status == 201, row
    return str(row["code"])


def point(world: World, cell: int) -> dict[str, Any]:
    return {"type": "Point", "coordinates": world.place(cell)}


def test_a_component_gets_the_next_code_of_its_district_and_category(world: World, call: Call) -> None:
    codes = [lamp(call, world), lamp(call, world), lamp(call, world, cell=5)]
    call(f"rows/component/{codes[1]}/retire", reason="拆除")
    codes.append(lamp(call, world))
    assert codes == ["3101010137000001", "3101010137000002", "3101060137000001", "3101010137000003"]
    assert call(f"rows/component/{codes[0]}")[1]["values"]["cell"] == world.cells[0].code


def test_giving_a_code_waits_for_imports_that_give_codes(world: World, call: Call) -> None:
    lamp(call, world)
    with connection.cursor() as cursor:  # the test's own transaction holds what the request took
        cursor.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert NUMBERING in {row[0] for row in cursor.fetchall()}


def test_a_change_is_stored_with_history_journal_and_a_new_stamp(world: World, call: Call) -> None:
    code = lamp(call, world)
    stamp = grid_version()[0]
    values = {"state": "damaged", "owner": "water", "accuracy": "A", "source": "survey"}
    status, row = call(f"rows/component/{code}/change", values=values, reason="普查")
    assert (status, row["values"] | values) == (200, row["values"])
    last = call(f"rows/component/{code}/changes")[1]["changes"][0]
    assert (last["what"], last["on"], last["by_name"], last["reason"]) == ("changed", TODAY, "韩系统", "普查")
    assert last["before"] == {"state": "intact", "owner": None, "accuracy": "", "source": ""}
    assert last["after"] == values
    assert grid_version()[0] != stamp
    assert Entry.objects.filter(what="grid.row_changed", subject=code).count() == 1


def test_the_same_again_writes_nothing(world: World, call: Call) -> None:
    code = lamp(call, world)
    for _again in range(2):
        call(f"rows/component/{code}/change", values={"state": "damaged"})
        stamp = grid_version()[0]
    assert Change.objects.filter(code=code).count() == 2  # created, changed
    assert grid_version()[0] == stamp


@pytest.mark.parametrize("statement", ["UPDATE grid_change SET reason = 'x'", "DELETE FROM grid_change"])
def test_the_database_refuses_to_alter_history(world: World, call: Call, statement: str) -> None:
    code = lamp(call, world)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Change.objects.filter(code=code, reason="").count() == 1


WRONG_VALUES = [
    ({"state": "gone"}, "state"),
    ({"name": ""}, "name"),
    ({"name": "灯" * 61}, "name"),
    ({"place": "\x07"}, "place"),
    ({"owner": "nobody"}, "owner"),
    ({"accuracy": "D"}, "accuracy"),
    ({"source": "hearsay"}, "source"),
    ({"code": "3101010137000009"}, "code"),
    ({"photos": ["not-a-number"]}, "photos"),
    ({"extension": {"material": "x"}}, "extension"),
    ({"extension": ["material"]}, "extension"),
]


@pytest.mark.parametrize(("values", "field"), WRONG_VALUES)
def test_a_wrong_value_is_refused_at_its_field_and_writes_nothing(
    world: World, call: Call, values: dict[str, Any], field: str
) -> None:
    code = lamp(call, world)
    status, said = call(f"rows/component/{code}/change", values={"note": "新", **values})
    assert (status, said["code"], list(said["details"]["fields"])) == (422, "invalid", [field])
    assert (Component.objects.get(code=code).note, Change.objects.filter(code=code).count()) == ("", 1)


def test_whoever_was_slower_is_told(world: World, call: Call) -> None:
    code = lamp(call, world)
    seen = call(f"rows/component/{code}")[1]["revision"]
    assert call(f"rows/component/{code}/change", values={"note": "甲"}, revision=seen)[0] == 200
    status, said = call(f"rows/component/{code}/change", values={"note": "乙"}, revision=seen)
    assert (status, said["code"]) == (409, "stale")


RETIRING = [
    ({"reason": ""}, 422, "reason"),
    ({"reason": "拆除", "on": "2020-01-01"}, 422, "on"),
    ({"reason": "拆除"}, 200, ""),
    ({"reason": "拆除", "on": "2026-12-31"}, 200, ""),
]


@pytest.mark.parametrize(("body", "status", "field"), RETIRING)
def test_retiring_wants_a_reason_and_a_day(
    world: World, call: Call, body: dict[str, Any], status: int, field: str
) -> None:
    code = lamp(call, world)
    found, said = call(f"rows/component/{code}/retire", **body)
    assert found == status
    if field:
        assert field in said["details"]["fields"]
        return
    assert said["valid_to"] == body.get("on", TODAY)
    assert call(f"rows/component/{code}/change", values={"note": "x"})[1]["code"] == "not_here"
    assert call(f"rows/component/{code}/retire", reason="再停")[1]["code"] == "not_here"


def test_moving_brings_the_cell_along_within_the_district(world: World, call: Call) -> None:
    code = lamp(call, world)
    status, row = call(f"rows/component/{code}/move", geometry=point(world, 1), reason="迁移")
    assert (status, row["values"]["cell"]) == (200, world.cells[1].code)
    last = call(f"rows/component/{code}/changes")[1]["changes"][0]
    assert (last["what"], last["before"]["cell"]) == ("moved", world.cells[0].code)
    for there in (point(world, 5), {"type": "Point", "coordinates": [100, 10]}, {"type": "Point"}):
        assert call(f"rows/component/{code}/move", geometry=there)[0] == 422


def test_extra_attributes_are_declared_and_checked(world: World, call: Call) -> None:
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137")
    declared = [("height", "number", []), ("material", "choice", ["钢", "水泥"]), ("checked", "date", [])]
    for key, kind, choices in [*declared, ("lit", "yes_no", [])]:
        body = {"minor_id": minor.pk, "key": key, "name": key, "kind": kind, "choices": choices}
        assert call("extra-fields", **body)[0] == 200
    code, change = lamp(call, world), "rows/component/{}/change"
    good = {"height": 8.5, "material": "钢", "checked": "2026-01-05", "lit": True}
    assert call(change.format(code), values={"extension": good})[1]["values"]["extension"] == good
    wrong = [("height", "高"), ("height", "NaN"), ("material", "木"), ("checked", "昨天"), ("lit", "maybe"), ("x", 1)]
    for key, value in wrong:
        assert call(change.format(code), values={"extension": {key: value}})[0] == 422, key
    left = call(change.format(code), values={"extension": {"height": ""}})[1]["values"]["extension"]
    assert left == {key: value for key, value in good.items() if key != "height"}
    assert call("extra-fields", minor_id=minor.pk, key="lit", name="亮", kind="text")[0] == 422


def test_a_photo_is_the_actors_own_upload(world: World, call: Call) -> None:
    code = lamp(call, world)
    assert call(f"rows/component/{code}/change", values={"photos": [str(uuid4())]})[0] == 422


def test_a_class_of_tomorrow_waits_and_never_reaches_filed_cases(world: World, call: Call) -> None:
    walk, cell = Walk(world).filed(), world.cells[0]
    tomorrow = NOW + timedelta(days=1)
    body = {"cells": cell.code, "area_class": "C", "on": tomorrow.date().isoformat(), "reason": "调整"}
    assert call("area-classes", **body) == (200, {"changed": 1})
    there = LonLat(*world.place(0))
    assert [locate(there, now=moment).area_class for moment in (NOW, tomorrow)] == ["A", "C"]
    assert Cell.objects.get(pk=cell.pk).area_class == "A"
    assert (settle_classes(NOW), settle_classes(tomorrow), settle_classes(tomorrow)) == (0, 1, 0)
    assert Cell.objects.get(pk=cell.pk).area_class == "C"
    assert walk.case.area_class == "A"
    spans = [(one.area_class, one.valid_from <= NOW.date(), one.valid_to) for one in cell.classes.all()]
    assert spans == [("A", True, NOW.date()), ("C", False, None)]


@pytest.mark.parametrize(
    ("cells", "on", "status"),
    [
        ("310101001001001-002", TODAY, 200),
        ("310101001001001-310101001001003，310101001001002", TODAY, 200),
        ("310101001001001", "2026-03-01", 422),  # passed
        ("310101001001999", TODAY, 422),  # no such cell
        ("310101001001", TODAY, 422),
        ("310101001001003-001", TODAY, 422),
        ("310101001001001-310106001001002", TODAY, 422),
        ("  ", TODAY, 422),
    ],
)
def test_cells_come_as_codes_and_ranges(world: World, call: Call, cells: str, on: str, status: int) -> None:
    assert call("area-classes", cells=cells, area_class="C", on=on)[0] == status


def test_a_class_is_not_put_before_one_that_is_arranged(world: World, call: Call) -> None:
    for day, status in (("2026-05-01", 200), ("2026-04-01", 422), ("2026-05-01", 200), ("2026-06-01", 200)):
        letter = "B" if status == 200 and day == "2026-05-01" else "C"
        assert call("area-classes", cells=world.cells[0].code, area_class=letter, on=day)[0] == status, day
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM grid_cellclass WHERE valid_to IS NULL")
        assert cursor.fetchone() == (1,)


def test_loading_again_leaves_arranged_classes(world: World) -> None:
    cells = list_cells([])
    assert cells == []
    actor = world.actor("system_admin")
    assert set_area_class([world.cells[0]], "C", by=actor, now=NOW) == 1
    Cell.objects.filter(pk=world.cells[0].pk).update(area_class="A")  # as a file says it
    assert settle_classes(NOW) == 1


def work_grid(world: World, cells: str, code: str = "W1", unit: str = "water") -> dict[str, Any]:
    return {"code": code, "name": "一队", "unit": unit, "cells": cells}


def test_a_unit_composes_its_own_work_grids_and_sees_no_others(world: World, call: Call) -> None:
    water, power = (caller(signed_in(world, name)) for name in ("water", "power"))
    status, made = water("work-grids", **work_grid(world, "310101001001001-002"))
    assert (status, made["cells"]) == (201, [world.cells[0].code, world.cells[1].code])
    assert made["geometry"]["type"] == "MultiPolygon"
    assert water("work-grids", **work_grid(world, "310101001001004", code="W2", unit="team"))[0] == 201  # its own crew
    refused = [
        work_grid(world, "310101001001003"),  # the code again
        work_grid(world, "310101001001002-003", code="W3"),  # a cell of W1
        work_grid(world, "310101001001003", code="W 3"),
        work_grid(world, "310101001001003", code="W3", unit="power"),
    ]
    assert [water("work-grids", **body)[0] for body in refused] == [422, 422, 422, 403]
    assert power("work-grids", **work_grid(world, "310101001001001", code="P1", unit="power"))[0] == 201
    assert [row["code"] for row in water("rows/work_grid")[1]["rows"]] == ["W1", "W2"]
    assert [row["code"] for row in call("rows/work_grid")[1]["rows"]] == ["P1", "W1", "W2"]
    assert power("rows/work_grid/W1")[0] == 404
    assert power("work-grids/W1/cells", cells="310101001001003")[0] == 404
    assert water("work-grids/W1/cells", cells="310101001001001,310101001001003", reason="调整")[0] == 200
    last = water("rows/work_grid/W1/changes")[1]["changes"][0]
    assert (last["before"]["cells"], last["after"]["cells"]) == ([world.cells[1].code], [world.cells[2].code])


def test_cameras_and_facilities_are_registered_under_their_own_codes(world: World, call: Call) -> None:
    assert [layer["code"] for layer in call("layers")[1]] == ["cameras", "facilities", "pipes"]
    body = {"layer": "cameras", "code": "CAM-1", "geometry": point(world, 1)}
    values = {"name": "一号", "unit": "power", "extension": {"camera_type": "球机", "height": 6}}
    status, row = call("objects", **body, values=values)
    assert (status, row["values"]["extension"]) == (201, {"camera_type": "球机", "height": 6})
    assert call("objects", **body, values=values)[0] == 422  # the code again
    for wrong in ({"layer": "moon"}, {"code": "a/b"}, {"code": " "}):
        assert call("objects", **(body | {"code": "CAM-2"} | wrong), values=values)[0] in (404, 422)
    assert call("objects", **(body | {"code": "CAM-2"}), values={"name": ""})[0] == 422
    assert call("rows/object?layer=cameras&state=working&unit=power")[1]["rows"][0]["code"] == "CAM-1"
    assert call("summary")[1]["layers"]["object:cameras"] == 1


def test_lists_are_filtered_and_paged(world: World, call: Call) -> None:
    codes = [lamp(call, world, cell=cell, place=f"东街{cell}号") for cell in (0, 1, 5)]
    call(f"rows/component/{codes[1]}/change", values={"state": "missing", "maintainer": "water"})
    call(f"rows/component/{codes[2]}/retire", reason="拆除", on="2026-03-02")
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137").pk
    asked = {
        "": codes,
        "?area=310106": codes[2:],
        "?area=310101001": codes[:2],
        f"?cell={world.cells[0].code}": codes[:1],
        "?state=missing": codes[1:2],
        "?unit=water": codes[1:2],
        "?q=东街1": codes[1:2],
        "?q=3101060137": codes[2:],
        f"?minor={minor}&holding=all": codes,
        "?holding=ended": [],
    }
    for query, wanted in asked.items():
        assert [row["code"] for row in call(f"rows/component{query}")[1]["rows"]] == wanted, query
    assert call("rows/street?unit=water")[0] == 422
    assert call("rows/nothing")[0] == 404
    counted = call("summary?area=310101")[1]
    assert (counted["layers"]["component"], counted["categories"][0]["broken"]) == (2, 1)


WHO = [
    ("system_admin", 200, 422),
    ("dispatcher", 200, 403),
    ("water", 200, 403),
    ("inspector", 403, 403),
    ("stranger", 403, 403),
]


@pytest.mark.parametrize(("who", "reads", "writes"), WHO)
def test_who_reads_and_who_writes(world: World, who: str, reads: int, writes: int) -> None:
    ask, cell = caller(signed_in(world, who)), world.cells[0].code
    assert ask(f"rows/cell/{cell}")[0] == reads
    assert ask(f"rows/cell/{cell}/change", values={"note": 1})[0] == writes
    assert ask("area-classes", cells="x", area_class="A")[0] == writes
