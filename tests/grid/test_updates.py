"""Online update of components, entered as inspectors, clerks and administrators do."""

import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from cityloop.base.geometry import LonLat, metres_between
from cityloop.cases.asking import ask_about_components
from cityloop.cases.models import CaseEvent
from cityloop.codes.models import Minor
from cityloop.grid import actions
from cityloop.grid.actions import Edit
from cityloop.grid.models import Change, Component, Proposal
from cityloop.journal.models import Entry
from cityloop.notify.models import Notice
from cityloop.notify.texts import render
from tests.cases.walk import Walk, upload
from tests.promises.http import post, signed_in
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


def minor_id(code: str = "0137") -> int:
    return Minor.objects.get(edition__is_default=True, kind="component", code=code).pk


def a_lamp(world: World, cell: int = 0, **more: Any) -> Component:
    """A street lamp in the middle of a cell, registered long ago."""
    at = {"type": "Point", "coordinates": world.place(cell)}
    values = {"place": "东街1号", "owner": "water"}
    given: dict[str, Any] = {"geometry": at, "values": values, "valid_from": date(2022, 1, 1), **more}
    return actions.create_component(minor_id(), by=world.actor("system_admin"), now=NOW, **given)


@pytest.fixture
def lamp(world: World) -> Component:
    return a_lamp(world)


@pytest.fixture
def inspector(world: World) -> Client:
    return signed_in(world, "inspector")


@pytest.fixture
def admin(world: World) -> Client:
    return signed_in(world, "system_admin")


def body_of(world: World, kind: str, **fields: Any) -> dict[str, Any]:
    """A form of the phone, with a photo; where the phone stands is 30 m east of the lamp."""
    lon, lat = world.place(0)
    plain = {"name": "路灯", "place": "东街1号", "state": "intact", "note": ""}
    asked = {"changed": plain, "moved": plain, "new": plain, "gone": {"state": "removed"}}.get(kind, {})
    photo = upload(world, "inspector", "other", NOW)
    here = {"lon": f"{lon + 0.0003:.6f}", "lat": f"{lat:.6f}"}
    reason = {"reason": "现场看过"}
    return {"client_id": str(uuid4()), "photos": photo, **asked, **here, **reason, **fields}


def propose(client: Client, world: World, kind: str, code: str, **fields: Any) -> Proposal:
    """Propose on the phone."""
    address = f"/m/components/new/{minor_id()}" if kind == "new" else f"/m/components/{code}/{kind}"
    answer = client.post(address, body_of(world, kind, **fields))
    assert answer.status_code == 302, answer.content.decode()
    return Proposal.objects.get(pk=int(answer["Location"].rpartition("/")[2]))


def decide(client: Client, proposal: Proposal, do: str, **fields: Any) -> Any:
    """Press a button of the desk's page, with the revision that the page shows."""
    page = client.get(f"/base/updates/{proposal.pk}").content.decode()
    shown = page.partition('name="revision" value="')[2].partition('"')[0]
    return client.post(f"/base/updates/{proposal.pk}/{do}", {"revision": shown, **fields})


def texts(username: str, world: World) -> list[str]:
    rows = Notice.objects.filter(person=world.people[username]).order_by("pk")
    return [render(row.text_key, row.params) for row in rows]


APPLIED = [
    ("confirmed", {}, ["confirmed"], {"confirmed_on": NOW.date(), "valid_to": None}),
    ("changed", {"state": "damaged", "note": "灯罩碎"}, ["changed"], {"state": "damaged", "note": "灯罩碎"}),
    ("moved", {}, ["moved", "changed"], {"state": "intact", "changed_on": NOW.date()}),
    ("gone", {"state": "discarded"}, ["changed", "retired"], {"state": "discarded", "valid_to": NOW.date()}),
]


@pytest.mark.parametrize(("kind", "fields", "verbs", "after"), APPLIED)
def test_what_an_inspector_says_becomes_base_data_when_approved(
    world: World,
    lamp: Component,
    inspector: Client,
    admin: Client,
    kind: str,
    fields: dict[str, str],
    verbs: list[str],
    after: dict[str, Any],
) -> None:
    proposal = propose(inspector, world, kind, lamp.code, **fields)
    changes = Change.objects.filter(code=lamp.code).exclude(what="created")
    assert not changes.exists()
    assert decide(admin, proposal, "approve").status_code == 302
    lamp.refresh_from_db()
    assert {name: getattr(lamp, name) for name in after} == after
    assert sorted(changes.values_list("what", flat=True)) == sorted(verbs)
    assert set(changes.values_list("batch", "by_name", "reason")) == {(f"update:{proposal.pk}", "韩系统", "现场看过")}
    assert texts("inspector", world)[-1] == f"您提出的部件更新已批准：路灯 {lamp.code}"
    assert Entry.objects.filter(what="grid.update_approved", subject=lamp.code).exists()


