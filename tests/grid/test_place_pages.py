"""Places on pages and through the API: registered, found, renamed, ended; tables of addresses."""

import io
from datetime import date

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat
from cityloop.base.spelling import key_of
from cityloop.grid import place_actions as actions
from cityloop.grid.geocoding.finding import find_places
from cityloop.grid.models import Area, Cell, Change, GridVersion, Place, PlaceName, Street
from cityloop.grid.naming import learn_names
from cityloop.grid.place_actions import NewPlace, insert_places
from cityloop.journal.models import Entry
from cityloop.org.actor import SYSTEM
from tests.world import LONG_AGO, NOW, World

pytestmark = pytest.mark.django_db
SHOP = {"kind": "poi", "name": "东风菜市场", "aliases": "东风菜场、大菜场", "lon": "121.4005", "lat": "31.2005"}


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    client.force_login(world.people["system_admin"])
    return client


@pytest.fixture
def operator(world: World) -> Client:
    other = Client()
    other.force_login(world.people["operator"])
    return other


@pytest.fixture
def shop(admin: Client) -> Place:
    assert admin.post("/base/places/new", SHOP).status_code == 302
    return Place.objects.get(name="东风菜市场")


def test_a_place_is_registered_with_its_names_ground_and_history(shop: Place, world: World) -> None:
    cell = Cell.objects.get(code=world.cells[0].code)
    assert (shop.cell_id, shop.area_code) == (cell.pk, cell.code[:12])
    assert shop.code.startswith(cell.code[:6] + "05")
    assert set(shop.names.values_list("name", "kind")) == {
        ("东风菜市场", "standard"), ("东风菜场", "alias"), ("大菜场", "alias"),
    }  # fmt: skip
    change = Change.objects.get(kind="place", code=shop.code)
    assert (change.what, change.by_name) == ("created", "韩系统")
    assert Entry.objects.filter(what="grid.place_created", subject=shop.code).exists()


def test_it_is_listed_found_and_shown(shop: Place, operator: Client) -> None:
    for q in ("东风菜市场", "大菜场", "dfcsc", "东峰菜市场", shop.code):
        assert shop.code in operator.get("/base/places", {"q": q}).content.decode(), q
    assert shop.code not in operator.get("/base/places", {"kind": "door"}).content.decode()
    page = operator.get(f"/base/places/{shop.code}").content.decode()
    assert "大菜场" in page
    assert f"{shop.code}/change" not in page
    assert operator.get(f"/base/places/{shop.code}/change").status_code == 403


def test_a_change_moves_it_and_keeps_its_other_names(shop: Place, admin: Client) -> None:
    address = f"/base/places/{shop.code}/change"
    form = admin.get(address).context["form"]
    given = {"name": "春风菜市场", "lon": "121.4015", "lat": "31.2005", "revision": form["revision"].value()}
    stamp = GridVersion.objects.get().stamp
    assert admin.post(address, given).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.cell_id) == ("春风菜市场", Cell.objects.order_by("code")[1].pk)
    assert find_places("大菜场")[0].label == "春风菜市场"
    assert find_places("东风菜市场")[0].label != "东风菜市场"
    assert GridVersion.objects.get().stamp != stamp
    assert admin.post(address, given).status_code == 409  # somebody was faster: the revision is an old one


def test_a_retired_place_is_found_no_more_and_keeps_its_code(shop: Place, admin: Client) -> None:
    assert admin.post(f"/base/places/{shop.code}/retire", {"reason": ""}).status_code == 422
    assert admin.post(f"/base/places/{shop.code}/retire", {"reason": "拆除"}).status_code == 302
    assert find_places("东风菜市场") == []
    assert "用至" in admin.get(f"/base/places/{shop.code}").content.decode()
    with pytest.raises(Refused, match="标识码已存在"):
        actions.create_place(NewPlace("poi", LonLat(121.4, 31.2), name="新的", code=shop.code), by=SYSTEM, now=NOW)


