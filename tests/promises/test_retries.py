"""A request that was answered once is answered so again, whatever has become of the case."""

from typing import Any
from uuid import uuid4

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.actions import report
from cityloop.cases.models import CaseEvent
from cityloop.cases.steps.opening import NewReport, Reporter
from tests.cases.walk import Walk
from tests.world import NOW, World


def test_whoever_sees_the_case_no_longer_still_gets_his_answer(world: World) -> None:
    """Sent back, the case leaves the command axis, and its dispatcher does not see it any more."""
    walk, key = Walk(world).filed(), uuid4()
    first = walk.do("send_back", "dispatcher", {"note": "位置不准"}, client_id=key)
    again = walk.do("send_back", "dispatcher", {"note": "位置不准"}, client_id=key)
    assert (again.repeated, again.seq) == (True, first.seq)


def test_the_answer_comes_again_after_the_case_has_gone_on(world: World) -> None:
    walk, key = Walk(world).reported(), uuid4()
    revision = walk.case.revision
    walk.do("file", "operator", client_id=key, revision=revision)
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert walk.do("file", "operator", client_id=key, revision=revision).repeated
    assert CaseEvent.objects.filter(client_id=key).count() == 1


@pytest.mark.parametrize(
    "change",
    [{"urgent": True}, {"description": "别处"}, {"reporter": Reporter("张女士", "15412345678", confidential=True)}],
    ids=lambda change: next(iter(change)),
)
def test_another_report_under_the_same_client_id_is_refused(world: World, change: dict[str, Any]) -> None:
    key, by = uuid4(), world.actor("operator")
    usual: dict[str, Any] = {"description": "路灯不亮", "reporter": Reporter("张女士", "15412345678")}
    for fields, code in ((usual, ""), (usual, ""), ({**usual, **change}, "invalid")):
        new = NewReport(source=world.source("hotline"), point=world.place(1), **fields)
        try:
            report(new, by=by, now=NOW, client_id=key)
            found = ""
        except Refused as refusal:
            found = refusal.code
        assert found == code
    assert CaseEvent.objects.filter(client_id=key).count() == 1