def test_a_move_is_shown_in_metres_and_its_photo_goes_to_the_component(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    proposal = propose(inspector, world, "moved", lamp.code)
    page = admin.get(f"/base/updates/{proposal.pk}").content.decode()
    far = metres_between(LonLat(*world.place(0)), LonLat(world.place(0)[0] + 0.0003, world.place(0)[1]))
    assert f">{far:.1f}</strong>" in page
    assert "data-was-lon" in page
    decide(admin, proposal, "approve")
    lamp.refresh_from_db()
    assert round(lamp.geom.x - world.place(0)[0], 6) == 0.0003
    assert lamp.photos == proposal.photos
    row = f"/base-photos/component/{lamp.code}/{lamp.photos[0]}/thumbnail"
    assert admin.get(row).status_code == 200
    assert inspector.get(f"/base-photos/updates/{proposal.pk}/{lamp.photos[0]}").status_code == 200
    other = signed_in(world, "inspector_two").get(f"/base-photos/updates/{proposal.pk}/{lamp.photos[0]}")
    assert other.status_code == 404


def test_a_new_component_gets_the_next_code_and_none_is_used_twice(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    first = propose(inspector, world, "new", "")
    decide(admin, first, "approve")
    first.refresh_from_db()
    assert first.component is not None
    assert (lamp.code, first.component.code) == ("3101010137000001", "3101010137000002")
    gone = propose(inspector, world, "gone", first.component.code)
    decide(admin, gone, "approve")
    second = propose(inspector, world, "new", "")
    decide(admin, second, "approve")
    second.refresh_from_db()
    assert second.component is not None
    assert second.component.code == "3101010137000003"
    assert second.component.photos == second.photos


REFUSED = [
    ("gone", {"reason": ""}, "必填"),
    ("gone", {"photos": ""}, "请至少拍一张现场照片"),
    ("gone", {"state": "intact"}, "state"),
    ("changed", {}, "没有任何改动"),
    ("changed", {"name": ""}, "必填"),
    ("moved", {"lon": "", "lat": ""}, "必填"),
    ("moved", {"lon": "10"}, "位置不在任何单元网格内"),
    ("moved", {"lon": "121.4045"}, "位置在另一个区"),
    ("new", {"photos": ""}, "请至少拍一张现场照片"),
    ("new", {"photos": str(uuid4())}, "不是本人上传"),
]


@pytest.mark.parametrize(("kind", "fields", "said"), REFUSED)
def test_what_cannot_be_is_refused_on_the_form(
    world: World, lamp: Component, inspector: Client, kind: str, fields: dict[str, str], said: str
) -> None:
    address = f"/m/components/new/{minor_id()}" if kind == "new" else f"/m/components/{lamp.code}/{kind}"
    answer = inspector.post(address, body_of(world, kind, **fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Proposal.objects.exists()


def test_the_same_form_twice_is_one_proposal(world: World, lamp: Component, inspector: Client) -> None:
    body = body_of(world, "confirmed")
    answers = [inspector.post(f"/m/components/{lamp.code}/confirmed", body) for _time in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/m/updates/{Proposal.objects.get().pk}"}
    other = inspector.post(f"/m/components/{lamp.code}/gone", body_of(world, "gone") | {"client_id": body["client_id"]})
    assert other.status_code == 422


def test_a_component_has_one_open_proposal_and_the_second_is_told(
    world: World, lamp: Component, inspector: Client
) -> None:
    propose(inspector, world, "confirmed", lamp.code)
    two = signed_in(world, "inspector_two")
    body = body_of(world, "changed", note="新", photos="")
    answer = two.post(f"/m/components/{lamp.code}/changed", body)
    assert answer.status_code == 409
    assert "褚监督 已于 2026-03-02 10:00 对此部件提出更新申请" in answer.content.decode()
    page = two.get(f"/m/components/{lamp.code}").content.decode()
    assert "褚监督" in page
    assert f"/m/components/{lamp.code}/confirmed" not in page


def test_a_proposer_takes_his_own_back_and_nobody_elses(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    proposal = propose(inspector, world, "confirmed", lamp.code)
    assert signed_in(world, "inspector_two").post(f"/m/updates/{proposal.pk}/recall").status_code == 404
    assert inspector.post(f"/m/updates/{proposal.pk}/recall").status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "recalled"
    assert decide(admin, proposal, "approve").status_code == 409
    propose(inspector, world, "confirmed", lamp.code)


def test_a_refusal_needs_a_reason_which_the_proposer_reads(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    proposal = propose(inspector, world, "changed", lamp.code, note="新")
    assert decide(admin, proposal, "refuse").status_code == 422
    assert decide(admin, proposal, "refuse", answer="照片不清").status_code == 302
    assert texts("inspector", world)[-1] == f"您提出的部件更新被退回：路灯 {lamp.code}（照片不清）"
    notice = Notice.objects.filter(person=world.people["inspector"]).latest("pk")
    assert inspector.get(f"/m/notices/{notice.pk}")["Location"] == f"/m/updates/{proposal.pk}"
    assert "照片不清" in inspector.get(f"/m/updates/{proposal.pk}").content.decode()
    lamp.refresh_from_db()
    assert lamp.note == ""


def test_what_has_changed_meanwhile_is_refused_and_shown_against_the_present(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    proposal = propose(inspector, world, "changed", lamp.code, note="新的")
    seen = admin.get(f"/base/updates/{proposal.pk}").content.decode()
    old = seen.partition('name="revision" value="')[2].partition('"')[0]
    actions.change(
        "component", lamp.code, by=world.actor("system_admin"), now=NOW, values={"note": "别人写的"}, edit=Edit("x")
    )
    answer = admin.post(f"/base/updates/{proposal.pk}/approve", {"revision": old})
    page = answer.content.decode()
    assert (answer.status_code, "请对照现状重新审批" in page, "别人写的" in page) == (409, True, True)
    assert post(admin, f"base/updates/{proposal.pk}/approve", {}).json()["code"] == "stale"
    assert decide(admin, proposal, "approve").status_code == 302
    lamp.refresh_from_db()
    assert lamp.note == "新的"


def test_a_retired_component_can_only_be_refused(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    proposal = propose(inspector, world, "confirmed", lamp.code)
    actions.retire("component", lamp.code, by=world.actor("system_admin"), now=NOW, edit=Edit("拆除"))
    assert decide(admin, proposal, "approve").status_code == 409
    proposal.refresh_from_db()
    assert proposal.state == "open"
    assert decide(admin, proposal, "refuse", answer="已拆").status_code == 302


def test_nobody_approves_what_he_proposed_himself(world: World, lamp: Component, admin: Client) -> None:
    form = {"client_id": str(uuid4()), "name": "路灯", "state": "intact", "place": "东街2号", "owner": "power"}
    answer = admin.post(f"/base/updates/new/changed?component={lamp.code}", form)
    proposal = Proposal.objects.get()
    assert answer["Location"] == f"/base/updates/{proposal.pk}"
    assert proposal.values == {"place": "东街2号", "owner": "power"}
    page = admin.get(answer["Location"]).content.decode()
    for said in ("东街1号", "东街2号", "市水务局", "供电公司"):
        assert said in page, said
    refused = post(admin, f"base/updates/{proposal.pk}/approve", {})
    assert (refused.status_code, refused.json()["details"]["rule"]) == (403, "other_person")


def test_confirmations_are_approved_in_a_batch_and_the_rest_is_left(
    world: World, inspector: Client, admin: Client
) -> None:
    lamps = [a_lamp(world) for _one in range(4)]
    rows = [propose(inspector, world, "confirmed", one.code) for one in lamps[:3]]
    rows.append(propose(inspector, world, "changed", lamps[3].code, note="新"))
    by = world.actor("system_admin")
    actions.change("component", lamps[2].code, by=by, now=NOW, values={"note": "别人"}, edit=Edit("x"))
    page = admin.post("/base/updates/approve", {"update": [row.pk for row in rows]}, follow=True).content.decode()
    for said in ("已批准 2 件核对无误", "请对照现状重新审批", "只有核对无误可以成批批准"):
        assert said in page, said
    assert [Proposal.objects.get(pk=row.pk).state for row in rows] == ["approved", "approved", "open", "open"]


def latest_xid() -> int:
    return int(CaseEvent.objects.order_by("-xid").values_list("xid", flat=True)[0])


def closed_about(world: World, lamp: Component) -> Walk:
    """A case about the component goes round the loop."""
    standard = world.standard("component", "0137")
    walk = Walk(world)
    walk.reported(standard_id=standard.pk, component_id=lamp.pk)
    ask_about_components()  # the first look of all: what was before is not asked about
    walk.do("file", "operator")
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    walk.handle()
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator")
    walk.answer("pass")
    walk.do("close", "operator", {"standard_met": True, "photos_compared": True})
    return walk


def test_a_closed_case_asks_whoever_patrols_there(
    world: World, lamp: Component, inspector: Client, admin: Client
) -> None:
    walk = closed_about(world, lamp)
    assert ask_about_components(below=latest_xid() + 1) > 0
    assert ask_about_components(below=latest_xid() + 1) == 0
    asked = Proposal.objects.get()
    assert (asked.state, asked.case_number, asked.asked_of) == ("asked", walk.number, world.people["inspector"].pk)
    assert texts("inspector", world)[-1] == f"请核对部件：路灯 {lamp.code}（案件 {walk.number} 已结案）"
    assert walk.number in inspector.get("/m/components").content.decode()
    assert "个待核对" in inspector.get("/m/").content.decode()
    assert walk.number not in signed_in(world, "inspector_two").get("/m/components").content.decode()
    answered = propose(inspector, world, "confirmed", lamp.code)
    assert (answered.pk, answered.case_number) == (asked.pk, walk.number)
    inspector.post(f"/m/updates/{answered.pk}/recall")
    assert Proposal.objects.filter(state="asked", case_number=walk.number).count() == 1
    again = propose(signed_in(world, "inspector_two"), world, "confirmed", lamp.code, photos="")
    assert decide(admin, again, "approve").status_code == 302


def lines_of(content: bytes) -> Iterable[Any]:
    return load_workbook(io.BytesIO(content))["年更新率"].iter_rows(values_only=True)


def test_the_yearly_rate_counts_what_was_registered_changed_or_confirmed(world: World, admin: Client) -> None:
    by = world.actor("system_admin")
    old, changed, confirmed, west, gone = (a_lamp(world, cell) for cell in (0, 0, 0, 4, 0))
    a_lamp(world, 0, valid_from=NOW.date() - timedelta(days=300))
    long_ago = NOW.replace(year=2025, day=1)
    actions.change("component", changed.code, by=by, now=NOW, values={"note": "x"}, edit=Edit("x"))
    actions.confirm(confirmed.code, by=by, now=NOW)
    actions.confirm(old.code, by=by, now=long_ago)
    actions.retire("component", gone.code, by=by, now=NOW, edit=Edit("x", date(2026, 2, 1)))
    rates = admin.get("/api/v1/base/update-rates").json()
    found = {(one["district"], one["registered"], one["updated"]) for one in rates}
    assert found == {("310101", 4, 3), ("310106", 1, 0)}
    page = admin.get("/base/updates/rates").content.decode()
    for said in ("60.00%", "75.00%", "0.00%", "近 12 个月内登记、变更、移位或核对无误"):
        assert said in page, said
    rows = list(lines_of(admin.get("/base/updates/rates/export?area=310101").content))
    assert rows[1:] == [("0137", "路灯", "310101", "东区district", 4, 3, 75)]
    assert west.code.startswith("310106")


def test_the_api_does_what_the_pages_do(world: World, lamp: Component, inspector: Client, admin: Client) -> None:
    body = {"client_id": str(uuid4()), "kind": "changed", "code": lamp.code, "values": {"state": "damaged"}}
    made = post(inspector, "base/updates", body)
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    found = admin.get(f"/api/v1/base/updates/{number}").json()
    assert [(one["before"], one["after"]) for one in found["lines"]] == [("完好", "破损")]
    assert [one["id"] for one in admin.get("/api/v1/base/updates?state=open").json()["updates"]] == [number]
    assert post(inspector, f"base/updates/{number}/approve", {}).status_code == 403
    done = post(admin, f"base/updates/{number}/approve", {"revision": found["revision"]})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    wrong = post(inspector, "base/updates", body | {"client_id": str(uuid4()), "values": {"photos": []}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


def test_what_is_near_is_offered_on_the_phone(world: World, lamp: Component, inspector: Client) -> None:
    lon, lat = world.place(0)
    assert lamp.code in inspector.get(f"/m/components/nearby?lon={lon}&lat={lat}").content.decode()
    assert "没有登记过部件" in inspector.get("/m/components/nearby?lon=121.9&lat=31.9").content.decode()
    assert inspector.get(f"/m/components/find?code={lamp.code}")["Location"] == f"/m/components/{lamp.code}"
    assert "路灯" in inspector.get("/m/components/new").content.decode()


def test_the_desk_chooses_what_to_say(world: World, lamp: Component) -> None:
    operator = signed_in(world, "operator")
    assert "提出更新" in operator.get(f"/base/rows/component/{lamp.code}").content.decode()
    page = operator.get(f"/base/updates/new?component={lamp.code}").content.decode()
    for kind in ("confirmed", "changed", "moved", "gone"):
        assert f"/base/updates/new/{kind}?component={lamp.code}" in page
        assert operator.get(f"/base/updates/new/{kind}?component={lamp.code}").status_code == 200
    assert operator.get(f"/base/updates/new/new?minor={minor_id()}").status_code == 200
    assert operator.get("/base/updates/new?component=1").status_code == 404
