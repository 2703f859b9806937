"""Pages and API of cells, by the administrator's door."""

import json
from typing import Any

import pytest
from django.test import Client

from cityloop.grid.actions import Counts
from cityloop.grid.models import Cell, Draft, DutyGrid
from tests.grid.make import COMMUNITIES, at, cell_code
from tests.org.make import holder

pytestmark = pytest.mark.django_db
TWO = [cell_code(0, 0), cell_code(1, 0)]
LINE = [list(at(0.5, -0.1)), list(at(0.5, 1.1))]
PLAIN = {"within": 9, "street_km": 0, "components": 0, "cases": 0, "cell": 1}
ON = "2026-03-02"


@pytest.fixture
def admin(city: Counts) -> Client:
    """A system administrator's browser."""
    client = Client()
    client.force_login(holder("system_admin"))
    return client


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    """The API's answer."""
    return client.post(f"/api/v1/base/{address}", json.dumps(body), content_type="application/json")


def test_a_draft_is_made_read_and_published(admin: Client) -> None:
    made = admin.post("/base/cells", {"kind": "cells", "area_code": COMMUNITIES[0], "aim_m2": 5000})
    page = admin.get(made["Location"])
    assert page.content.decode().count("data-code=") == 8
    late = admin.post(f"{made['Location']}/publish", {"on": "2999-01-01"})
    assert late.status_code == 422
    assert admin.post(f"{made['Location']}/publish", {"on": ON, "reason": "细化"}).status_code == 302
    assert Cell.objects.filter(community=COMMUNITIES[0], valid_to=None).count() == 8
    assert "细化" in admin.get(f"/base/rows/cell/{COMMUNITIES[0]}005").content.decode()


def test_duty_grids_are_proposed_moved_and_published(admin: Client) -> None:
    made = admin.post("/base/cells", {"kind": "duty_grids", "area_code": "310101", "groups": 2, **PLAIN})
    draft = Draft.objects.get()
    rows = {grid.code: [row.cell.code for row in grid.members.all()] for grid in draft.duty_grids.all()}
    (first, cells), (second, _others) = rows.items()
    for cell in cells:  # one of them touches the other duty grid
        if admin.post(f"{made['Location']}/move", {"cell": cell, "to": second}).status_code == 302:
            break
    draft.refresh_from_db()
    assert draft.report["grids"][second]["cells"] == 5
    assert admin.get(made["Location"]).status_code == 200
    assert admin.post(f"{made['Location']}/publish", {"on": ON}).status_code == 302
    assert set(DutyGrid.objects.filter(valid_to=None).values_list("code", flat=True)) == {first, second, "G2"}


def test_a_draft_is_put_aside(admin: Client) -> None:
    made = admin.post("/base/cells", {"kind": "cells", "area_code": "3101", "aim_m2": 10_000})
    assert admin.post(f"{made['Location']}/discard").status_code == 302
    assert admin.post(f"{made['Location']}/publish", {"on": ON}).status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "cells", "area_code": "3101", "aim_m2": 1},
        {"kind": "cells", "area_code": "99", "aim_m2": 10_000},
        {"kind": "duty_grids", "area_code": "3101", **PLAIN},
    ],
)
def test_a_wish_that_cannot_be_is_said_on_the_page(admin: Client, form: dict[str, Any]) -> None:
    answer = admin.post("/base/cells", form)
    assert answer.status_code == 422
    assert "data-refusal" in answer.content.decode()


def test_an_edit_is_tried_and_carried_out(admin: Client) -> None:
    form = {"act": "split", "codes": TWO[0], "line": json.dumps(LINE), "on": ON, "reason": "新建道路"}
    tried = admin.post("/base/cells/edit", {**form, "try": "1"}).content.decode()
    assert tried.count("data-made") == 2
    assert Cell.objects.filter(valid_to=None).count() == 16
    assert admin.post("/base/cells/edit", {**form, "do": "1"}).status_code == 302
    assert Cell.objects.filter(valid_to=None).count() == 17
    again = admin.post("/base/cells/edit", {**form, "do": "1"})
    assert again.status_code == 404


def test_the_border_of_two_is_offered_to_be_dragged(admin: Client) -> None:
    page = admin.get("/base/cells/edit", {"codes": ",".join(TWO), "act": "border"}).content.decode()
    assert "[[121.001" in page


@pytest.mark.parametrize("line", ["not json", '{"a": 1}', "[[1]]", '["x", "y"]', ""])
def test_a_line_that_is_none_is_refused(admin: Client, line: str) -> None:
    form = {"act": "split", "codes": TWO[0], "line": line, "on": ON, "reason": "x", "do": "1"}
    assert admin.post("/base/cells/edit", form).status_code == 422


def test_the_api_does_what_the_pages_do(admin: Client) -> None:
    draft = post(admin, "cells/drafts", {"area_code": COMMUNITIES[0], "aim_m2": 5000}).json()
    assert draft["report"]["whole"]["count"] == 8
    assert post(admin, f"drafts/{draft['id']}/publish", {"reason": "细化"}).json() == {"ended": 4, "made": 8}
    assert admin.get(f"/api/v1/base/cells/check?area={COMMUNITIES[0]}").json()["faults"] == 0
    duty = post(admin, "duty-grids/drafts", {"area_code": "3101", "groups": 4, **PLAIN}).json()
    assert admin.get(f"/api/v1/base/drafts/{duty['id']}").json()["report"]["groups"] == 4
    assert post(admin, f"drafts/{duty['id']}/move", {"cell": "x", "to": "y"}).status_code == 404
    assert post(admin, f"drafts/{duty['id']}/discard", {}).json()["state"] == "discarded"
    north = [cell_code(2, 1), cell_code(3, 1)]
    edit = {"act": "merge", "codes": north, "reason": "合并", "dry_run": True}
    assert post(admin, "cells/edit", edit).json()["made"] == [f"{COMMUNITIES[1]}005"]
    assert post(admin, "cells/edit", {**edit, "dry_run": False}).json()["ended"] == north
    assert post(admin, "cells/edit", edit).json()["code"] == "not_found"


@pytest.mark.parametrize("address", ["drafts/777/publish", "drafts/777/discard"])
def test_a_draft_that_is_not_there(admin: Client, address: str) -> None:
    assert post(admin, address, {}).status_code == 404