def test_streets_and_areas_have_other_names_too(admin: Client, world: World) -> None:
    Street.objects.create(
        code="s1",
        name="东街",
        road_class="primary",
        valid_from=LONG_AGO,
        geom="SRID=4326;MULTILINESTRING((121.4 31.2, 121.404 31.2))",
    )
    learn_names()
    assert "/base/places/names/street/" in admin.get("/base/places", {"q": "东街"}).content.decode()
    assert admin.post("/base/places/names/street/东街", {"name": "迎宾大道", "kind": "former"}).status_code == 302
    assert find_places("迎宾大道")[0].label == "东街"
    district = Area.objects.get(code="310101")
    assert admin.post("/base/places/names/area/310101", {"name": "老城", "kind": "alias"}).status_code == 302
    assert find_places("老城")[0].code == district.code
    again = admin.post("/base/places/names/area/310101", {"name": "老城", "kind": "alias"})
    assert again.status_code == 422
    row = PlaceName.objects.get(name="老城")
    assert admin.post(f"/base/places/names/{row.pk}/end").status_code == 302
    assert find_places("老城") == []
    standard = PlaceName.objects.get(street="东街", kind="standard")
    assert admin.post(f"/base/places/names/{standard.pk}/end").status_code == 422


def test_a_renamed_area_keeps_its_old_name(world: World) -> None:
    learn_names()
    Area.objects.filter(code="310101").update(name="新东区")
    learn_names()
    learn_names()
    assert {one.code for one in find_places("新东区")[:1]} == {"310101"}
    assert find_places("东区")[0].code == "310101"


def test_the_api_does_what_the_pages_do(admin: Client, operator: Client, world: World) -> None:
    new = {"kind": "door", "street": "东街", "number": 5, "inner": "号甲", "point": [121.4005, 31.2005]}
    made = admin.post("/api/v1/base/places", new, content_type="application/json")
    assert (made.status_code, made.json()["name"]) == (201, "东街5号甲")
    code = made.json()["code"]
    change = {"street": "东街", "number": 7, "point": [121.4005, 31.2005], "revision": made.json()["revision"]}
    path = f"/api/v1/base/places/{code}"
    changed = admin.post(f"{path}/change", change, content_type="application/json")
    assert (changed.status_code, changed.json()["name"]) == (200, "东街7号")
    assert admin.post(f"{path}/change", change, content_type="application/json").json()["code"] == "stale"
    assert operator.post(f"{path}/change", change, content_type="application/json").status_code == 403
    assert [one["code"] for one in operator.get("/api/v1/base/places?kind=door").json()["rows"]] == [code]
    named = admin.post(f"/api/v1/base/names/place/{code}", {"name": "老茶馆"}, content_type="application/json")
    assert named.status_code == 201
    assert operator.get("/api/v1/geocode", {"q": "老茶馆"}).json()[0]["code"] == code
    assert len(operator.get(f"/api/v1/base/names/place/{code}").json()) == 1
    assert admin.post(f"/api/v1/base/name/{named.json()['id']}/end").status_code == 204
    ended = admin.post(f"{path}/retire", {"reason": "拆除"}, content_type="application/json")
    assert ended.json()["valid_to"] is not None
    assert operator.get("/api/v1/base/places/none").status_code == 404


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NewPlace("shop", LonLat(121.4, 31.2), name="店"), "没有此地名类别"),
        (NewPlace("poi", LonLat(121.4, 31.2), name="！"), "请填写名称"),
        (NewPlace("door", LonLat(121.4, 31.2), name="东街"), "门牌应有所在道路和门牌号"),
        (NewPlace("poi", LonLat(500, 31.2), name="店"), "位置应为"),
    ],
)
def test_what_cannot_be_stored_is_refused_whole(world: World, new: NewPlace, message: str) -> None:
    good = NewPlace("poi", LonLat(*world.place()), name="好店")
    with pytest.raises(Refused, match=message):
        insert_places([new], by=SYSTEM, now=NOW)
    assert not Place.objects.exists()
    assert good.name == "好店"


