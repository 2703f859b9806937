"""Whatever comes in, the answer is a refusal with a code: never a crash, and nothing half-written."""

import json
import math
from typing import Any
from uuid import uuid4

import pytest

from cityloop.base.errors import Refused
from cityloop.cases import shipped
from cityloop.cases.models import Case, CaseEvent, LateReply
from cityloop.formdefs.schema import Field, build, clean
from tests.cases.walk import Walk
from tests.promises.http import act, post, signed_in
from tests.world import World

NUL, HALF = "a\x00b", "a\ud800b"
ODD: list[Any] = [
    None, {}, [], [[]], [{}], {"a": 1}, 1.5, -1, 0, True, 10**40, [10**30], math.inf, math.nan, "x" * 5000, "²", "一",
    NUL, HALF, [NUL], "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "nan,nan", [math.nan, 1], ["1", "2"],
]  # fmt: skip
FORMS = {
    (kind, name): build(list(rows)) for kind in shipped.KINDS for name, rows in shipped.flow_of(kind).forms.items()
}
FIELDS = {field.kind: field for form in FORMS.values() for field in form}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())
def test_a_field_takes_or_refuses_anything(world: World, field: Field) -> None:
    codes = set()
    for value in ODD:
        try:
            found = clean((field,), {field.name: value})
        except Refused as refusal:
            codes.add(refusal.code)
        else:
            json.dumps(found, allow_nan=False).encode()
            assert "\\u0000" not in json.dumps(found)
    assert codes == {"invalid"}


@pytest.mark.parametrize(
    "change",
    [
        {"standard": 999_999},
        {"standard": 10**30},
        {"minor": 999_999},
        {"component": 999_999},
        {"description": NUL},
        {"description": HALF},
        {"address": NUL},
        {"source": NUL},
        {"external_number": NUL},
        {"reporter": {"name": NUL, "phone": HALF}},
        {"point": [1e308, 1]},
        {"point": [1]},
        {"evidence": ["5f1f9a52-3d2e-4b8c-9f6e-2b8f3f6f0a11"]},
    ],
    ids=str,
)
def test_an_impossible_report_writes_nothing(world: World, change: dict[str, Any]) -> None:
    body = {"client_id": str(uuid4()), "source": "inspector", "point": world.place(0), **change}
    answer = post(signed_in(world, "inspector"), "reports", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", [NUL, HALF])
def test_text_that_cannot_be_kept_is_refused(world: World, text: str) -> None:
    walk, client = Walk(world).reported(), signed_in(world, "operator")
    for do, body in (("file", {"note": text}), ("file", {"data": {"note": text}}), ("merge", {"data": {"into": text}})):
        assert act(client, f"cases/{walk.number}/actions/{do}", **body).status_code == 422
    assert walk.case.last_seq == 1


@pytest.mark.parametrize(
    "address",
    ["cases?q=%00", "cases?area=%00", "cases?source=%00", "cases/%00", "boxes/%00", "cases?after=WzUsIDFd"],
)
def test_an_odd_address_is_refused(world: World, address: str) -> None:
    answer = signed_in(world, "operator").get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_page_refuses_an_odd_address_too(world: World) -> None:
    assert signed_in(world, "operator").get("/notices/?q=%00").status_code == 422


@pytest.mark.parametrize("number", [10**30, 0, 999_999])
@pytest.mark.parametrize("kind", ["tasks", "requests"])
def test_a_subject_that_is_not_there(world: World, kind: str, number: int) -> None:
    answer = act(signed_in(world, "operator"), f"{kind}/{number}/actions/pass")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_deep_nesting_is_refused(world: World) -> None:
    walk, deep = Walk(world).reported(), "[" * 100_000 + "]" * 100_000
    body = f'{{"client_id": "{uuid4()}", "data": {{"note": {deep}}}}}'
    answer = signed_in(world, "operator").post(
        f"/api/v1/cases/{walk.number}/actions/file", body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert CaseEvent.objects.filter(case=walk.case).count() == 1


@pytest.mark.parametrize("photos", ["abc", [1], {}, None, 5, ["5f1f9a52-3d2e-4b8c-9f6e-2b8f3f6f0a11"]], ids=str)
def test_a_late_reply_that_is_no_answer_is_not_kept(world: World, photos: Any) -> None:
    walk = Walk(world).checking()
    task = walk.task("check")
    walk.do("close_special", "shift_leader", {"note": "领导要求"})
    answer = act(signed_in(world, "inspector"), f"tasks/{task.pk}/actions/pass", {"photos": photos})
    assert answer.status_code == 422
    assert not LateReply.objects.exists()
