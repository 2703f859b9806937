"""The pages of base data, entered as their users do."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from cityloop.codes.models import Minor
from cityloop.evidence.actions import store
from cityloop.grid.actions import create_component
from cityloop.grid.models import Cell, Change, Component, ExtraField, MapObject, ObjectLayer, WorkGrid
from tests.evidence.make import photo as jpeg
from tests.promises.http import signed_in
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


@pytest.fixture
def admin(world: World) -> Client:
    """A system administrator's browser."""
    return signed_in(world, "system_admin")


@pytest.fixture
def lamp(world: World) -> Component:
    """A street lamp in the first cell."""
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137")
    at = {"type": "Point", "coordinates": world.place(0)}
    values = {"place": "东街1号", "owner": "water"}
    return create_component(minor.pk, by=world.actor("system_admin"), now=NOW, geometry=at, values=values)


def shown(client: Client, address: str, status: int = 200) -> str:
    found = client.get(f"/base/{address}")
    assert found.status_code == status, address
    return found.content.decode()


def sent(client: Client, address: str, **fields: Any) -> tuple[int, str]:
    """POST a form; where it leads, or the page with what is wrong."""
    found = client.post(f"/base/{address}", fields)
    return found.status_code, found["Location"] if found.status_code == 302 else found.content.decode()


def test_the_overview_counts_layers_and_categories(admin: Client, lamp: Component) -> None:
    page = shown(admin, "")
    assert "0137 路灯" in page
    assert "摄像头" in page
    assert f"?minor={lamp.minor_id}" in page
    assert "0137 路灯" not in shown(admin, "?area=310106")


@pytest.mark.parametrize("kind", ["component", "object", "cell", "work_grid", "duty_grid", "street", "area"])
def test_every_kind_has_a_list_and_says_when_it_is_empty(admin: Client, kind: str) -> None:
    assert "查询" in shown(admin, f"rows/{kind}")
    assert "没有符合条件的数据" in shown(admin, f"rows/{kind}?q=zzz")
    assert shown(admin, f"rows/{kind}?holding=never", 422)


def test_a_list_becomes_a_workbook(admin: Client, lamp: Component) -> None:
    answer = admin.get("/base/rows/component/export?area=310101")
    rows = list(load_workbook(io.BytesIO(answer.content))["部件"].iter_rows(values_only=True))
    assert rows[0][:2] == ("标识码", "小类")
    assert rows[1][:4] == (lamp.code, "0137 路灯", "路灯", "东街1号")
    assert len(list(load_workbook(io.BytesIO(admin.get("/base/rows/cell/export").content))["单元网格"].rows)) == 9


def test_a_row_is_changed_and_its_history_is_said_in_words(admin: Client, lamp: Component) -> None:
    page = f"rows/component/{lamp.code}"
    form = {"name": "路灯", "state": "damaged", "owner": "power", "reason": "撞坏", "place": "东街1号"}
    assert sent(admin, f"{page}/change", **form) == (302, f"/base/{page}")
    text = shown(admin, page)
    for said in ("撞坏", "完好", "破损", "市水务局", "供电公司", "韩系统"):
        assert said in text, said
    assert "code=" not in text


REFUSED = [
    ({"name": ""}, 422, "这个字段是必填项"),
    ({"on": "2030-01-01", "note": "新"}, 422, "变更日期应在起用日期"),
    ({"revision": "1", "note": "新"}, 409, "已有他人修改过"),
]


@pytest.mark.parametrize(("fields", "status", "said"), REFUSED)
def test_a_refusal_stands_on_the_form_and_keeps_what_was_written(
    admin: Client, lamp: Component, fields: dict[str, str], status: int, said: str
) -> None:
    form = {"name": "路灯", "state": "intact", "place": "写了一半", **fields}
    found = sent(admin, f"rows/component/{lamp.code}/change", **form)
    assert found[0] == status
    assert "写了一半" in found[1]
    if status == 409:
        assert said in found[1]
    assert Change.objects.filter(code=lamp.code).count() == 1


def test_a_row_is_moved_and_retired(admin: Client, world: World, lamp: Component) -> None:
    page, (lon, lat) = f"rows/component/{lamp.code}", world.place(1)
    assert sent(admin, f"{page}/move", lon=lon, lat=lat, reason="迁移")[0] == 302
    assert Component.objects.get(pk=lamp.pk).cell == world.cells[1]
    assert sent(admin, f"{page}/move", lon=100, lat=10)[0] == 422
    assert sent(admin, f"{page}/retire", reason="")[0] == 422
    assert sent(admin, f"{page}/retire", reason="拆除")[0] == 302
    text = shown(admin, page)
    assert "用至 2026-03-02" in text
    assert "/change" not in text