def test_an_import_refreshes_what_it_knows(world: World) -> None:
    east = LonLat(*world.place())
    row = NewPlace("poi", east, name="东风菜市场", code="P1", aliases=("菜场",), valid_from=date(2024, 1, 1))
    assert insert_places([row], by=SYSTEM, now=NOW).new == 1
    assert insert_places([row], by=SYSTEM, now=NOW).same == 1
    other = NewPlace("poi", east, name="西风菜市场", code="P1", former=("东风菜市场",), valid_from=date(2024, 1, 1))
    assert insert_places([other], by=SYSTEM, now=NOW).changed == 1
    names = PlaceName.objects.filter(valid_to=None).exclude(place=None)
    assert set(names.values_list("name", "kind")) == {("西风菜市场", "standard"), ("东风菜市场", "former")}
    assert find_places("菜场") == [] or find_places("菜场")[0].why[0] != "alias"
    assert Change.objects.filter(kind="place", code="P1").count() == 2


def book(rows: list[list[str]]) -> io.BytesIO:
    workbook, buffer = Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)  # type: ignore[union-attr]
    workbook.save(buffer)
    buffer.seek(0)
    buffer.name = "table.xlsx"
    return buffer


def lines(content: bytes, sheet: str = "结果") -> list[tuple[object, ...]]:
    return [row for row in load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)]


def test_a_table_comes_back_with_places_scores_and_reasons(shop: Place, operator: Client) -> None:
    table = book([["编号", "地址"], ["1", "大菜场"], ["2", "=HYPERLINK(1)"], ["3", "没有这里"]])
    answer = operator.post("/base/geocode", {"file": table})
    found = lines(answer.content)
    assert found[1][1:6] == ("大菜场", "可信", "东风菜市场", "0.98", "别名相符")
    assert found[1][6:8] == ("121.400500", "31.200500")
    assert found[2][1:3] == ("=HYPERLINK(1)", "未找到")
    sheet = load_workbook(io.BytesIO(answer.content))["结果"]
    assert sheet["B3"].data_type == "s"
    assert ("未找到", "2") in lines(answer.content, "报告")
    assert operator.get("/base/geocode", {"q": "大菜场"}).content.decode().count(shop.code)


def test_places_come_back_in_words(shop: Place, operator: Client, world: World) -> None:
    table = io.BytesIO("纬度,经度\n31.2005,121.4005\n0,0\nx,y\n".encode("gb18030"))
    table.name = "table.csv"
    answer = operator.post("/api/v1/geocode/table?reverse=true", {"file": table})
    found = lines(answer.content)
    assert found[1][3] == "东区district东风菜市场"
    assert found[1][11] == world.cells[0].code
    assert found[2][2] == "未找到"
    assert "位置应为" in str(found[3][5])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xff\xfe\x00\x00\x00", b"a\n" * 600])
def test_what_is_no_table_is_refused(operator: Client, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "table.csv"
    assert operator.post("/base/geocode", {"file": file}).status_code == 422


def test_reverse_says_ground_inspector_and_components(shop: Place, operator: Client, world: World) -> None:
    lon, lat = world.place()
    found = operator.get("/api/v1/reverse", {"lon": lon, "lat": lat}).json()
    assert (found["address"], found["nearest"]) == ("东区district东风菜市场", ["东风菜市场"])
    assert found["cell_code"] == world.cells[0].code
    assert found["inspectors"][0]["name"] == "褚监督"
    many = operator.post("/api/v1/geocode", {"texts": ["大菜场", "没有"]}, content_type="application/json").json()
    assert [one["best"] and one["best"]["code"] for one in many] == [shop.code, None]
    assert operator.get("/api/v1/geocode", {"q": "大菜场", "near": "x"}).status_code == 422
    assert key_of(many[0]["best"]["why"][0]["words"]) == "别名相符"