def test_components_and_objects_are_registered(admin: Client, world: World) -> None:
    minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137")
    lon, lat = world.place(2)
    assert "0137" in shown(admin, "new/component")
    form = {"lon": lon, "lat": lat, "name": "路灯", "state": "intact"}
    assert sent(admin, f"new/component?minor={minor.pk}", **form)[0] == 302
    assert Component.objects.get().cell == world.cells[2]
    assert "摄像头" in shown(admin, "new/object")
    camera = {"lon": lon, "lat": lat, "code": "C-1", "name": "一号", "state": "working", "extension.height": "高"}
    status, page = sent(admin, "new/object?layer=cameras", **camera)
    assert (status, "应为数字" in page) == (422, True)
    assert sent(admin, "new/object?layer=cameras", **(camera | {"extension.height": "6.5"}))[0] == 302
    assert MapObject.objects.get().extension == {"height": 6.5}
    assert "6.5" in shown(admin, "rows/object/C-1")


def test_a_photo_is_added_shown_and_dropped(admin: Client, world: World, lamp: Component) -> None:
    uuid, page = uuid4(), f"rows/component/{lamp.code}"
    store(uuid, jpeg(), purpose="other", by=world.actor("system_admin"), now=NOW)
    form = {"name": "路灯", "state": "intact"}
    assert sent(admin, f"{page}/change", **form, photos=str(uuid))[0] == 302
    address = f"/base-photos/component/{lamp.code}/{uuid}"
    assert address in shown(admin, page)
    answers = [signed_in(world, who).get(address).status_code for who in ("system_admin", "dispatcher", "inspector")]
    assert answers == [200, 200, 403]
    assert admin.get(f"{address}/thumbnail").status_code == 200
    assert admin.get(f"/base-photos/component/{lamp.code}/{uuid4()}").status_code == 404
    assert admin.get(f"/base-photos/cell/{world.cells[0].code}/{uuid}").status_code == 404
    assert sent(admin, f"{page}/change", **form, kept_photos=str(uuid))[0] == 302
    assert Component.objects.get(pk=lamp.pk).photos == [uuid]
    assert sent(admin, f"{page}/change", **form)[0] == 302
    assert Component.objects.get(pk=lamp.pk).photos == []


def test_classes_of_many_cells_at_once(admin: Client, world: World) -> None:
    form = {"cells": "310101001001001-003", "area_class": "C", "reason": "调整"}
    assert sent(admin, "area-classes", **form)[0] == 302
    classes = Cell.objects.filter(code__startswith="310101").order_by("code").values_list("area_class", flat=True)
    assert list(classes) == ["C", "C", "C", "A"]
    assert "调整" in shown(admin, "rows/cell/310101001001001")
    status, page = sent(admin, "area-classes", **(form | {"cells": "31010100100100x"}))
    assert (status, "31010100100100x" in page) == (422, True)


def test_a_unit_composes_work_grids_of_its_own(world: World, admin: Client) -> None:
    water = signed_in(world, "water")
    form = {"unit": "water", "code": "W1", "name": "一队", "cells": "310101001001001-002"}
    assert sent(water, "new/work-grid", **(form | {"unit": "power"}))[0] == 422
    assert sent(water, "new/work-grid", **form)[0] == 302
    assert "310101001001001-002" in shown(water, "rows/work_grid/W1")
    assert sent(water, "rows/work_grid/W1/cells", cells="310101001001004", reason="换片")[0] == 302
    assert [cell.code for cell in WorkGrid.objects.get().cells.all()] == ["310101001001004"]
    assert sent(water, "rows/work_grid/W1/change", name="二队")[0] == 302
    shown(signed_in(world, "power"), "rows/work_grid/W1", 404)
    assert "二队" in shown(admin, "rows/work_grid")
    assert sent(water, "rows/work_grid/W1/retire", reason="并入")[0] == 302


def test_extra_attributes_are_kept_on_a_page(admin: Client, lamp: Component) -> None:
    assert "为它添加属性" in shown(admin, "extra-fields")
    here = f"extra-fields?minor={lamp.minor_id}"
    field = {"key": "material", "name": "材质", "kind": "choice", "is_active": "on"}
    assert sent(admin, here, **field)[0] == 422
    assert sent(admin, here, **field, choices="钢\n水泥\n")[0] == 302
    assert ExtraField.objects.get(key="material", layer=None).choices == ["钢", "水泥"]
    assert "材质" in shown(admin, f"rows/component/{lamp.code}/change")


def test_a_closed_layer_is_seen_by_nobody_else(world: World, admin: Client) -> None:
    layer = ObjectLayer.objects.create(code="cables", name="管线", permission="grid.edit")
    lon, lat = world.place(0)
    form = {"lon": lon, "lat": lat, "code": "P-1", "name": "水管", "state": "working"}
    assert sent(admin, f"new/object?layer={layer.code}", **form)[0] == 302
    dispatcher = signed_in(world, "dispatcher")
    assert "P-1" in shown(admin, "rows/object")
    assert "P-1" not in shown(dispatcher, "rows/object")
    assert "管线" not in shown(dispatcher, "")
    shown(dispatcher, "rows/object/P-1", 404)
